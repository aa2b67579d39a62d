"""A wave planned end to end.

validate -> travel times -> encode -> solve -> explain -> decode -> check
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from dispatch.check import find_violations
from dispatch.decode import decode, round_half_up
from dispatch.errors import BrokenPlan, InvalidInput, Severity
from dispatch.explain import explain_so_far, explain_unserved
from dispatch.plan import Improvement, Plan, Unserved
from dispatch.snapshot import Snapshot
from dispatch.travel import travel_times
from dispatch.validate import encode_valid, find_issues
from solver.insertion import Insertions
from solver.params import SolveParams
from solver.process import solve_in_child
from solver.result import Incumbent, Result, best_so_far
from solver.solution import Solution

Draft = Callable[[], Plan]
"""Makes the best plan so far of a search that goes on, checked, its unserved orders explained only
by `explain_so_far`. Takes 0.1 s for 1,000 orders, in any thread.
"""


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
    on_draft: Callable[[Draft], None] | None = None,
    stop: threading.Event | None = None,
) -> Plan:
    """Plan a wave; every order is in the plan exactly once, served or unserved with a reason.

    Args:
        snapshot: the wave.
        config: defaults to 30 seconds.
        on_improvement: called for every better plan found, from this thread.
        on_draft: called then, too, with what makes that plan.
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

    def made_of(result: Result, explain: Callable[[int], Unserved]) -> Plan:
        unserved = (explain(order) for order in result.solution.unserved)
        made = decode(encoding, result, unserved, config.seed)
        violations = find_violations(snapshot, made, travel)
        if violations:
            raise BrokenPlan("\n".join(str(violation) for violation in violations))
        return made

    log: list[Incumbent] = []

    def report(incumbent: Incumbent, solution: Solution) -> None:
        log.append(incumbent)
        if on_improvement is not None:
            cost = round_half_up(incumbent.objective, encoding.scale)
            on_improvement(
                Improvement(seconds=incumbent.seconds, cost=cost, unserved=incumbent.unserved)
            )
        if on_draft is not None:
            told = encoding.problem, config.engine, tuple(log), solution
            on_draft(lambda: made_of(best_so_far(*told), partial(explain_so_far, encoding)))

    result = solve_in_child(encoding.problem, config.params, on_incumbent=report, stop=stop)
    into = Insertions(encoding.problem, result.solution)
    return made_of(result, partial(explain_unserved, encoding, into))
