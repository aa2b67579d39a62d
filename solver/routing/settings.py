"""How OR-Tools searches: the settings that measured best; see benchmarks/RESULTS.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util import optional_boolean_pb2


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingSettings:
    """What we set of OR-Tools' search parameters, and how large a round is.

    Attributes:
        first_solution: name of a `FirstSolutionStrategy`.
        metaheuristic: name of a `LocalSearchMetaheuristic`.
        operators: local search operators switched on beside the default ones.
        round_tasks: tasks that one round re-plans; None plans all at once, in a single round.
        patience: solutions that a round visits without a better one before it ends.
    """

    first_solution: str = "LOCAL_CHEAPEST_INSERTION"
    metaheuristic: str = "GUIDED_LOCAL_SEARCH"
    operators: tuple[str, ...] = ()
    round_tasks: int | None = 60
    patience: int = 100

    def parameters(self, seconds_left: float) -> Any:
        """OR-Tools' message of these settings; `seconds_left` may be infinite."""
        message = pywrapcp.DefaultRoutingSearchParameters()
        message.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.Value.Value(
            self.first_solution
        )
        message.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.Value.Value(
            self.metaheuristic
        )
        for operator in self.operators:
            setattr(message.local_search_operators, operator, optional_boolean_pb2.BOOL_TRUE)
        message.time_limit.FromMilliseconds(max(1, int(1000 * min(seconds_left, 1e6))))
        return message
