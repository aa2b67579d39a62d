"""Whether this machine can plan: every check with what was found."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

from dispatch.demo import changchun_wave
from dispatch.planner import PlanConfig, plan
from solver.params import usable_cores

OLDEST_PYTHON = (3, 11)
PACKAGES = ("numba", "numpy", "ortools", "pydantic", "jinja2", "rich", "typer", "vrplib")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, whether it passed, and what was found."""

    name: str
    ok: bool
    found: str

    def __str__(self) -> str:
        return f"{'ok  ' if self.ok else 'FAIL'}  {self.name}: {self.found}"


def examine() -> Iterator[Finding]:
    """Every check, one after another; none of them raises."""
    yield Finding(
        "python", sys.version_info >= OLDEST_PYTHON, f"{platform.python_version()} ({sys.platform})"
    )
    for package in PACKAGES:
        yield _attempt(package, partial(version, package))
    yield Finding(
        "cores",
        True,
        str(usable_cores()),
    )
    yield _attempt("time zones", lambda: str(ZoneInfo("Asia/Shanghai")))
    yield _attempt("encoding", _utf8)
    yield _attempt("a small wave, planned in a child process", _small_wave)


def _attempt(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, check())
    except PackageNotFoundError:
        return Finding(name, False, f"not installed; run `pip install {name}`")
    except Exception as error:  # a broken machine may raise anything; the finding says what
        return Finding(name, False, f"{type(error).__name__}: {error}")


def _utf8() -> str:
    encoding = sys.stdout.encoding or "none"
    "长春".encode(encoding)
    return encoding


def _small_wave() -> str:
    made = plan(changchun_wave(seed=1, orders=12), PlanConfig(time_limit_s=2.0))
    return f"{made.served} served, {len(made.unserved)} unserved, {made.seconds:.1f} s"
