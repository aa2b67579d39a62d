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
        round_tasks: most tasks that one round re-plans, a third of it the fewest; None plans all at
            once, in a single round.
        round_branches: branches of OR-Tools' solver after which a round ends; it makes about seven
            for every solution that it visits. Unlike a time limit it always ends at the same point.
    """

    first_solution: str = "SAVINGS"
    metaheuristic: str = "GUIDED_LOCAL_SEARCH"
    operators: tuple[str, ...] = ()
    round_tasks: int | None = 120
    round_branches: int = 300

    def parameters(self, seconds_left: float, *, only_first: bool) -> Any:
        """OR-Tools' message of these settings; `seconds_left` may be infinite.

        With `only_first` the search ends with its first solution.
        """
        message = pywrapcp.DefaultRoutingSearchParameters()
        message.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.Value.Value(
            self.first_solution
        )
        message.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.Value.Value(
            self.metaheuristic
        )
        for operator in self.operators:
            setattr(message.local_search_operators, operator, optional_boolean_pb2.BOOL_TRUE)
        if only_first:
            message.solution_limit = 1
        message.time_limit.FromMilliseconds(max(1, int(1000 * min(seconds_left, 1e6))))
        return message
