"""A VROOM document answered: read -> encode -> solve -> time -> write."""

from __future__ import annotations

from time import monotonic
from typing import Any

from dispatch.planner import PlanConfig
from dispatch.vroom.encode import encode, first_routes
from dispatch.vroom.instance import Instance
from dispatch.wire.vroom import answer_of, instance_of
from solver.engine import StopSignal
from solver.params import SolveParams
from solver.process import solve_in_child

AS_ASKED = PlanConfig(time_limit_s=None)
"""All that the document's options ask for, and seed 1."""


def answer(
    document: Any, config: PlanConfig = AS_ASKED, stop: StopSignal | None = None
) -> dict[str, Any]:
    """VROOM's output for VROOM's input, both as parsed JSON.

    Args:
        document: VROOM's input.
        config: how to search; without limits and threads as the document's options ask for.
        stop: set it to end the search and get the best answer so far.

    Raises:
        InvalidInput: the document breaks rules, or says what we can't plan with; all issues.
    """
    began = monotonic()
    instance = instance_of(document)
    problem = encode(instance)
    initial = first_routes(instance, problem)
    loaded = monotonic()
    result = solve_in_child(problem, _params(config, instance), initial, stop=stop)
    return answer_of(instance, result.solution, loaded - began, monotonic() - loaded)


def _params(config: PlanConfig, instance: Instance) -> SolveParams:
    asked = instance.effort.params(len(instance.jobs))
    limited = config.time_limit_s is not None or config.step_limit is not None
    return SolveParams(
        time_limit=config.time_limit_s if limited else asked.time_limit,
        step_limit=config.step_limit if limited else asked.step_limit,
        seed=config.seed,
        engine=config.engine,
        threads=config.threads or asked.threads,
    )
