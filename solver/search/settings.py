"""How the compiled search anneals: the settings that measured best; see benchmarks/RESULTS.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

NEVER_NOTED = 2.0
"""`Leg.note_from` of a leg whose routes are not remembered."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a solve between two meetings of its threads.

    Attributes:
        since, until: shares of the solve, in `0 ... 1`.
        hot, cold: first and last temperature, in mean costs of an arc of the first routes.
        recombine: whether one thread begins it with a choice among the routes seen.
        note_from: share from which on routes are remembered, to be recombined later.
    """

    since: float
    until: float
    hot: float
    cold: float
    recombine: bool = False
    note_from: float = 0.0

    def temperature(self, share: float) -> float:
        """Where so much of the solve is over; falls geometrically."""
        done = (share - self.since) / (self.until - self.since)
        return float(self.hot * (self.cold / self.hot) ** min(1.0, max(0.0, done)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Settings of `HybridEngine`.

    Attributes:
        hot, cold: first and last temperature, in mean costs of an arc of the first routes.
        warm: first temperature where the solve starts from a plan, and of later legs.
        first: share of the solve that the first leg takes.
        later: legs after that, each of which begins with a recombination.
        note_from: share of the solve from which on routes are remembered.
        together: tasks from which on threads anneal one solution together in the first leg.
        part: tasks of a part where threads anneal one solution together, at most.
        rounds: of cutting that solution into parts, at most.
        hold: share of these rounds after which each goes on from the best of the one before.
        columns: routes that are recombined at most.
        removals: mean number of tasks that a ruin takes out.
        tails: 2-opt* tries in an iteration.
    """

    hot: float = 0.4
    cold: float = 0.02
    warm: float = 0.05
    first: float = 0.92
    later: int = 1
    note_from: float = 0.3
    together: int = 1500
    part: int = 1000
    rounds: int = 20
    hold: float = 0.75
    columns: int = 3000
    removals: float = 10.0
    tails: int = 20

    def legs(self, warm: bool) -> Iterator[Leg]:
        """The legs of a solve, which may start from a plan."""
        hot = self.warm if warm else self.hot
        yield Leg(0.0, self.first if self.later else 1.0, hot, self.cold, note_from=self.note_from)
        each = (1.0 - self.first) / max(1, self.later)
        for number in range(self.later):
            since = self.first + number * each
            until = 1.0 if number == self.later - 1 else since + each
            yield Leg(since, until, self.warm, self.cold, recombine=True)

    def most_steps(self, tasks: int) -> int:
        """Steps of a thread after which a problem of so many tasks is exhausted."""
        return 2000 + 2000 * tasks**2
