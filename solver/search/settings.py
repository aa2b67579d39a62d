"""How the compiled search anneals: the settings that measured best; see benchmarks/RESULTS.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

from solver.search.layout import DEAR

NEVER_NOTED = 2.0
"""`Leg.note_from` of a leg whose routes are not remembered."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a solve between two meetings of its threads.

    Attributes:
        since, until: shares of the solve, in `0 ... 1`.
        hot, cold: first and last temperature, in mean costs of an arc of the first routes.
        recombine: whether one thread begins it with a choice among the routes seen.
        from_best: whether all threads begin it with the best routes.
        note_from: share from which on routes are remembered, to be recombined later.
        shrink: whether the thread that recombines gives up a route afterwards, and tries to do
            with fewer vehicles; or all threads do with few (`solver.search.fleet.Squeezed`), in the
            solution that they anneal together.
        breed: whether threads breed, each at temperatures of its own.
        insist: whether tasks that are left out push others out of full vehicles, too.
    """

    since: float
    until: float
    hot: float
    cold: float
    recombine: bool = False
    from_best: bool = False
    note_from: float = 0.0
    shrink: bool = False
    breed: bool = False
    insist: bool = False

    def temperature(self, share: float) -> float:
        """Where so much of the solve is over; falls geometrically."""
        done = (share - self.since) / (self.until - self.since)
        return float(self.hot * (self.cold / self.hot) ** min(1.0, max(0.0, done)))

    def share_at(self, temperature: float) -> float:
        """How much of the solve is over when it is so cold; the same the other way round."""
        done = log(temperature / self.hot) / log(self.cold / self.hot)
        return self.since + min(1.0, max(0.0, done)) * (self.until - self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Settings of `HybridEngine`.

    Attributes:
        hot, cold: first and last temperature of an annealing, in mean costs of an arc of the first
            routes.
        again: first temperature of later annealings.
        warm: first temperature where the solve starts from a plan, and of the last leg where that
            is not the second.
        frozen: last temperature of the last leg.
        steps: of a thread per task in one annealing; from them follows how often to anneal.
        breeding: steps of all threads per task and route from which on they breed; the more routes
            there are, the more children it takes to choose among them.
        family: tasks from which on they breed; fewer are soon searched from end to end.
        population: solutions that threads which breed make from afresh, and that each keeps; fewer
            are made where there is little time, more of both where there is much.
        crowd: the same at most, however much time there is.
        ripe: steps per task of each from which on they are more.
        nursery: share of a solve for annealings from afresh.
        fresh: steps per task of one of these at least, where that leaves two for a thread.
        mend: steps per task that mend a child.
        mending: first temperature of these.
        meetings: of threads that breed.
        choosing: share of a leg that the choice among routes seen may take.
        polish: share of the solve that the last leg takes.
        note_from: share of an annealing from which on routes are remembered.
        vacancy: most that leaving a task out counts for while it is hot, in mean costs of an arc.
        strict: temperature from which on it counts for all that it costs.
        together: tasks from which on threads anneal one solution together, or the only one does
            in parts.
        apart: tasks of a thread from which on several do so, too, where each could make `steps`
            per task.
        part: tasks of a part where threads anneal one solution together, at most.
        rounds: of cutting that solution into parts in a solve, at most.
        hold: temperature from which on each of them goes on from the best of the one before.
        packed: temperature until which a solution that threads anneal together, of less than
            `together` tasks, has to do with few vehicles.
        room: share of their capacities that these may have to hold for one to be given up.
        columns: routes that are recombined at most.
        removals: mean number of tasks that a ruin takes out.
        tails: 2-opt* tries in an iteration.
        segments: cross-exchange tries in an iteration.
        pushes: tasks of an iteration that may push another one out of a full vehicle, at most; none
            where threads breed.
    """

    hot: float = 0.55
    cold: float = 0.03
    again: float = 0.35
    warm: float = 0.08
    frozen: float = 0.02
    steps: int = 3000
    breeding: float = 200.0
    family: int = 50
    population: int = 10
    crowd: int = 50
    ripe: float = 800.0
    nursery: float = 0.35
    fresh: float = 350.0
    mend: float = 50.0
    mending: float = 0.1
    meetings: int = 4
    choosing: float = 0.15
    polish: float = 0.1
    note_from: float = 0.3
    vacancy: float = 4.0
    strict: float = 0.15
    together: int = 1500
    apart: int = 350
    part: int = 700
    rounds: int = 300
    hold: float = 0.062
    packed: float = 0.2
    room: float = 0.96
    columns: int = 3000
    removals: float = 10.0
    tails: int = 20
    segments: int = 40
    pushes: int = 4

    def breeds(self, steps: float, tasks: int, routes: int) -> bool:
        """Whether threads that make so many steps in all breed, with about so many routes."""
        enough = self.breeding * tasks * routes
        return self.family <= tasks < self.together and steps >= enough

    def members(self, steps: float, tasks: int, threads: int) -> int:
        """Of a population, where so many threads make so many steps each."""
        ripe = int(self.nursery * steps * threads / (self.ripe * tasks))
        return max(self.population, min(self.crowd, ripe))

    def quota(self, steps: float, tasks: int, threads: int) -> int:
        """Annealings from afresh of a thread that makes so many steps, one of so many threads."""
        most = -(-self.members(steps, tasks, threads) // threads)
        return max(2, min(most, int(self.nursery * steps / (self.fresh * tasks))))

    def shares(self, steps: float, tasks: int, threads: int) -> bool:
        """Whether threads that make so many steps each and don't breed anneal one solution."""
        large = threads > 1 and tasks >= self.apart * threads
        return tasks >= self.together or (large and steps >= self.steps * tasks)

    def annealings(self, steps: float, tasks: int) -> int:
        """How often to anneal in so many steps of a thread that has a solution of its own."""
        return max(1, round(steps / (self.steps * max(1, tasks))))

    def legs(self, annealings: int, *, breed: bool, warm: bool) -> Iterator[Leg]:
        """The legs of a solve, which may start from a plan; the last polishes the best.

        Before it threads anneal so often or, if they breed, meet as often as they do.
        """
        count = self.meetings if breed else annealings
        each = (1.0 - self.polish) / count
        for number in range(count):
            since = number * each
            yield Leg(
                since,
                1.0 - self.polish if number == count - 1 else (number + 1) * each,
                self.warm if warm else self.again if number and not breed else self.hot,
                self.cold,
                recombine=number > 0,
                note_from=since + self.note_from * each,
                shrink=number > 0 and not warm and not breed,
                breed=breed,
            )
        if self.polish > 0:
            hot = self.warm if count > 1 else self.cold
            yield Leg(1.0 - self.polish, 1.0, hot, self.frozen, recombine=True, from_best=True)

    def price_cap_at(self, temperature: float, arc: float) -> int:
        """What leaving a task out counts for at most; temperature in units of `arc`.

        Where it is hot a few tasks may stay out, so that routes can be packed anew and be given up.
        """
        return max(1, int(self.vacancy * arc)) if temperature > self.strict else DEAR

    def most_steps(self, tasks: int) -> int:
        """Steps of a thread after which a problem of so many tasks is exhausted."""
        return 2000 + 2000 * tasks**2
