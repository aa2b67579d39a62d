"""What happens to the best solution once the search is over.

drop what does not pay -> insert what pays -> check -> wrap up
"""

from __future__ import annotations

from solver.check import find_violations
from solver.errors import EngineError
from solver.insertion import drop_unprofitable, insert_worthwhile
from solver.log import Log
from solver.result import Result, StopReason


def finish(log: Log, engine: str, stop_reason: StopReason, deadline: float | None) -> Result:
    """The result of a solve that ends with the log's best solution.

    Args:
        log: of the solve.
        engine: name of the engine that searched.
        stop_reason: why it ended.
        deadline: `time.monotonic()` at which inserting must end; None is no limit.

    Raises:
        EngineError: the solution breaks a rule.
    """
    log.add(drop_unprofitable(log.problem, log.best))
    log.add(insert_worthwhile(log.problem, log.best, deadline))
    problem, best = log.problem, log.best
    violations = [v for v in find_violations(problem, best) if v.code != "required_unserved"]
    if violations:
        raise EngineError(f"{engine}: " + "; ".join(v.message for v in violations))
    return Result(
        solution=best,
        cost=best.cost(problem),
        objective=best.objective(problem),
        complete=not best.missing(problem),
        engine=engine,
        seconds=log.seconds,
        stop_reason=stop_reason,
        log=tuple(log.incumbents),
    )
