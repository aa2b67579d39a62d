"""A wave planned end to end.

validate -> travel times -> encode -> solve -> explain -> decode -> check
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from dispatch.check import find_violations
from dispatch.decode import decode, round_half_up
from dispatch.errors import BrokenPlan, InvalidInput, Severity
from dispatch.explain import explain_unserved
from dispatch.plan import Improvement, Plan
from dispatch.snapshot import Snapshot
from dispatch.travel import travel_times
from dispatch.validate import encode_valid, find_issues
from solver.params import SolveParams
from solver.process import solve_in_child
from solver.result import Incumbent
from solver.solution import Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanConfig:
    """How long and how to search; see `solver.params.SolveParams` for ranges.

    Attributes:
        time_limit_s: wall seconds for the search; None only with a step limit.
        step_limit: the engine's own steps; alone it makes the plan repeatable.
        seed: of everything random.
        engine: name of the engine.
        threads: that search side by side; None is one for every core.
    """

    time_limit_s: float | None = 30.0
    step_limit: int | None = None
    seed: int = 1
    engine: str = "hybrid"
    threads: int | None = None

    @property
    def params(self) -> SolveParams:
        """The same in the solver's words."""
        return SolveParams(
            time_limit=self.time_limit_s,
            step_limit=self.step_limit,
            seed=self.seed,
            engine=self.engine,
            threads=self.threads,
        )


def plan(
    snapshot: Snapshot,
    config: PlanConfig | None = None,
    *,
    on_improvement: Callable[[Improvement], None] | None = None,
    stop: threading.Event | None = None,
) -> Plan:
    """Plan a wave; every order is in the plan exactly once, served or unserved with a reason.

    Args:
        snapshot: the wave.
        config: defaults to 30 seconds.
        on_improvement: called for every better plan found, from this thread.
        stop: set it to end the search and get the best plan so far.

    Raises:
        InvalidInput: the snapshot breaks rules; carries all of them.
        BrokenPlan: the plan would break a rule of the checker; always a bug.
    """
    config = config or PlanConfig()
    issues = find_issues(snapshot)
    if any(issue.severity == Severity.ERROR for issue in issues):
        raise InvalidInput(issues)
    travel = travel_times(snapshot.travel)
    encoding = encode_valid(snapshot, travel)

    def report(incumbent: Incumbent, _solution: Solution) -> None:
        if on_improvement is not None:
            cost = round_half_up(incumbent.objective, encoding.scale)
            on_improvement(
                Improvement(seconds=incumbent.seconds, cost=cost, unserved=incumbent.unserved)
            )

    result = solve_in_child(encoding.problem, config.params, on_incumbent=report, stop=stop)
    unserved = (
        explain_unserved(encoding, result.solution, order) for order in result.solution.unserved
    )
    made = decode(encoding, result, unserved, config.seed)
    violations = find_violations(snapshot, made, travel)
    if violations:
        raise BrokenPlan("\n".join(str(violation) for violation in violations))
    return made
