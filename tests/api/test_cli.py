"""`citywave db`, `keys` and `worker`, as a process."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.jobs.queue import add_plan
from api.keys import create_key
from api.store.tables import PlanJob
from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot


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


@pytest.mark.slow
def test_a_worker_plans_and_gives_back(url: str, store: Engine, tmp_path: Path) -> None:
    """What is queued, without a server; a plan that runs when it is stopped is queued again."""
    day = changchun_wave(seed=1, orders=6)
    config = {"step_limit": 1, "time_limit_s": None, "seed": 1, "engine": "ortools", "threads": 1}
    with Session(store, expire_on_commit=False) as session:
        key, _ = create_key(session, "shop")
        text = dump_snapshot(day)
        first = add_plan(session, key.id, "w", text, config, city="长春")
        session.commit()  # What one transaction adds is equally old.
        long = {**config, "engine": "hybrid", "step_limit": None, "time_limit_s": 600.0}
        much = dump_snapshot(changchun_wave(seed=1, orders=240))
        second = add_plan(session, key.id, "w", much, long, city="长春")
        other = add_plan(session, key.id, "w", text, config, city="吉林")
        session.commit()
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "CITYWAVE_DATABASE_URL": url,
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "worker", "--at-once", "2", "--city", "长春"],
        cwd=tmp_path,
        env=environment,
    )
    try:
        for _ in range(600):
            with Session(store) as session:
                states = [session.get_one(PlanJob, job.id).state for job in (first, second, other)]
            if states[:2] == ["succeeded", "solving"]:
                break
            time.sleep(0.1)
        assert states == ["succeeded", "solving", "queued"]
        worker.terminate()
        assert worker.wait(timeout=30) == 0
    finally:
        worker.kill()
        worker.wait()
    with Session(store) as session:
        assert session.get_one(PlanJob, second.id).state == "queued"
