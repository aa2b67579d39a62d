"""When a VROOM route does what: as early as it can end, and then as late as it can leave.

    start(k)  = first time in a window of job k that is >= arrival(k)
    arrival(k + 1) = start(k) + setup(k) + service(k) + travel

In hundredths of a second, from the document alone: a second judge of what the solver found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dispatch.vroom.instance import HUNDREDTHS, Instance, Job, Spot, Vehicle


@dataclass(frozen=True, slots=True)
class Timing:
    """Of a route, in hundredths of a second; one arrival, start, setup and service for each job."""

    departure: int
    arrivals: tuple[int, ...]
    starts: tuple[int, ...]
    setups: tuple[int, ...]
    services: tuple[int, ...]
    end: int


def timing(instance: Instance, vehicle: Vehicle, jobs: Sequence[Job]) -> Timing | None:
    """The times that VROOM would tell; None where the route can't keep a window."""
    spots = [vehicle.start, *(job.spot for job in jobs), vehicle.end]
    legs = [instance.hundredths(vehicle, here, there) for here, there in pairwise(spots)]
    setups = tuple(
        0 if _same(before, job.spot) else HUNDREDTHS * job.setup_of(vehicle.kind)
        for before, job in zip(spots, jobs, strict=False)
    )
    services = tuple(HUNDREDTHS * job.service_of(vehicle.kind) for job in jobs)
    actions = [setup + service for setup, service in zip(setups, services, strict=True)]
    first, last = vehicle.window or (0, None)
    earliest = _simulate(HUNDREDTHS * first, jobs, legs, actions)
    if earliest is None or (last is not None and earliest[2] > HUNDREDTHS * last):
        return None
    departure = _latest_departure(earliest[2], jobs, legs, actions)
    made = _simulate(departure, jobs, legs, actions)
    if made is None or made[2] != earliest[2] or departure < HUNDREDTHS * first:
        return None
    return Timing(departure, made[0], made[1], setups, services, made[2])


def _same(before: Spot | None, here: Spot) -> bool:
    return before is not None and before.row == here.row


def _simulate(
    departure: int, jobs: Sequence[Job], legs: Sequence[int], actions: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...], int] | None:
    """Arrivals, starts and the end, all as early as possible; None where that is too late."""
    time, arrivals, starts = departure, [], []
    for job, leg, action in zip(jobs, legs, actions, strict=False):
        time += leg
        arrivals.append(time)
        window = next((w for w in job.windows if time <= HUNDREDTHS * w[1]), None)
        if window is None and job.windows:
            return None
        time = max(time, HUNDREDTHS * window[0]) if window else time
        starts.append(time)
        time += action
    return tuple(arrivals), tuple(starts), time + legs[-1]


def _latest_departure(
    end: int, jobs: Sequence[Job], legs: Sequence[int], actions: Sequence[int]
) -> int:
    """The last one with which the route still ends then."""
    time = end - legs[-1]
    for job, leg, action in reversed(list(zip(jobs, legs, actions, strict=False))):
        time -= action
        window = next((w for w in reversed(job.windows) if HUNDREDTHS * w[0] <= time), None)
        time = min(time, HUNDREDTHS * window[1]) if window else time
        time -= leg
    return time
