"""VRPLIB and Solomon files: what they mean, what is written back, and how they can be broken."""

from __future__ import annotations

import random

import numpy as np
import pytest

from dispatch.errors import InvalidInput, Issue
from dispatch.wire.vrplib_files import VrplibInstance, format_solution, parse_vrplib
from dispatch.wire.vrplib_tables import Rounding
from solver.check import find_violations
from solver.problem import HORIZON, Window
from solver.schedule import schedule
from solver.solution import Solution

EXPLICIT = """NAME : one-way
COMMENT : Geoff's street, EOF of a small town
TYPE : VRPTW
DIMENSION : 4
EDGE_WEIGHT_TYPE : EXPLICIT
VEHICLES : 2
EDGE_WEIGHT_FORMAT : FULL_MATRIX
CAPACITY : 10
EDGE_WEIGHT_SECTION
0\t10\t20\t30
99\t0\t10\t20
99\t99\t0\t10
30\t99\t99\t0
NODE_COORD_SECTION
1\t0\t0
2\t1\t0
3\t2\t0
4\t3\t0
DEMAND_SECTION
1\t0
2\t3
3\t3
4\t4
DEPOT_SECTION
1
-1
SERVICE_TIME_SECTION
1\t0
2\t5
3\t5
4\t5
TIME_WINDOW_SECTION
1\t0\t200
2\t0\t100
3\t20\t100
4\t0\t100
EOF
"""
"""A one-way street; the optimum drives along it once: customers 1 2 3, cost 60."""

SQUARE = """NAME : square
TYPE : VRPTW
DIMENSION : 4
VEHICLES : 3
CAPACITY : 2
SERVICE_TIME : 7
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 0 1
3 1 1
4 1 0
DEMAND_SECTION
1 0
2 1
3 1
4 1
TIME_WINDOW_SECTION
1 0 100
2 0 50
3 10 50
4 0 50
DEPOT_SECTION
1
-1
EOF
"""
"""The unit square, room for two customers in a vehicle, at least 2 vehicles.

With dimacs the diagonal is 1.4: customers 1 2 then 3 cost 1 + 1 + 1.4 + 2 = 5.4, the optimum.
"""

SOLOMON = """square

VEHICLE
NUMBER     CAPACITY
  2          2

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0        100          0
    1      0          1          1          0         50          7
    2      1          1          1         10         50          7
    3      1          0          1          0         50          7
"""
"""The unit square again; in doubles the optimum costs 4 + sqrt 2 = 5.41."""


def solution(instance: VrplibInstance, *routes: list[int]) -> Solution:
    """The routes of these customers, at their cheapest times."""
    made = [
        schedule(instance.problem, vehicle, [customer - 1 for customer in customers])
        for vehicle, customers in enumerate(routes)
    ]
    assert all(made)
    return Solution.of(instance.problem, [route for route in made if route])


def issues(text: str) -> set[tuple[str, str]]:
    """Code and place of everything that is wrong with a file."""
    with pytest.raises(InvalidInput) as caught:
        parse_vrplib(text, "broken")
    return {(issue.code, issue.where) for issue in caught.value.issues}


def test_explicit_matrix_is_read_exactly() -> None:
    """Matrix, windows, services, loads and fleet are those of the file, at scale 1."""
    instance = parse_vrplib(EXPLICIT, "one-way")
    problem = instance.problem
    assert (instance.name, instance.scale, instance.rounding) == ("one-way", 1, Rounding.TRUNC)
    assert problem.travel[0].distances.tolist()[1] == [99, 0, 10, 20]
    assert (problem.travel[0].distances == problem.travel[0].durations).all()
    assert [task.windows for task in problem.tasks] == [
        (Window(0, 100),),
        (Window(20, 100),),
        (Window(0, 100),),
    ]
    assert [(task.place, task.service, task.loads) for task in problem.tasks] == [
        (1, 5, (3,)),
        (2, 5, (3,)),
        (3, 5, (4,)),
    ]
    assert all(task.required for task in problem.tasks)
    assert len(problem.vehicles) == 2
    assert (problem.vehicles[0].capacity, problem.vehicles[0].latest) == ((10,), 200)


def test_optimum_of_explicit_matrix_is_written_back() -> None:
    """The drive along the street breaks no rule and costs 60 in the file's unit."""
    instance = parse_vrplib(EXPLICIT, "one-way")
    best = solution(instance, [1, 2, 3])
    assert find_violations(instance.problem, best) == []
    assert best.objective(instance.problem) == 60
    assert format_solution(instance, best) == "Route #1: 1 2 3\nCost 60\n"


def test_dimacs_truncates_to_one_decimal() -> None:
    """The diagonal of the square becomes 14 tenths, times are in tenths, cost in the unit."""
    instance = parse_vrplib(SQUARE, "square")
    assert (instance.scale, instance.rounding) == (10, Rounding.DIMACS)
    assert instance.problem.travel[0].distances[0].tolist() == [0, 10, 14, 10]
    assert instance.problem.tasks[1].windows == (Window(100, 500),)
    assert instance.problem.tasks[1].service == 70
    best = solution(instance, [1, 2], [3])
    assert best.objective(instance.problem) == 54
    assert format_solution(instance, best) == "Route #1: 1 2\nRoute #2: 3\nCost 5.4\n"


def test_solomon_is_read_in_doubles() -> None:
    """Distances are rounded up at a fine scale, the cost is that of the doubles."""
    instance = parse_vrplib(SOLOMON, "square")
    assert (instance.scale, instance.rounding) == (10_000, Rounding.NONE)
    assert instance.problem.travel[0].distances[0].tolist() == [0, 10_000, 14_143, 10_000]
    assert len(instance.problem.vehicles) == 2
    best = solution(instance, [1, 2], [3])
    assert instance.cost(best) == pytest.approx(4 + 2**0.5)
    assert format_solution(instance, best).endswith("Cost 5.41\n")


@pytest.mark.parametrize("text", [EXPLICIT, SQUARE, SOLOMON])
def test_case_blank_lines_and_line_ends_do_not_matter(text: str) -> None:
    """Lower case, CRLF, a byte order mark, comments and blank lines change nothing."""
    plain = parse_vrplib(text, "x").problem
    odd = "\ufeff" + text.lower().replace("\n", "\r\n\r\n") + "# the end\r\n"
    other = parse_vrplib(odd, "x").problem
    assert (plain.tasks, plain.vehicles) == (other.tasks, other.vehicles)
    assert (plain.travel[0].distances == other.travel[0].distances).all()


def test_trunc_cuts_to_whole_numbers() -> None:
    """With trunc the diagonal of the square is 1."""
    instance = parse_vrplib(SQUARE, "square", Rounding.TRUNC)
    assert (instance.scale, instance.problem.travel[0].distances[0, 2]) == (1, 1)
    assert format_solution(instance, solution(instance, [1, 2], [3])).endswith("Cost 5\n")


def test_fine_scale_is_never_too_kind() -> None:
    """Rounded up distances keep the triangle inequality and are no shorter than the doubles."""
    generator = np.random.default_rng(1)
    rows = [
        f"{k} {x} {y} 0 0 1000 0" for k, (x, y) in enumerate(generator.integers(99, size=(30, 2)))
    ]
    head = SOLOMON[: SOLOMON.index("    0 ")]
    instance = parse_vrplib(head + "\n".join(rows), "random")
    distances = instance.problem.travel[0].distances.astype(int)
    assert (distances >= instance.scale * instance.costs).all()
    assert (distances[:, :, None] + distances[None] >= distances[:, None, :]).all()


def test_fine_scale_shrinks_where_times_are_long() -> None:
    """Times of a week in seconds still fit; the scale is then a smaller power of ten."""
    instance = parse_vrplib(
        SOLOMON.replace(" 100 ", " 604800 ").replace(" 10         50 ", " 600000 604000 "), "week"
    )
    assert instance.scale == 1000
    assert instance.problem.vehicles[0].latest <= HORIZON


def test_fleet_is_unlimited_without_vehicles() -> None:
    """A file without VEHICLES has a vehicle for every customer; without TYPE, windows are free."""
    text = SQUARE.replace("VEHICLES : 3\n", "").replace("TYPE : VRPTW", "TYPE : CVRP")
    start, end = text.index("TIME_WINDOW_SECTION"), text.index("DEPOT_SECTION")
    instance = parse_vrplib(text[:start] + text[end:], "free")
    assert len(instance.problem.vehicles) == 3
    assert instance.rounding == Rounding.NONE
    assert instance.problem.tasks[0].opening == 0


def test_reloading_is_a_clear_refusal() -> None:
    """Multi-trip files are refused by name, not planned as something else."""
    with pytest.raises(InvalidInput, match="unsupported: TYPE MTVRPTWR needs reloading"):
        parse_vrplib(SQUARE.replace("VRPTW", "MTVRPTWR"), "multi")


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("DIMENSION : 4", "DIMENSION : 5", "wrong_dimension", "line 8"),
        ("DIMENSION : 4", "DIMENSION : four", "bad_keyword", "line 3"),
        ("DIMENSION : 4\n", "", "missing_keyword", "DIMENSION"),
        ("CAPACITY : 2\n", "", "missing_keyword", "CAPACITY"),
        ("EUC_2D", "GEO", "bad_keyword", "line 7"),
        ("3 1 1\n4 1 0", "4 1 0\n3 1 1", "wrong_number", "line 11"),
        ("3 1\n4 1\n", "3 3\n4 1\n", "demand_over_capacity", "line 16"),
        ("3 1\n4 1\n", "3 -3\n4 1\n", "negative_number", "line 16"),
        ("3 1\n4 1\n", "3 0.5\n4 1\n", "fractional_demand", "line 16"),
        ("3 1\n4 1\n", "3 nan\n4 1\n", "malformed_line", "line 16"),
        ("3 10 50", "3 50 10", "reversed_window", "line 21"),
        ("3 10 50", "3 10", "malformed_line", "line 21"),
        ("SERVICE_TIME : 7", "SERVICE_TIME : -7", "negative_number", "line 6"),
        ("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n", "bad_depot", "line 23"),
        ("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n2\n", "bad_depot", "line 23"),
        ("DEPOT_SECTION\n1\n-1\n", "", "missing_section", "DEPOT_SECTION"),
        ("DEPOT_SECTION", "DEMAND_SECTION", "duplicate_name", "line 23"),
        ("DEPOT_SECTION", "RELEASE_TIME_SECTION", "unsupported_rule", "line 23"),
        ("SERVICE_TIME", "MAX_DISTANCE", "unsupported_rule", "line 6"),
        ("VEHICLES : 3", "VEHICLES : 0", "no_vehicles", "VEHICLES"),
        ("2 0 50", "2 0 5" + 30 * "0", "malformed_line", "line 20"),
        ("3 10 50", "3 999999999 9999999999", "out_of_range", "/"),
    ],
)
def test_broken_vrplib_files_name_the_place(old: str, new: str, code: str, where: str) -> None:
    """Each broken rule is told with its code and its line."""
    assert old in SQUARE
    assert (code, where) in issues(SQUARE.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("99\t99\t0\t10\n", "99\t99\t0\n", "ragged_matrix", "line 12"),
        ("99\t99\t0\t10\n", "", "wrong_dimension", "line 9"),
        ("99\t99\t0\t10\n", "99\t99\t0\t-10\n", "negative_number", "line 12"),
        ("99\t99\t0\t10\n", "99\t99\t0\tx\n", "malformed_line", "line 12"),
        ("FULL_MATRIX", "LOWER_ROW", "bad_keyword", "line 7"),
    ],
)
def test_broken_matrices_name_the_place(old: str, new: str, code: str, where: str) -> None:
    """A matrix that is not n rows of n numbers is told with its line."""
    assert old in EXPLICIT
    assert (code, where) in issues(EXPLICIT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("    2      1 ", "    4      1 ", "wrong_number", "line 12"),
        ("         10         50", "         50         10", "reversed_window", "line 12"),
        ("         10         50", "         10.5       50", "malformed_line", "line 12"),
        ("  2          2", "  2          0", "demand_over_capacity", "line 11"),
        ("  2          2", "  2", "malformed_line", "line 5"),
        ("  2          2", "  0          2", "no_vehicles", "VEHICLES"),
        ("NUMBER     CAPACITY\n", "", "malformed_line", "line 1"),
        (SOLOMON[SOLOMON.index("    1 ") :], "", "wrong_dimension", "line 7"),
    ],
)
def test_broken_solomon_files_name_the_place(old: str, new: str, code: str, where: str) -> None:
    """Solomon files are held to the same rules."""
    assert old in SOLOMON
    assert (code, where) in issues(SOLOMON.replace(old, new, 1))


def test_all_issues_come_at_once() -> None:
    """Two mistakes are told in one answer."""
    text = SQUARE.replace("3 10 50", "3 50 10").replace("3 1\n4 1\n", "3 3\n4 1\n")
    assert issues(text) == {("reversed_window", "line 21"), ("demand_over_capacity", "line 16")}


@pytest.mark.parametrize(
    "text", ["", "\n\n", "hello", "{}", "\x00\x01", "VEHICLE\nCUSTOMER", "EOF"]
)
def test_other_files_are_refused(text: str) -> None:
    """What is no VRPLIB file at all gets a message too."""
    assert issues(text) <= {("unknown_format", "line 1"), ("malformed_line", "line 1")}


@pytest.mark.parametrize("text", [EXPLICIT, SQUARE, SOLOMON])
def test_truncated_files_are_refused(text: str) -> None:
    """A file cut after any line but the last ones is refused with a message."""
    body = text.removesuffix("EOF\n").removesuffix("-1\n")
    lines = body.splitlines()
    for kept in range(len(lines)):
        if text == SOLOMON and kept > 9:
            continue
        assert issues("\n".join(lines[:kept]))


def issues_or_none(text: str) -> tuple[Issue, ...]:
    try:
        parse_vrplib(text, "mutated")
    except InvalidInput as error:
        return error.issues
    return ()


def test_mutated_files_never_end_in_a_traceback() -> None:
    """300 files with characters, words or lines changed: an instance or named issues."""
    random_state = random.Random(1)
    refused = 0
    for _ in range(300):
        text = random_state.choice([EXPLICIT, SQUARE, SOLOMON])
        parts = random_state.choice([list(text), text.split(" "), text.split("\n")])
        joint = {len(text): "", text.count(" ") + 1: " "}.get(len(parts), "\n")
        for _ in range(random_state.randint(1, 3)):
            at = random_state.randrange(len(parts))
            junk = random_state.choice(
                ["", "-", "1e9", "9" * 20, "é", ":", "_SECTION", "nan", "\t"]
            )
            parts[at] = random_state.choice([junk, parts[at] + junk, parts[0] + parts[at]])
        found = issues_or_none(joint.join(parts))
        assert all(issue.where and issue.message and issue.action for issue in found)
        refused += bool(found)
    assert 100 < refused < 300
