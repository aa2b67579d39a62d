"""What a solution costs: every term of the objective by name.

objective = sum over terms of weight(term) * cost(term)
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

from solver.errors import ProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Integer multipliers of the terms of the objective, each >= 0; all 1 unless said."""

    fixed: int = 1
    distance: int = 1
    duration: int = 1
    lateness: int = 1
    unserved: int = 1

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0:
            raise ProblemError(f"Expected weights >= 0, got {self}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBreakdown:
    """The unweighted cost of a solution by term, in the problem's unit of cost.

    Attributes:
        fixed: of the vehicles used.
        distance: of metres driven, setup included.
        duration: of seconds on the clock, setup included.
        lateness: of service that starts after its due time.
        unserved: penalties of tasks left out.
    """

    fixed: int = 0
    distance: int = 0
    duration: int = 0
    lateness: int = 0
    unserved: int = 0

    def objective(self, weights: Weights) -> int:
        """The weighted sum that the engines minimise."""
        return (
            weights.fixed * self.fixed
            + weights.distance * self.distance
            + weights.duration * self.duration
            + weights.lateness * self.lateness
            + weights.unserved * self.unserved
        )

    def __add__(self, other: CostBreakdown) -> CostBreakdown:
        return CostBreakdown(
            fixed=self.fixed + other.fixed,
            distance=self.distance + other.distance,
            duration=self.duration + other.duration,
            lateness=self.lateness + other.lateness,
            unserved=self.unserved + other.unserved,
        )
