"""Problems in VROOM's JSON: its documented ones, and generated ones with all that we take."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

Document = dict[str, Any]

DURATIONS = [
    [0, 2104, 197, 1299],
    [2103, 0, 2255, 3152],
    [197, 2256, 0, 1102],
    [1299, 3153, 1102, 0],
]


def documented(**changes: Any) -> Document:
    """Example 2 of VROOM's API document, which is vroom-express's health check too."""
    return {
        "vehicles": [{"id": 0, "start_index": 0, "end_index": 3}],
        "jobs": [{"id": 1414, "location_index": 1}, {"id": 1515, "location_index": 2}],
        "matrix": DURATIONS,
        **changes,
    }


SPEEDS = (0.5, 0.8, 1, 1, 1, 1.25, 2)
"""Of which a hundredth part of a second is a whole number of table seconds."""


@st.composite
def problems(draw: DrawFn) -> Document:
    """3 to 12 jobs and 1 to 3 vehicles on a small grid, in a shift that may be too short."""
    places = draw(st.integers(3, 10))
    n, v = draw(st.integers(3, 12)), draw(st.integers(1, 3))
    dimensions = draw(st.integers(0, 2))
    ways = [draw(st.sampled_from(("delivery", "pickup"))) for _ in range(dimensions)]
    shift = draw(st.sampled_from((300, 600, 1200, 4000)))
    epoch = draw(st.sampled_from((0, 0, 1_600_000_000)))
    profiles = draw(st.sampled_from((("car",), ("car",), ("car", "bike"))))
    metric = draw(st.booleans())
    problem: Document = {
        "jobs": [draw(_jobs(k, places, ways, shift, epoch)) for k in range(n)],
        "vehicles": [
            draw(_vehicles(k, places, dimensions, shift, epoch, profiles, metric)) for k in range(v)
        ],
        "matrices": {profile: draw(_matrices(places, metric)) for profile in profiles},
    }
    _only_setups_that_can_be_told(problem)
    return problem


@st.composite
def _matrices(draw: DrawFn, places: int, metric: bool) -> Document:
    spots = [(draw(st.integers(0, 60)), draw(st.integers(0, 60))) for _ in range(places)]
    bend = draw(st.integers(0, 9))

    def table(scale: int) -> list[list[int]]:
        return [
            [
                0 if i == j else scale * (abs(a - c) + abs(b - d)) + (bend * i + 3 * j) % 7
                for j, (c, d) in enumerate(spots)
            ]
            for i, (a, b) in enumerate(spots)
        ]

    tables = {"durations": table(draw(st.integers(1, 5)))}
    if metric:
        tables["distances"] = table(40)
    elif draw(st.integers(0, 3)) == 0:
        tables["costs"] = table(2)
    return tables


@st.composite
def _jobs(draw: DrawFn, k: int, places: int, ways: list[str], shift: int, epoch: int) -> Document:
    job: Document = {"id": 10 + k, "location_index": draw(st.integers(0, places - 1))}
    for way in sorted(set(ways)):
        job[way] = [draw(st.integers(0, 4)) if own == way else 0 for own in ways]
    for name, most in (("service", 60), ("setup", 30), ("priority", 100)):
        if draw(st.integers(0, 2)) == 0:
            job[name] = draw(st.integers(0, most))
    if draw(st.integers(0, 5)) == 0:
        job["service_per_type"] = {"van": draw(st.integers(0, 60))}
    if draw(st.integers(0, 3)) == 0:
        job["skills"] = [draw(st.integers(1, 2))]
    if draw(st.booleans()):
        cuts = sorted(draw(st.sets(st.integers(0, shift), min_size=2, max_size=4)))
        pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
        job["time_windows"] = [[epoch + a, epoch + b] for a, b in pairs]
    return job


@st.composite
def _vehicles(
    draw: DrawFn,
    k: int,
    places: int,
    dimensions: int,
    shift: int,
    epoch: int,
    profiles: tuple[str, ...],
    metric: bool,
) -> Document:
    vehicle: Document = {"id": k, "profile": draw(st.sampled_from(profiles))}
    ends = draw(st.sampled_from((("start", "end"), ("start", "end"), ("start",), ("end",))))
    for end in ends:
        vehicle[f"{end}_index"] = draw(st.integers(0, places - 1))
    if dimensions:
        vehicle["capacity"] = [draw(st.integers(3, 25)) for _ in range(dimensions)]
    if draw(st.integers(0, 3)):
        vehicle["time_window"] = [epoch, epoch + shift]
    if draw(st.booleans()):
        vehicle["skills"] = [1, 2][: draw(st.integers(1, 2))]
    if draw(st.integers(0, 3)) == 0:
        vehicle["max_tasks"] = draw(st.integers(1, 6))
    if draw(st.booleans()):
        vehicle["type"] = "van"
    vehicle["speed_factor"] = draw(st.sampled_from(SPEEDS))
    costs = {"fixed": draw(st.sampled_from((0, 0, 50, 1000)))}
    if draw(st.integers(0, 3)) == 0:
        costs["per_task_hour"] = draw(st.sampled_from((1800, 3600)))
    if metric:
        costs["per_hour"] = draw(st.sampled_from((3600, 1800, 20)))
        costs["per_km"] = draw(st.integers(0, 30))
    vehicle["costs"] = costs
    return vehicle


def _only_setups_that_can_be_told(problem: Document) -> None:
    """A job with a setup at a shared place loses its windows: see docs/vroom.md."""
    rows = [job["location_index"] for job in problem["jobs"]]
    starts = {vehicle.get("start_index") for vehicle in problem["vehicles"]}
    for job in problem["jobs"]:
        row = job["location_index"]
        if job.get("setup") and (rows.count(row) > 1 or row in starts):
            job.pop("time_windows", None)
