"""VROOM's input answered as VROOM would, or better."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from dispatch.planner import PlanConfig
from dispatch.vroom.encode import encode
from dispatch.vroom.planner import answer
from dispatch.wire.vroom import answer_of, instance_of
from solver.params import SolveParams
from solver.solve import solve
from tests.dispatch.vroom.judge import Judge
from tests.dispatch.vroom.peer import pyvroom
from tests.dispatch.vroom.problems import documented, problems

Document = dict[str, Any]


def solved(problem: Document, steps: int = 4000) -> Document:
    """Our answer, found in this process."""
    instance = instance_of(problem)
    found = solve(encode(instance), SolveParams(step_limit=steps, threads=1))
    return answer_of(instance, found.solution, 0, 0)


def told(made: Document) -> Document:
    """Without what depends on the clock, and on whether VROOM was asked for distances."""
    text = json.dumps({**made, "summary": {**made["summary"], "computing_times": None}})
    plain: Document = json.loads(
        text, object_hook=lambda d: {k: d[k] for k in d if k != "distance"}
    )
    return plain


def served(made: Document) -> list[int]:
    return [step["id"] for route in made["routes"] for step in route["steps"] if "id" in step]


def test_the_documented_example_is_answered_to_the_letter() -> None:
    """VROOM's own example with a matrix, through a child process, twice."""
    made = answer(documented())
    assert told(made) == told(pyvroom(documented()))
    assert made["summary"]["cost"] == 5461
    assert told(answer(documented())) == told(made)


WORLDS: dict[str, Document] = {
    "speed, setup, a window and what is echoed": documented(
        vehicles=[
            {"id": 0, "start_index": 0, "end_index": 3, "speed_factor": 3, "description": "a"}
        ],
        jobs=[
            {"id": 1, "location_index": 1, "setup": 7, "service": 5, "priority": 3,
             "description": "d", "location": [1.5, 2.0], "time_windows": [[5000, 6000]]},
            {"id": 2, "location_index": 2},
        ],
    ),
    "waiting between windows, with a load": documented(
        vehicles=[{"id": 0, "start_index": 0, "end_index": 3, "capacity": [5, 5]}],
        jobs=[
            {"id": 1, "location_index": 1, "delivery": [1, 0],
             "time_windows": [[1000, 2000], [9000, 9100]]},
            {"id": 2, "location_index": 2, "pickup": [0, 2],
             "time_windows": [[500, 600], [12000, 13000]]},
        ],
    ),
    "timestamps": documented(
        jobs=[
            {"id": 1, "location_index": 1, "time_windows": [[1_600_000_000, 1_600_000_100]]},
            {"id": 2, "location_index": 2},
        ]
    ),
    "a setup before two jobs at a location, none at the start": documented(
        jobs=[
            {"id": 1, "location_index": 0, "setup": 100, "service": 5},
            {"id": 2, "location_index": 2, "setup": 50},
            {"id": 3, "location_index": 2, "service": 7, "time_windows": [[5000, 6000]]},
        ]
    ),
    "no end": documented(vehicles=[{"id": 4, "start_index": 0}]),
    "no start": documented(vehicles=[{"id": 4, "end_index": 3}]),
    "one task at most": documented(
        vehicles=[{"id": 0, "start_index": 0, "end_index": 3, "max_tasks": 1}]
    ),
    "hours that are too short for both": documented(
        vehicles=[{"id": 0, "start_index": 0, "end_index": 3, "time_window": [0, 1500]}]
    ),
    "nothing can be served": documented(
        jobs=[{"id": 1, "location_index": 1, "time_windows": [[0, 10]]}]
    ),
    "a matrix of costs": {
        **documented(matrix=None),
        "matrices": {"car": {"durations": [[1] * 4] * 4, "costs": documented()["matrix"]}},
    },
    "costs of all kinds": {
        **documented(
            vehicles=[
                {"id": 0, "start_index": 0, "end_index": 3, "type": "van",
                 "costs": {"fixed": 10, "per_hour": 20, "per_km": 3, "per_task_hour": 1800}}
            ],
            jobs=[
                {"id": 1, "location_index": 1, "service": 60, "service_per_type": {"van": 90}},
                {"id": 2, "location_index": 2, "setup": 30, "setup_per_type": {"bike": 1}},
            ],
            matrix=None,
        ),
        "matrices": {"car": {name: documented()["matrix"] for name in ("durations", "distances")}},
    },
}  # fmt: skip
"""One route at most each, so that there is one best answer."""


@pytest.mark.parametrize("name", WORLDS)
def test_what_vroom_answers(name: str) -> None:
    """Every key and number, for each thing that a document can say."""
    problem = {key: value for key, value in WORLDS[name].items() if value is not None}
    made = solved(problem)
    assert told(made) == told(pyvroom(problem))
    assert Judge(problem).faults(made) == []


def test_priorities_come_before_numbers() -> None:
    """One job of priority 9 is worth more than two of 4, and two of 5 are worth more than it."""
    for small, left in ((4, [2, 3]), (5, [1])):
        problem = documented(
            vehicles=[{"id": 0, "start_index": 0, "capacity": [2]}],
            jobs=[
                {"id": 1, "location_index": 1, "priority": 9, "delivery": [2]},
                {"id": 2, "location_index": 2, "priority": small, "delivery": [1]},
                {"id": 3, "location_index": 3, "priority": small, "delivery": [1]},
            ],
        )
        assert [job["id"] for job in solved(problem)["unassigned"]] == left


def test_steps_are_where_the_search_begins() -> None:
    """With hardly any search the answer serves what its steps serve."""
    steps = [{"type": "start"}, {"type": "job", "id": 1515}, {"type": "end"}]
    problem = documented(
        vehicles=[{"id": 0, "start_index": 0, "end_index": 3, "steps": steps, "max_tasks": 1}]
    )
    assert served(answer(problem, PlanConfig(time_limit_s=None, step_limit=1, threads=1))) == [1515]


def test_without_matrices_travel_is_a_straight_line() -> None:
    """As docs/vroom.md says: 1.4 times the great circle at 20 km/h, and a minute for every leg."""
    problem = {
        "vehicles": [{"id": 1, "start": [125.3, 43.88], "end": [125.3, 43.88]}],
        "jobs": [{"id": 1, "location": [125.3, 43.9]}, {"id": 2, "location": [125.3, 43.9]}],
    }
    made = solved(problem)
    assert made["summary"]["duration"] == 2 * 620
    assert made["routes"][0]["steps"][1]["location"] == [125.3, 43.9]


def compare(problem: Document) -> None:
    judge, ours, theirs = Judge(problem), solved(problem, steps=8000), pyvroom(problem)
    assert judge.faults(ours) == []
    assert judge.faults(theirs) == []
    assert judge.rank(ours) >= judge.rank(theirs)


EXCHANGED: Document = {
    "jobs": [
        {"id": 10, "location_index": 0, "service": 0, "setup": 0, "delivery": [1]},
        {"id": 11, "location_index": 0, "service": 1, "setup": 0, "delivery": [1]},
        {"id": 12, "location_index": 0, "service": 0, "setup": 0, "delivery": [3]},
        {"id": 13, "location_index": 1, "service": 0, "setup": 0, "delivery": [1]},
        {"id": 14, "location_index": 0, "service": 0, "setup": 0, "delivery": [0], "skills": [1]},
        {"id": 15, "location_index": 0, "service": 0, "setup": 0, "delivery": [0], "skills": [1]},
    ],
    "vehicles": [
        {"id": 0, "start_index": 0, "end_index": 1, "capacity": [3], "speed_factor": 0.5},
        {
            "id": 1,
            "start_index": 1,
            "end_index": 0,
            "capacity": [3],
            "speed_factor": 0.5,
            "costs": {"per_task_hour": 1800},
        },
    ],
    "matrices": {"car": {"durations": [[0, 3], [0, 0]]}},
}
"""Full vehicles: what they carry is best exchanged, and only as a whole."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(EXCHANGED)
@given(problems())
def test_no_answer_is_worse_than_vrooms(problem: Document) -> None:
    """Rules kept; priorities, number and cost no worse."""
    compare(problem)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_no_answer_of_many_is_worse_than_vrooms(problem: Document) -> None:
    """The same, oftener."""
    compare(problem)
