"""`citywave db` and `citywave keys`, as a process."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def run(tmp_path: Path) -> object:
    """Runs the command line in an empty folder."""

    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


def test_the_first_key_needs_no_set_up(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """It is printed once, listed without its secret, and revoked."""
    made = run("keys", "create", "--name", "shop", "--days", "30")
    assert made.returncode == 0, made.stderr
    found = re.fullmatch(r"cw_([0-9a-f]{12})_(\S{43})\n", made.stdout)
    assert found
    listed = run("keys", "list").stdout
    assert listed == f"{found[1]}  valid    plans:read,plans:write  shop\n"
    with sqlite3.connect(tmp_path / "citywave.db") as store:
        assert found[2] not in "\n".join(store.iterdump())
    assert run("keys", "revoke", found[1]).stdout == f"{found[1]} is revoked.\n"
    assert "revoked" in run("keys", "list").stdout
    assert run("db", "check").stdout == "The store is up to date.\n"


def test_mistakes_are_messages(run) -> None:  # type: ignore[no-untyped-def]
    """With the exit codes of the design; never a traceback."""
    cases = [
        (run("keys", "revoke", "nobody"), 5, "No API key has the id 'nobody'"),
        (run("keys", "create", "--name", " "), 2, "1 to 200 printable characters"),
        (run("keys", "create", "--name", "a", "--scope", "all"), 2, "plans:read"),
        (run("db", "check", CITYWAVE_DATABASE_URL="sqlite:///other.db"), 5, "citywave db upgrade"),
        (run("db", "check", CITYWAVE_DATABASE_URL="nothing"), 5, "postgresql://USER"),
    ]
    for done, code, message in cases:
        assert done.returncode == code, done
        assert message in done.stderr
        assert "Traceback" not in done.stderr
