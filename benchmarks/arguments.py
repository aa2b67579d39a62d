"""Kinds of arguments on the command line; argparse tells what is wrong."""

from __future__ import annotations

from argparse import ArgumentTypeError


def count(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"expected a whole number from 1 on, got {text!r}")
    return int(text)


def counts(text: str) -> list[int]:
    """Whole numbers from 1 on, parted by commas."""
    return [count(part) for part in text.split(",")]


def ladder(text: str) -> list[float]:
    """Seconds, parted by commas; ascending, each once."""
    try:
        steps = sorted({float(part) for part in text.split(",")})
    except ValueError:
        steps = []
    if not steps or not 0 < steps[0] <= steps[-1] < float("inf"):
        raise ArgumentTypeError(f"expected seconds > 0 such as 10 or 1,3,10, got {text!r}")
    return steps
