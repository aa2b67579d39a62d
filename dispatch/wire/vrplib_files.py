"""VRPLIB and Solomon files in, `.sol` files out: the benchmarks of the routing community.

    cost = sum over driven arcs of d(i, j)

is the file's own objective: distance and travel time are the same number, vehicles cost nothing,
every customer must be served, and no more than VEHICLES routes leave the only depot.

How a distance `d` becomes the integer of the problem, and what stays true of it:

    rounding   problem holds           times are            cost is written
    trunc      floor(d)                floor(t)             whole
    dimacs     floor(10 d)             floor(10 t)          with one decimal
    none       ceil(s d)               never too kind       sum of the doubles, two decimals

With `none`, s is the largest power of ten up to 10,000 for which all times fit. Rounding up keeps
the triangle inequality, and with openings and service rounded up and closings down, a plan that
is feasible in integers is feasible in doubles. The reverse fails only for a plan with less than
1/s of slack for each arc before a stop. `dimacs` and `trunc` change the instance itself, and their
distances may break the triangle inequality by a unit; that is how their best known costs are told.
Whole numbers lose nothing with `trunc`, which is the default for explicit matrices of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from dispatch.errors import InvalidInput, Issue
from dispatch.wire.vrplib_tables import Doubles, Rounding, Tables, read_tables
from solver.errors import ProblemError
from solver.problem import HORIZON, Problem, Task, Travel, Vehicle, Window
from solver.solution import Solution

FINEST_SCALE = 10_000


@dataclass(frozen=True, eq=False, slots=True)
class VrplibInstance:
    """A file as a problem. Customer number k of the file's community is task k - 1 and place k.

    Attributes:
        name: of the instance.
        problem: place 0 is the depot; all vehicles are alike.
        scale: the problem's integers per unit of the file.
        rounding: how the numbers were made integers.
        costs: in the file's unit, float64 of shape `(places, places)`; `[i, j]` is from i to j.
    """

    name: str
    problem: Problem
    scale: int
    rounding: Rounding
    costs: Doubles

    def cost(self, solution: Solution) -> float:
        """The length of the routes in the file's unit."""
        return float(sum(self.costs[i, j] for i, j in _arcs(_customers(solution))))


def parse_vrplib(text: str, name: str, rounding: Rounding | None = None) -> VrplibInstance:
    """Read a VRPLIB or Solomon file.

    Args:
        text: the file.
        name: of the instance; the file's own is not used.
        rounding: None takes that of the file's community: `trunc` for explicit matrices of whole
            numbers, `dimacs` for other VRPLIB files with time windows, else `none`.

    Raises:
        InvalidInput: with the line of everything that is wrong.
    """
    tables = read_tables(text)
    rounding = rounding or tables.rounding
    scale = {Rounding.TRUNC: 1, Rounding.DIMACS: 10}.get(rounding) or _finest_scale(tables)
    numbers = _scaled(tables, scale, np.ceil if rounding == Rounding.NONE else np.floor)
    costs = tables.distances if rounding == Rounding.NONE else numbers.distances / scale
    try:
        problem = _problem(numbers)
    except ProblemError as error:
        issue = Issue("out_of_range", "/", str(error), "Use smaller numbers or another rounding.")
        raise InvalidInput([issue]) from error
    return VrplibInstance(name, problem, scale, rounding, costs)


def format_solution(instance: VrplibInstance, solution: Solution) -> str:
    """The routes as `Route #k: customer ...` lines and `Cost c`, in the file's unit."""
    decimals = {Rounding.TRUNC: 0, Rounding.DIMACS: 1, Rounding.NONE: 2}[instance.rounding]
    lines = [
        f"Route #{k}: {' '.join(map(str, route))}"
        for k, route in enumerate(_customers(solution), start=1)
    ]
    return "\n".join([*lines, f"Cost {instance.cost(solution):.{decimals}f}"]) + "\n"


def _customers(solution: Solution) -> list[list[int]]:
    return [[task + 1 for task in route.tasks] for route in solution.routes]


def _arcs(routes: Iterable[list[int]]) -> Iterable[tuple[int, int]]:
    for route in routes:
        yield from pairwise([0, *route, 0])


def _finest_scale(tables: Tables) -> int:
    """The largest power of ten up to `FINEST_SCALE` for which every time fits."""
    longest_route = (
        tables.openings.max() + tables.distances.max(axis=1).sum() + tables.services.sum()
    )
    largest = max(min(tables.closings.max(), longest_route), tables.distances.max())
    scale = FINEST_SCALE
    while scale > 1 and largest * scale > HORIZON:
        scale //= 10
    return scale


def _scaled(tables: Tables, scale: int, up: Callable[[Doubles], Doubles]) -> Tables:
    """The same tables in whole numbers; `up` rounds all but the closings, which are floored."""
    return replace(
        tables,
        distances=up(scale * tables.distances),
        services=up(scale * tables.services),
        openings=up(scale * tables.openings),
        closings=np.minimum(np.floor(scale * tables.closings), HORIZON),
    )


def _problem(tables: Tables) -> Problem:
    """The problem of tables in whole numbers."""
    largest = max(tables.distances.max(), tables.services.max(), tables.openings.max())
    if largest > HORIZON:
        raise ProblemError(f"Expected scaled distances and times <= {HORIZON}, got {largest:g}.")
    matrix = tables.distances.astype(np.int32)
    depot, *windows = (
        Window(int(opening), int(closing))
        for opening, closing in zip(tables.openings, tables.closings, strict=True)
    )
    tasks = tuple(
        Task(
            place=place,
            service=int(tables.services[place]),
            windows=(window,),
            loads=(int(tables.demands[place]),),
        )
        for place, window in enumerate(windows, start=1)
    )
    vehicle = Vehicle(
        start=0,
        end=0,
        capacity=(tables.capacity,),
        earliest=depot.opening,
        latest=depot.closing,
        distance_cost=1,
    )
    fleet = min(tables.vehicles or len(tasks), len(tasks))
    return Problem(tasks, (vehicle,) * fleet, (Travel(matrix, matrix),))
