"""Set partitioning: the cheapest choice among routes that were seen, each with its known cost.

    min  Σ cost(r) x(r) + Σ penalty(t) u(t)
    s.t. Σ over routes r that serve t of x(r) + u(t) = 1           for every task t
         Σ over routes r of a group of vehicles of x(r) <= its number of vehicles
         x, u in {0, 1}

Foster & Ryan 1976, Operational Research Quarterly 27(2). The columns are what a search has seen, so
the choice is never dearer than its best solution, and joins good parts of different ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ortools.linear_solver import pywraplp

from solver.problem import Problem

NODES = 500
"""Of branch and bound at most: what ends it where there is no clock."""

MOST = 1e7
"""Nothing costs more in the units of the MIP than leaving out a required task."""

GAP = 1e-5
"""To the lower bound, relative, at which a choice is taken as the cheapest."""


@dataclass(frozen=True, slots=True)
class Column:
    """A route that was seen: by which vehicle, what in which order, at what cost."""

    vehicle: int
    tasks: tuple[int, ...]
    cost: int


class Recombination:
    """One choice among columns; may be interrupted by another thread while it is being made."""

    def __init__(self, problem: Problem, columns: Iterable[Column], best: Sequence[Column]) -> None:
        """State the model.

        Args:
            problem: all of its weights are 1.
            columns: routes that break no rule.
            best: the routes of the best solution so far.
        """
        self.problem, self.best = problem, best
        self.kinds = [replace(owner, prefix=()) for owner in problem.vehicles]
        self.groups: dict[Column, Hashable] = {}
        cheapest: dict[tuple[Hashable, frozenset[int]], Column] = {}
        for column in [*best, *columns]:
            key = self._group(column), frozenset(column.tasks)
            if key not in cheapest or column.cost < cheapest[key].cost:
                cheapest[key] = column
        self.columns = list(cheapest.values())
        self.groups = {column: group for (group, _), column in cheapest.items()}
        self.solver = pywraplp.Solver.CreateSolver("SCIP")
        self.picks = [self.solver.BoolVar("") for _ in self.columns]

    def _group(self, column: Column) -> Hashable:
        """The vehicle's kind, of which any may drive the column; itself if a lock ties it."""
        own = self.problem.vehicles[column.vehicle].prefix or any(
            self.problem.tasks[task].vehicle is not None for task in column.tasks
        )
        return column.vehicle if own else self.kinds[column.vehicle]

    def interrupt(self) -> None:
        """End `solve` soon if it has begun."""
        self.solver.InterruptSolve()

    def solve(self, seconds: float | None) -> Mapping[int, tuple[int, ...]] | None:
        """Tasks by vehicle of the cheapest choice; None if none better than the best was found.

        Args:
            seconds: for the solver; None is no limit but that of nodes.
        """
        if set(self.columns) <= set(self.best):
            return None
        solver = self.solver
        if seconds is not None:
            solver.SetTimeLimit(max(1, int(1000 * seconds)))
        solver.SetSolverSpecificParametersAsString(f"limits/nodes = {NODES}")
        self._state_costs()
        self._state_tasks()
        self._state_vehicles()
        held = {frozenset(column.tasks) for column in self.best}
        solver.SetHint(self.picks, [float(frozenset(c.tasks) in held) for c in self.columns])
        how = pywraplp.MPSolverParameters()
        how.SetDoubleParam(how.RELATIVE_MIP_GAP, GAP)
        if solver.Solve(how) not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            return None
        chosen = [
            column
            for column, pick in zip(self.columns, self.picks, strict=True)
            if pick.solution_value() > 0.5
        ]
        return self._assigned(chosen) if self._rank(chosen) < self._rank(self.best) else None

    # --- the model ---

    def _state_costs(self) -> None:
        routes = min(len(self.problem.vehicles), len(self.problem.tasks))
        penalties = sum(task.penalty or 0 for task in self.problem.tasks)
        most = routes * max(column.cost for column in self.columns) + penalties
        self.unit = MOST / (most + 1)
        objective = self.solver.Objective()
        objective.SetMinimization()
        for column, pick in zip(self.columns, self.picks, strict=True):
            objective.SetCoefficient(pick, self.unit * column.cost)

    def _state_tasks(self) -> None:
        """Every task is served once or left out."""
        objective, rows = self.solver.Objective(), []
        for task in self.problem.tasks:
            left_out, row = self.solver.BoolVar(""), self.solver.Constraint(1.0, 1.0)
            price = MOST if task.penalty is None else self.unit * task.penalty
            objective.SetCoefficient(left_out, price)
            row.SetCoefficient(left_out, 1.0)
            rows.append(row)
        for column, pick in zip(self.columns, self.picks, strict=True):
            for index in column.tasks:
                rows[index].SetCoefficient(pick, 1.0)

    def _state_vehicles(self) -> None:
        """A column counts for its kind of vehicles, and for its vehicle if that is its group."""
        sizes: dict[Hashable, int] = defaultdict(int)
        for kind in self.kinds:
            sizes[kind] += 1
        rows: dict[Hashable, list[pywraplp.Constraint]] = {
            kind: [self.solver.Constraint(0.0, float(size))] for kind, size in sizes.items()
        }
        for vehicle in sorted({group for group in self.groups.values() if isinstance(group, int)}):
            least = 1.0 if self.problem.vehicles[vehicle].prefix else 0.0
            row = self.solver.Constraint(least, 1.0)
            rows[vehicle] = [*rows[self.kinds[vehicle]], row]
        for column, pick in zip(self.columns, self.picks, strict=True):
            for row in rows[self.groups[column]]:
                row.SetCoefficient(pick, 1.0)

    # --- the answer ---

    def _rank(self, columns: Sequence[Column]) -> tuple[int, int]:
        """Required tasks left out, then cost."""
        served = {task for column in columns for task in column.tasks}
        left_out = [task for t, task in enumerate(self.problem.tasks) if t not in served]
        return (
            sum(task.penalty is None for task in left_out),
            sum(column.cost for column in columns) + sum(task.penalty or 0 for task in left_out),
        )

    def _assigned(self, columns: Sequence[Column]) -> Mapping[int, tuple[int, ...]]:
        """A vehicle of its kind for every column; those that have their own come first."""
        own = [column for column in columns if isinstance(self.groups[column], int)]
        routes = {column.vehicle: column.tasks for column in own}
        free: dict[Hashable, list[int]] = defaultdict(list)
        for vehicle, kind in enumerate(self.kinds):
            if vehicle not in routes:
                free[kind].append(vehicle)
        for column in columns:
            group = self.groups[column]
            if not isinstance(group, int):
                routes[free[group].pop(0)] = column.tasks
        return routes
