"""By how much a courier misses an order with nothing else to do.

    arrival = earliest departure + driving;  late = arrival - last possible start
    end = start + service + return;          overtime = end - last possible end
    overlong = least time on the clock - longest allowed

Each is measured as if those before it were forgiven, so that forgiving all three makes it fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dispatch.encode import Encoding
from solver.cost import Weights
from solver.problem import HORIZON, Problem, Task, Vehicle, Window
from solver.schedule import schedule


@dataclass(frozen=True, slots=True)
class Miss:
    """How a courier misses an order; times in seconds from the snapshot's epoch.

    Attributes:
        courier: index.
        arrival_s: earliest arrival at the door.
        end_s: earliest end of the route.
        late_s, overtime_s, overlong_s: what is missing for window, shift and route time; 0 is none.
        no_way: no road leads there and back.
    """

    courier: int
    arrival_s: int
    end_s: int
    late_s: int
    overtime_s: int
    overlong_s: int
    no_way: bool

    @property
    def short_s(self) -> int:
        """Seconds missing in all."""
        return HORIZON if self.no_way else self.late_s + self.overtime_s + self.overlong_s


def reaches(encoding: Encoding, order_index: int, courier_index: int) -> bool:
    """Whether the courier could serve the order after the fixed start and with nothing else."""
    prefix = encoding.problem.vehicles[courier_index].prefix
    return schedule(encoding.problem, courier_index, (*prefix, order_index)) is not None


def miss(encoding: Encoding, order_index: int, courier_index: int) -> Miss:
    """By how much the courier misses the order; all zero for one that `reaches` it."""
    problem, origin_s = encoding.problem, encoding.origin_s
    vehicle, task = problem.vehicles[courier_index], problem.tasks[order_index]
    durations = problem.durations(courier_index)
    place, time = vehicle.start, vehicle.earliest
    for earlier in (problem.tasks[fixed] for fixed in vehicle.prefix):
        time = _start(earlier, time + int(durations[place, earlier.place])) + earlier.service
        place = earlier.place
    there, back = int(durations[place, task.place]), int(durations[task.place, vehicle.end])
    arrival = time + there
    end = _start(task, arrival) + task.service + back
    no_way = end >= HORIZON
    late, overtime = max(0, arrival - task.closing), max(0, end - vehicle.latest)
    return Miss(
        courier=courier_index,
        arrival_s=arrival + origin_s,
        end_s=end + origin_s,
        late_s=late,
        overtime_s=overtime,
        overlong_s=0 if no_way else _overlong(problem, vehicle, task, late, overtime),
        no_way=no_way,
    )


def _start(task: Task, arrival: int) -> int:
    """First start of service at or after the arrival, lateness forgiven."""
    openings = (max(w.opening, arrival) for w in task.windows if arrival <= w.closing)
    return min(openings, default=arrival)


def _overlong(problem: Problem, vehicle: Vehicle, task: Task, late: int, overtime: int) -> int:
    """Seconds that the shortest route is too long, lateness and overtime forgiven."""
    if vehicle.max_duration is None:
        return 0
    last = task.windows[-1]
    forgiven = replace(
        task, windows=(*task.windows[:-1], Window(last.opening, last.closing + late)), late_cost=0
    )
    stops = (*(problem.tasks[fixed] for fixed in vehicle.prefix), forgiven)
    alone = Problem(
        tasks=tuple(replace(stop, vehicle=None, late_cost=0) for stop in stops),
        vehicles=(
            replace(
                vehicle,
                latest=vehicle.latest + overtime,
                max_duration=None,
                fixed_cost=0,
                distance_cost=0,
                duration_cost=1,
                prefix=(),
            ),
        ),
        travel=problem.travel,
        weights=Weights(),
    )
    route = schedule(alone, 0, range(len(stops)))
    if route is None:
        return 0
    on_the_clock = vehicle.setup_duration + route.arrival - route.departure
    return max(0, on_the_clock - vehicle.max_duration)
