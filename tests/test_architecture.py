"""The architecture is a test: imports go down only, no cycles, OR-Tools behind one door."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("api", "dispatch", "solver")
HOMES = {
    "ortools": ("solver.",),
    "numba": ("solver.search",),
    "pydantic": ("dispatch.wire", "api."),
    "typer": ("dispatch.cli", "api.cli"),
    "rich": ("dispatch.console",),
    "jinja2": ("dispatch.report",),
    "vrplib": ("dispatch.wire",),
    "fastapi": ("api.",),
    "sqlalchemy": ("api.",),
    "alembic": ("api.store.",),
    "httpx2": ("api.client.",),
    "pyrate_limiter": ("api.rates.",),
    "mimeparse": ("api.negotiation.",),
    "xlsxwriter": ("dispatch.report.workbook.",),
    "python_calamine": ("dispatch.wire.sheet_reader.",),
    "python_multipart": ("api.forms.",),
    "prometheus_client": ("api.metrics.", "api.routes.probes."),
    "structlog": ("api.",),
    "tenacity": ("api.client.",),
    "cronsim": ("api.jobs.schedules",),
    "psutil": ("api.jobs.process",),
}


def modules() -> dict[str, Path]:
    found = {}
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(path: Path) -> Iterator[str]:
    """Absolute names that a module imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in MODULES else node.module


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down_only(module: str) -> None:
    """No floor imports from a floor above it."""
    above = FLOORS[: FLOORS.index(module.split(".")[0])]
    upward = [name for name in imports(MODULES[module]) if name.split(".")[0] in above]
    assert upward == []


@pytest.mark.parametrize("module", MODULES)
def test_libraries_stay_behind_their_door(module: str) -> None:
    """OR-Tools, pydantic and their like are imported only where they belong."""
    for name in imports(MODULES[module]):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or f"{module}.".startswith(homes), f"{module} imports {name}"


def test_no_import_cycles() -> None:
    """The import graph of the project has no cycle."""
    graph = {m: {n for n in imports(p) if n in MODULES and n != m} for m, p in MODULES.items()}
    while graph:
        leaves = {module for module, needs in graph.items() if not needs & graph.keys()}
        assert leaves, f"cycle among {sorted(graph)}"
        graph = {module: needs for module, needs in graph.items() if module not in leaves}


@pytest.mark.parametrize("floor", FLOORS)
def test_public_names_are_sorted_and_importable(floor: str) -> None:
    """`__all__` of every package is sorted and holds only what is there."""
    package = importlib.import_module(floor)
    names = [floor, *(i.name for i in pkgutil.walk_packages(package.__path__, f"{floor}."))]
    for name in names:
        module = importlib.import_module(name)
        exported = getattr(module, "__all__", [])
        assert list(exported) == sorted(exported), name
        assert [n for n in exported if not hasattr(module, n)] == [], name


def test_a_client_carries_no_server() -> None:
    """Nor an engine: what a caller imports loads neither."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, api.client; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout.split()
    heavy = {"fastapi", "starlette", "sqlalchemy", "uvicorn", "ortools", "numba"}
    assert heavy & set(loaded) == set()
