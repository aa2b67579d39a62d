"""Judges routes against an instance; shares no code with any engine.

time(0) = opening of the depot
time(j) = max(time(i) + service(i) + cost(i, j), opening(j)) <= closing(j)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from benchmarks.instance import Instance

TOLERANCE = 1e-6
"""Of sums of doubles."""


def cost_of(instance: Instance, routes: Sequence[Sequence[int]]) -> float:
    """The sum of costs along all routes; customers are numbered from 1."""
    arcs = (arc for route in routes for arc in pairwise([0, *route, 0]))
    return sum((float(instance.costs[i, j]) for i, j in arcs), start=0.0)


def find_mistakes(instance: Instance, routes: Sequence[Sequence[int]]) -> list[str]:
    """Every rule that the routes break, in words; empty if they are feasible."""
    served = Counter(customer for route in routes for customer in route)
    mistakes = [
        f"customer {customer} is served {served[customer]} times"
        for customer in range(1, len(instance.demands))
        if served[customer] != 1
    ]
    mistakes += [f"no customer {c}" for c in served if not 1 <= c < len(instance.demands)]
    if mistakes:
        return mistakes
    if len(routes) > instance.vehicles:
        mistakes.append(f"{len(routes)} routes, at most {instance.vehicles}")
    for number, route in enumerate(routes, start=1):
        load = sum(instance.demands[customer] for customer in route)
        if load > instance.capacity:
            mistakes.append(f"route {number} carries {load:g} of {instance.capacity:g}")
        time = instance.opens[0]
        for i, j in pairwise([0, *route, 0]):
            service = instance.services[i] if i else 0.0
            time = max(time + service + instance.costs[i, j], instance.opens[j])
            if time > instance.closes[j] + TOLERANCE:
                mistakes.append(
                    f"route {number} is at {j} at {time:g}, after {instance.closes[j]:g}"
                )
    return mistakes
