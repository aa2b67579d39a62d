"""An instance in arrays as a `Problem` of the solver."""

from __future__ import annotations

from benchmarks.instance import Instance
from solver.problem import Problem, Task, Travel, Vehicle, Window


def problem_of(instance: Instance) -> Problem:
    """An instance in whole numbers as a problem: task k - 1 is customer k, driving is all it costs.

    `dispatch.wire.vrplib_files` makes the same of a file.
    """
    services, opens, closes, demands = (
        column.astype(int).tolist()
        for column in (instance.services, instance.opens, instance.closes, instance.demands)
    )
    tasks = tuple(
        Task(
            place=place,
            service=services[place],
            windows=(Window(opens[place], closes[place]),),
            loads=(demands[place],),
        )
        for place in range(1, len(demands))
    )
    vehicle = Vehicle(
        start=0,
        end=0,
        capacity=(int(instance.capacity),),
        earliest=opens[0],
        latest=closes[0],
        distance_cost=1,
    )
    travel = Travel(instance.costs, instance.costs)
    return Problem(tasks, (vehicle,) * min(instance.vehicles, len(tasks)), (travel,))
