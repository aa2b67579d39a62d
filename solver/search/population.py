"""Good solutions of one thread, and new ones that take some routes of one and the rest of another.

Selective route exchange: Nagata & Kobayashi 2010, Parallel Problem Solving from Nature XI.
The routes around a random task are replaced by those of another solution that serve most of their
tasks; what is then served twice is left out once, what is not served is left to the annealing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from solver.problem import Problem
from solver.search.layout import KIND, NEAR, Data
from solver.search.worker import Routes

ALIKE = 0.08
"""A solution with a smaller share of links of its own is no addition to another."""


@dataclass(frozen=True, slots=True)
class Member:
    """A solution: its cost, tasks by vehicle, and which tasks (-1: a depot) follow each other."""

    cost: int
    routes: Routes
    links: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, cost: int, routes: Routes) -> Member:
        """With its links."""
        ends = [(-1, *tasks, -1) for tasks in routes.values()]
        return cls(cost, routes, frozenset(link for at in ends for link in pairwise(at)))

    def distance(self, other: Member) -> float:
        """Share of its links that the other has not, in `0 ... 1`."""
        return 1.0 - len(self.links & other.links) / max(1, len(self.links))


class Population:
    """At most so many solutions, all of different costs."""

    def __init__(self, problem: Problem, data: Data, most: int, seed: int) -> None:
        """Empty; at least 2 members at most, `seed` >= 0."""
        self.problem, self.most = problem, most
        self.near: list[list[int]] = data.lists[NEAR].tolist()
        self.kinds: list[int] = data.vehicle[:, KIND].tolist()
        self.random = Random(seed)
        self.members: list[Member] = []

    @property
    def best(self) -> Member | None:
        """The cheapest, None if there is none."""
        return min(self.members, key=lambda member: member.cost, default=None)

    def keep_best(self) -> None:
        """Forget all others."""
        self.members = [] if self.best is None else [self.best]

    def add(self, member: Member) -> None:
        """Take in a solution unless one like it is cheaper; if too many, the dearest goes."""
        like = self._like(member)
        if like is not None:
            if member.cost < like.cost:
                self._put(member, like)
            return
        self.members.append(member)
        if len(self.members) > self.most:
            self.members.remove(max(self.members, key=lambda known: known.cost))

    def parents(self) -> tuple[Member, Member]:
        """Two different ones, the better of two and another, in random order."""
        first, second, *_ = self.random.sample(self.members, 2)
        better = min(first, second, key=lambda member: member.cost)
        other = self.random.choice([member for member in self.members if member is not better])
        return (better, other) if self.random.random() < 0.5 else (other, better)

    def replace(self, child: Member, parents: tuple[Member, Member]) -> bool:
        """A child takes the place of what it is like, of a parent, or of the dearest, if cheaper.

        Whether it did.
        """
        loser = self._like(child)
        if loser is None:
            loser = min(parents, key=child.distance)
            if child.cost >= loser.cost or loser not in self.members:
                loser = max(self.members, key=lambda member: member.cost)
        if child.cost >= loser.cost:
            return False
        self._put(child, loser)
        return True

    def _like(self, member: Member) -> Member | None:
        """The one that it resembles most, if that is much."""
        closest = min(self.members, key=member.distance, default=None)
        return closest if closest is not None and member.distance(closest) <= ALIKE else None

    def _put(self, member: Member, instead: Member) -> None:
        self.members[self.members.index(instead)] = member

    def cross(self, keeper: Routes, giver: Routes) -> dict[int, tuple[int, ...]]:
        """Routes of `keeper`, some around a random task replaced by routes of `giver`.

        Locked starts stay with their vehicles. Some routes may be impossible to drive where leaving
        out a task makes the way longer.
        """
        gone = self._around_a_task(keeper)
        given = self._most_like(giver, {task for v in gone for task in keeper[v]}, len(gone))
        kept = {v: tasks for v, tasks in keeper.items() if v not in gone}
        if self.random.random() < 0.5:
            twice = {task for v in given for task in giver[v]}
            kept = {v: tuple(t for t in tasks if t not in twice) for v, tasks in kept.items()}
        else:
            twice = {task for tasks in kept.values() for task in tasks}
            giver = {v: tuple(t for t in giver[v] if t not in twice) for v in given}
        child = {v: tasks for v, tasks in kept.items() if tasks}
        idle: dict[int, list[int]] = defaultdict(list)
        for v, kind in enumerate(self.kinds):
            if v not in child and not self.problem.vehicles[v].prefix:
                idle[kind].append(v)
        for v in given:
            others = idle[self.kinds[v]]
            if v not in others and (not others or self._tied(giver[v])):
                continue
            vehicle = v if v in others else others[0]
            others.remove(vehicle)
            if giver[v]:
                child[vehicle] = giver[v]
        return child

    def _around_a_task(self, routes: Routes) -> list[int]:
        """Vehicles whose routes lie around a random task, half of all at most; none is locked."""
        vehicle_of = {task: v for v, tasks in routes.items() for task in tasks}
        count = self.random.randint(1, max(2, len(routes) // 2))
        found: dict[int, None] = {}
        for task in self.near[self.random.randrange(len(self.near))]:
            v = vehicle_of.get(task)
            if v is not None and not self.problem.vehicles[v].prefix:
                found[v] = None
                if len(found) >= count:
                    break
        return list(found)

    def _most_like(self, routes: Routes, tasks: set[int], count: int) -> list[int]:
        """Vehicles whose routes have most of these tasks and fewest others, none of them locked."""
        vehicle_of = {task: v for v, route in routes.items() for task in route}
        shared = Counter(
            v
            for task in sorted(tasks)
            if (v := vehicle_of.get(task)) is not None and not self.problem.vehicles[v].prefix
        )
        return sorted(shared, key=lambda v: (len(routes[v]) - 2 * shared[v], v))[:count]

    def _tied(self, tasks: Sequence[int]) -> bool:
        """Whether one of these may only go with its own vehicle."""
        return any(self.problem.tasks[task].vehicle is not None for task in tasks)
