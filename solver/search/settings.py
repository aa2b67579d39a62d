"""How the compiled search anneals: the settings that measured best; see benchmarks/RESULTS.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Settings of `HybridEngine`.

    Attributes:
        hot, cold: first and last temperature, in mean costs of an arc of the first routes.
        warm: first temperature where the solve starts from a plan.
        rounds: how often threads meet.
        removals: mean number of tasks that a ruin takes out.
        tails: 2-opt* tries in an iteration.
    """

    hot: float = 1.0
    cold: float = 0.01
    warm: float = 0.1
    rounds: int = 20
    removals: float = 10.0
    tails: int = 20

    def most_steps(self, tasks: int) -> int:
        """Steps of a thread after which a problem of so many tasks is exhausted."""
        return 2000 + 2000 * tasks**2
