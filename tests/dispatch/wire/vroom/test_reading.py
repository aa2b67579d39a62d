"""What is refused, by name and place, all at once."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.errors import InvalidInput
from dispatch.vroom.encode import encode, first_routes
from dispatch.wire.vroom import instance_of
from tests.dispatch.vroom.problems import documented

Document = dict[str, Any]


def refused(document: Any) -> list[tuple[str, str]]:
    """Codes and places of what is wrong."""

    def read() -> None:
        instance = instance_of(document)
        first_routes(instance, encode(instance))

    with pytest.raises(InvalidInput) as caught:
        read()
    return [(issue.code, issue.where) for issue in caught.value.issues]


def vehicle(**changes: Any) -> Document:
    return {"id": 0, "start_index": 0, **changes}


def job(**changes: Any) -> Document:
    return {"id": 1, "location_index": 1, **changes}


def test_what_we_cannot_plan_with_is_refused_by_name() -> None:
    """Every such key of VROOM's API document, all in one go, and beside mistakes of shape."""
    document = documented(
        shipments=[{"pickup": {"id": 1}, "delivery": {"id": 2}}],
        vehicles=[vehicle(breaks=[{"id": 1}], max_travel_time=5, max_distance=0, colour="red")],
        options={"g": True, "c": True},
    )
    unsupported = [
        "/shipments",
        "/vehicles/0/breaks",
        "/vehicles/0/max_travel_time",
        "/vehicles/0/max_distance",
        "/options/g",
        "/options/c",
    ]
    assert refused(document) == [
        *(("unsupported_key", where) for where in unsupported),
        ("unknown_key", "/vehicles/0/colour"),
    ]


def test_what_says_nothing_is_not_refused() -> None:
    """Empty lists, false, null."""
    document = documented(
        shipments=[], vehicles=[vehicle(breaks=[], max_distance=None)], options={"g": False}
    )
    assert len(instance_of(document).jobs) == 2


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ([], ("wrong_type", "")),
        ({}, ("missing_key", "/vehicles")),
        (documented(vehicles=[]), ("empty_list", "/vehicles")),
        (documented(jobs=[]), ("empty_list", "/jobs")),
        (documented(depot=1), ("unknown_key", "/depot")),
        (documented(jobs=[job(id="1")]), ("wrong_type", "/jobs/0/id")),
        (documented(jobs=[job(id=True)]), ("wrong_type", "/jobs/0/id")),
        (documented(jobs=[job(priority=101)]), ("out_of_range", "/jobs/0/priority")),
        (documented(jobs=[job(time_windows=[])]), ("empty_list", "/jobs/0/time_windows")),
        (
            documented(jobs=[job(time_windows=[[5, 3]])]),
            ("reversed_window", "/jobs/0/time_windows/0"),
        ),
        (
            documented(jobs=[job(time_windows=[[5, 9], [9, 12]])]),
            ("overlapping_windows", "/jobs/0/time_windows"),
        ),
        (documented(jobs=[job(), job()]), ("duplicate_id", "/jobs/1/id")),
        (documented(jobs=[job(location_index=4)]), ("out_of_range", "/jobs/0/location_index")),
        (
            documented(jobs=[{"id": 1, "location": [1, 2]}]),
            ("missing_key", "/jobs/0/location_index"),
        ),
        (documented(jobs=[job(delivery=[1])]), ("wrong_shape", "/jobs/0/delivery")),
        (
            documented(jobs=[job(delivery=[], amount=[])]),
            ("conflicting_keys", "/jobs/0/amount"),
        ),
        (documented(vehicles=[{"id": 1}]), ("missing_key", "/vehicles/0")),
        (
            documented(vehicles=[vehicle(capacity=[1]), vehicle()]),
            ("wrong_shape", "/vehicles/1/capacity"),
        ),
        (
            documented(vehicles=[vehicle(speed_factor=6)]),
            ("out_of_range", "/vehicles/0/speed_factor"),
        ),
        (documented(vehicles=[vehicle(profile="bike")]), ("unknown_value", "/vehicles/0/profile")),
        (documented(vehicles=[vehicle(costs={"per_km": 1})]), ("missing_key", "/matrix/distances")),
        (
            documented(vehicles=[vehicle(steps=[{"type": "job", "id": 7}])]),
            ("unknown_job", "/vehicles/0/steps/0/id"),
        ),
        (
            documented(vehicles=[vehicle(steps=2 * [{"type": "job", "id": 1414}])]),
            ("duplicate_id", "/vehicles/0/steps/1/id"),
        ),
        (
            documented(vehicles=[vehicle(time_window=[0, 9], steps=[{"type": "job", "id": 1414}])]),
            ("undrivable_start", "/vehicles/0/steps"),
        ),
        (documented(matrices={}), ("conflicting_keys", "/matrix")),
        (documented(matrix=[[0, 1], [2]]), ("wrong_shape", "/matrix")),
        ({**documented(), "matrix": None}, ("missing_key", "/jobs/0/location")),
        (documented(matrix=[[2**30 + 1] * 4] * 4), ("out_of_range", "")),
        (
            documented(jobs=[job(time_windows=[[0, 1], [4 * 10**9, 4 * 10**9]])]),
            ("out_of_range", ""),
        ),
    ],
)
def test_mistakes_are_told_by_their_place(document: Any, found: tuple[str, str]) -> None:
    """Of shape, of rules between parts, of numbers too large to count to."""
    assert found in refused(document)


def test_matrices_of_a_profile_go_together() -> None:
    """Distances need durations, all have one size, and costs leave no room for rates."""
    square = [[0, 1], [1, 0]]
    spots = {"id": 1, "start_index": 0}
    document = {
        "jobs": [{"id": 1, "location_index": 1}],
        "vehicles": [{**spots, "costs": {"per_hour": 1}}, {**spots, "profile": "bike"}],
        "matrices": {
            "car": {"durations": square, "costs": square, "distances": [[0]]},
            "bike": {"distances": square},
            "foot": {"durations": square, "speed": 3},
        },
    }
    assert ("unknown_key", "/matrices/foot/speed") in refused(document)
    del document["matrices"]["foot"]  # type: ignore[attr-defined]
    found = refused(document)
    assert ("wrong_shape", "/matrices/car/distances") in found
    assert ("missing_key", "/matrices/bike/durations") in found
    assert ("conflicting_keys", "/vehicles/0/costs") in found


def test_amounts_and_setups_that_the_solver_would_get_wrong_are_refused() -> None:
    """Pickups beside deliveries, and a setup that may fall away inside a window."""
    capacity = [vehicle(capacity=[9, 9])]
    mixed = [job(delivery=[1, 1]), job(id=2, pickup=[0, 1])]
    assert refused(documented(vehicles=capacity, jobs=mixed)) == [
        ("unsupported_key", "/jobs/1/pickup/1")
    ]
    apart = [job(delivery=[1, 0]), job(id=2, pickup=[0, 1])]
    assert len(instance_of(documented(vehicles=capacity, jobs=apart)).jobs) == 2
    shared = [job(setup=5, time_windows=[[0, 9]]), job(id=2)]
    assert refused(documented(jobs=shared)) == [("unsupported_key", "/jobs/0/setup")]
