"""All rules in one tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from dispatch.errors import Issue, Severity
from dispatch.snapshot import Snapshot
from dispatch.validate import capacities, identity, locks, positions, times

MOST_ISSUES = 1000
"""More than so many issues are cut off; a last issue says so."""

Rule = Callable[[Snapshot], Iterator[Issue]]

RULES: tuple[Rule, ...] = (
    identity.not_empty,
    identity.unique_ids,
    identity.known_references,
    positions.near_a_depot,
    positions.in_matrix,
    capacities.units,
    capacities.fits_a_vehicle_type,
    capacities.zone_is_carried,
    capacities.limited_somewhere,
    capacities.skill_exists,
    times.near_the_release,
    times.window_not_past,
    times.shift_within_depot_hours,
    locks.one_courier_per_order,
    locks.one_start_per_courier,
)
"""In the order in which their issues are told."""


def find_issues(snapshot: Snapshot) -> list[Issue]:
    """Every issue, errors first; a snapshot with warnings only can be planned."""
    found = (issue for rule in RULES for issue in rule(snapshot))
    issues = list(islice(found, MOST_ISSUES))
    if next(found, None) is not None:
        message = f"There are more than {MOST_ISSUES} issues."
        issues.append(Issue("too_many_issues", "", message, "Correct these first."))
    return sorted(issues, key=lambda issue: issue.severity != Severity.ERROR)
