"""What the documents and examples say is true."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from dispatch.plan import Reason
from dispatch.validate import find_issues
from dispatch.wire import json_schemas, read_snapshot

ROOT = Path(__file__).parent.parent
ERRORS = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")


def codes() -> set[str]:
    """Every code that an `Issue` or a validator of ours is made with, as a literal."""
    found = set()
    for path in [*(ROOT / "dispatch").rglob("*.py"), *(ROOT / "api").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", "")
            first = node.args[0]
            if name in ("Issue", "PydanticCustomError", "_issue") and isinstance(
                first, ast.Constant
            ):
                found.add(str(first.value))
    return found


def test_every_issue_code_is_explained() -> None:
    """docs/errors.md has each code that can come up."""
    assert len(codes()) > 40
    assert {code for code in codes() if f"`{code}`" not in ERRORS} == set()


def test_every_reason_is_explained() -> None:
    """docs/concepts.md has each reason for leaving an order out."""
    concepts = (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8")
    assert [reason for reason in Reason if f"`{reason.value}`" not in concepts] == []


def test_the_published_schemas_are_up_to_date() -> None:
    """docs/schema holds what the models say."""
    for name, text in json_schemas().items():
        assert (ROOT / "docs" / "schema" / name).read_text(encoding="utf-8") == text


def test_the_day_in_the_format_document_is_valid() -> None:
    """Its JSON is a day without issues, by schema and by rule."""
    document = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```json\n(.*?)```", document, re.DOTALL)
    assert find_issues(read_snapshot(text)) == []
    jsonschema.validate(json.loads(text), json.loads(json_schemas()["day.schema.json"]))


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link and picture of README and docs/ exists."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_library_example_in_the_readme_is_the_one_that_runs() -> None:
    """README shows the body of examples/plan_a_wave.py."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    example = (ROOT / "examples" / "plan_a_wave.py").read_text(encoding="utf-8")
    for line in shown.splitlines():
        assert line.strip() in example


@pytest.mark.slow
def test_the_library_example_runs() -> None:
    """It prints routes and reasons."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "plan_a_wave.py")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    assert "ebike-" in done.stdout
    assert "fits_no_vehicle" in done.stdout
