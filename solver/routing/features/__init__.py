"""The rules that the OR-Tools engine speaks: one file each, one tuple of all.

A rule says when a problem needs it and adds itself to a model; `add_rules` is all there is to it.
"""

from __future__ import annotations

from typing import Protocol

from solver.problem import Problem
from solver.routing.features import (
    capacity,
    duration_cost,
    eligibility,
    fixed_cost,
    lateness,
    optional_tasks,
    prefixes,
    route_time,
    time,
    travel_cost,
    windows,
)
from solver.routing.model import Model


class Rule(Protocol):
    """A rule of the problem in OR-Tools' words."""

    def supports(self, problem: Problem, /) -> bool:
        """Whether this problem needs the rule."""
        ...

    def add_to(self, model: Model, /) -> None:
        """Add the rule to a model of a problem that needs it."""
        ...


RULES: tuple[Rule, ...] = (
    travel_cost,
    fixed_cost,
    capacity,
    time,
    windows,
    lateness,
    route_time,
    duration_cost,
    eligibility,
    optional_tasks,
    prefixes,
)
"""In the order in which they are added: `time` stands before what looks at the clock."""


def add_rules(model: Model) -> None:
    """Add every rule that the model's problem needs."""
    for rule in RULES:
        if rule.supports(model.problem):
            rule.add_to(model)
