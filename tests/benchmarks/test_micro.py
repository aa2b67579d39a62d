"""The micro benchmark on a tiny city: everything is measured and written."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from benchmarks.micro import measure
from benchmarks.micro.measure import Parts
from benchmarks.micro.run import COLUMNS, main


def test_every_part_is_measured_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each size, smallest first."""
    monkeypatch.setattr(measure, "REPEATS", 1)
    out = tmp_path / "micro.json"
    assert main(["--sizes", "40,25", "--iterations", "50", "--json", str(out)]) == 0
    document = json.loads(out.read_text())
    assert [row["orders"] for row in document["rows"]] == [25, 40]
    for row in document["rows"]:
        assert set(row) == {field.name for field in fields(Parts)}
        assert all(value > 0 for value in row.values())
        assert row["lists_s"] < row["encode_s"]
    assert document["cold_start_s"].keys() == {"python", "imports", "ready"}
    header, first, _, last = capsys.readouterr().out.splitlines()
    assert header.split("  ")[-1] == "peak MB"
    assert first.split()[0] == "25"
    assert last.startswith("new process: python")


def test_only_what_is_measured_is_printed() -> None:
    """Every column is one of the parts."""
    assert COLUMNS.keys() <= {field.name for field in fields(Parts)}
