"""What can go wrong on the solver floor.

    SolverError
    ├── ProblemError        the problem contradicts itself (also a ValueError)
    ├── UnsupportedError    no engine speaks a rule of this problem
    └── EngineError         an engine failed or broke a rule; always a bug of ours

An unserved or late task is not an error; it is part of the solution.
"""


class SolverError(Exception):
    """Base of every error that the solver floor raises."""


class ProblemError(SolverError, ValueError):
    """The problem contradicts itself; the message names the rule and the value."""


class UnsupportedError(SolverError):
    """The engine does not speak a rule of this problem; the message names the rule."""


class EngineError(SolverError):
    """An engine died or returned a solution that breaks a rule."""
