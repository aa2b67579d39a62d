"""What can go wrong on the dispatch floor.

    DispatchError
    ├── InvalidInput        the input breaks rules; carries every `Issue`
    ├── DomainError         a value contradicts itself (also a ValueError)
    └── BrokenPlan          a plan of ours breaks a rule of the checker; always a bug of ours

An unserved or late order is not an error; it is part of the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether an issue stops the planning."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with the input.

    Attributes:
        code: stable name of the rule, `snake_case`; see docs/errors.md.
        where: JSON pointer into the document (`/orders/3/windows/0`), or `row 7, column load`.
        message: what is wrong, with the value.
        action: what to do about it.
        severity: an error stops the planning, a warning does not.
    """

    code: str
    where: str
    message: str
    action: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.severity}: {self.where or '/'}: {self.message} {self.action} [{self.code}]"


class DispatchError(Exception):
    """Base of every error that the dispatch floor raises."""


class InvalidInput(DispatchError):  # noqa: N818 - reads as what it is
    """The input breaks rules; `issues` holds all of them, errors first."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(sorted(issues, key=lambda issue: issue.severity != Severity.ERROR))
        super().__init__("\n".join(str(issue) for issue in self.issues))


class DomainError(DispatchError, ValueError):
    """A value contradicts itself; the message names the rule and the value."""


class BrokenPlan(DispatchError):  # noqa: N818 - reads as what it is
    """A plan breaks a rule of the checker; the message names the rules."""


def require(rule: bool, message: str) -> None:
    """Raise `DomainError(message)` unless the rule holds."""
    if not rule:
        raise DomainError(message)
