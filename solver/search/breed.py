"""A thread that breeds: short annealings from afresh, then children of two of them, mended.

Where there is time for more than one annealing of full length, short ones and the routes of their
children lead further: every one of them has some good routes, and none has all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from solver.problem import Problem
from solver.search.clock import Clock
from solver.search.population import Member, Population
from solver.search.settings import Leg, SearchSettings
from solver.search.worker import Routes, Worker

REFUTED = 2
"""Failures to serve everything with so few vehicles after which it is not tried again."""

STALE = 20
"""Children per member without a change after which all but the best are made anew."""

ANY, NO_MORE = 0.25, 0.6
"""Cumulated chances that an annealing from afresh may use any number of vehicles, or no more than
the best solution does; otherwise it tries with one less."""

ONE_MORE = 0.5
"""Chance that a child may use a vehicle more than its parents; fewer need not be cheaper."""


@dataclass(slots=True)
class _Unborn:
    """A solution in the making: steps that are left of how many, temperatures, its parents."""

    left: int
    steps: int
    leg: Leg
    vehicles: int
    parents: tuple[Member, Member] | None = None

    def temperature(self) -> float:
        """Now, in units of an arc."""
        return self.leg.temperature(1.0 - self.left / self.steps)


class Breeder:
    """A worker with the solutions that it has made or was told of; goes on where a leg ended."""

    def __init__(
        self,
        problem: Problem,
        worker: Worker,
        settings: SearchSettings,
        *,
        seed: int,
        members: int,
        quota: int,
        fewest: int,
        fresh: float,
        hot: float,
    ) -> None:
        """Nothing bred yet.

        Args:
            problem: all of its weights are 1.
            worker: that has first routes.
            settings: of the search.
            seed: >= 0.
            members: solutions to keep at most, >= 2.
            quota: solutions to make from afresh before the first child, >= 1.
            fewest: vehicles that hold all that must be carried.
            fresh: share of the solve that an annealing from afresh takes, in `0 ... 1`.
            hot: first temperature of the first, which goes on from the first routes.
        """
        self.problem, self.worker, self.settings = problem, worker, settings
        self.population = Population(problem, worker.data, members, seed)
        self.routes: Routes = worker.best_routes
        self.quota, self.fewest, self.fresh, self.hot = quota, fewest, fresh, hot
        self.made, self.stale, self.failures = 0, 0, 0
        self.unborn: _Unborn | None = None

    def breed(self, clock: Clock, leg: Leg, arc: float, ended: Callable[[], bool]) -> None:
        """Breed until the leg is over; temperatures are in units of `arc`."""
        worker = self.worker
        while clock.share(worker.steps) < leg.until and not ended():
            if self.unborn is None:
                self.unborn = self._conceive(clock)
            unborn = self.unborn
            hot = unborn.temperature()
            steps = min(unborn.left, clock.slice(worker.steps, worker.per_second, leg.until))
            unborn.left -= steps
            worker.stretch(steps, hot, unborn.temperature(), arc, pushes=0)
            if unborn.left == 0:
                self.unborn = None
                self._bring_in(unborn)

    def meet(self, members: Iterable[Member]) -> None:
        """Take in the solutions of others."""
        for member in members:
            self.population.add(member)

    # --- one solution ---

    def _conceive(self, clock: Clock) -> _Unborn:
        """What to make next; the worker has begun with it."""
        members = self.population.members
        if self.made >= self.quota and len(members) >= 2:
            parents = self.population.parents()
            vehicles = max(len(parent.routes) for parent in parents)
            vehicles += self.population.random.random() < ONE_MORE
            child = self.population.cross(*(parent.routes for parent in parents))
            if self.worker.load(child, vehicles):
                changed = self._changed(child, parents[0].routes)
                self.worker.focus(changed)
                steps = max(1, round(self.settings.mend * len(changed)))
                return self._unborn(steps, self.settings.mending, vehicles, parents)
        self.made += 1
        fresh = max(1, round(self.fresh / clock.share_of(1, self.worker.per_second)))
        if not members and self.made == 1:
            self.worker.load(self.routes)
            return self._unborn(fresh, self.hot, len(self.problem.vehicles))
        vehicles = self._vehicles()
        locked = [v for v in self.routes if self.problem.vehicles[v].prefix]
        free = sorted(set(self.routes) - set(locked), key=lambda v: (-len(self.routes[v]), v))
        kept = [*locked, *free][: max(vehicles, len(locked))]
        self.worker.load({v: self.routes[v] for v in kept}, vehicles)
        return self._unborn(fresh, self.settings.hot, vehicles)

    def _changed(self, child: Routes, parent: Routes) -> list[int]:
        """Tasks that the parent does not serve in the same routes; all if there are none."""
        same = set(parent.values())
        kept = {task for tasks in child.values() if tasks in same for task in tasks}
        everything = range(len(self.problem.tasks))
        return [task for task in everything if task not in kept] or list(everything)

    def _unborn(
        self,
        steps: int,
        hot: float,
        vehicles: int,
        parents: tuple[Member, Member] | None = None,
    ) -> _Unborn:
        return _Unborn(steps, steps, Leg(0.0, 1.0, hot, self.settings.cold), vehicles, parents)

    def _vehicles(self) -> int:
        """That an annealing from afresh may use."""
        everyone = len(self.problem.vehicles)
        best = self.population.best
        drawn = self.population.random.random()
        if best is None or drawn < ANY:
            return everyone
        fewer = len(best.routes) - 1
        if drawn < NO_MORE or fewer < max(1, self.fewest):
            return max(1, len(best.routes))
        return fewer

    def _bring_in(self, unborn: _Unborn) -> None:
        """The population takes it in or not; its routes are remembered."""
        worker, population = self.worker, self.population
        member = Member.of(worker.now_best, worker.now_best_routes)
        best = population.best
        if best is not None and self._left_out(member) > self._left_out(best):
            if unborn.vehicles < len(best.routes):
                self.failures += 1
                if self.failures >= REFUTED:
                    self.fewest, self.failures = len(best.routes), 0
            return
        worker.note_routes()
        if unborn.parents is None:
            population.add(member)
            return
        self.stale = 0 if population.replace(member, unborn.parents) else self.stale + 1
        if self.stale >= STALE * len(population.members):
            population.keep_best()
            self.made, self.stale = 1, 0

    def _left_out(self, member: Member) -> int:
        """Required tasks that it does not serve."""
        served = {task for tasks in member.routes.values() for task in tasks}
        return sum(
            task.penalty is None and number not in served
            for number, task in enumerate(self.problem.tasks)
        )
