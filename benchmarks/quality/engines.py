"""The engines that are measured, by name: ours with any settings, and peers that are installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any

from benchmarks.instance import Instance
from benchmarks.problem import problem_of
from benchmarks.quality.peers import PEERS, Answer
from dispatch.wire.vrplib_files import parse_vrplib
from solver.engine import Engine as SolverEngine
from solver.params import SolveParams
from solver.problem import Problem
from solver.routing.search import RoutingEngine
from solver.routing.settings import RoutingSettings
from solver.search.engine import HybridEngine
from solver.search.settings import SearchSettings
from solver.solve import solve

Run = Callable[[Instance, float, int], Answer]
"""Instance, seconds, seed -> routes."""


class UnknownEngine(Exception):  # noqa: N818 - reads as what it is
    """No engine of this name, or it is not installed."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that is ready to run, and its footnote."""

    name: str
    run: Run
    note: str


@dataclass(frozen=True, slots=True)
class _Own:
    """One of our engines: how it is made of its settings, and with how many threads it runs."""

    make: Callable[[Any], SolverEngine]
    settings: type[Any]
    threads: int | None
    note: str


OWN: Mapping[str, _Own] = {
    "citywave": _Own(HybridEngine, SearchSettings, None, "all cores"),
    "citywave-1core": _Own(HybridEngine, SearchSettings, 1, "one thread"),
    "ortools": _Own(RoutingEngine, RoutingSettings, 1, "one thread"),
}


def engine(name: str) -> Engine:
    """The engine of this name, compiled; `citywave+hot=0.3+tails=10` is ours with other settings.

    Raises:
        UnknownEngine: with what to do about it.
    """
    base, *changes = name.split("+")
    if base in OWN:
        own = OWN[base]
        made = own.make(read_settings(base, own.settings, changes))
        return Engine(name, _runner(made, own.threads), own.note)
    if base not in PEERS:
        raise UnknownEngine(f"No engine {base!r}; known are {', '.join([*OWN, *PEERS])}.")
    if changes:
        raise UnknownEngine(f"{base} has no settings here, got {'+'.join(changes)}.")
    peer = PEERS[base]
    try:
        import_module(peer.module)
    except ImportError:
        raise UnknownEngine(
            f"{base} is not installed; run: pip install {peer.package}, "
            "or all peers: pip install -e '.[bench]'"
        ) from None
    return Engine(name, peer.run, peer.note)


def read_settings(base: str, kind: type[Any], changes: Sequence[str]) -> Any:
    """A dataclass of settings with `changes` such as `hot=0.3`.

    Raises:
        UnknownEngine: it has no such setting, or not of this kind.
    """
    known = {field.name: field.default for field in fields(kind)}
    values = {}
    for change in changes:
        key, _, text = change.partition("=")
        if key not in known:
            raise UnknownEngine(f"{base} has no setting {key!r}; known are {', '.join(known)}.")
        try:
            values[key] = _value(text, known[key])
        except ValueError:
            kind_of_value = type(known[key]).__name__
            raise UnknownEngine(
                f"Expected a value of kind {kind_of_value} for {key}, got {text!r}."
            ) from None
    return kind(**values)


def _value(text: str, default: object) -> object:
    """A text as what the default is; parts of a tuple are parted by slashes."""
    if text == "none":
        return None
    if isinstance(default, int | float):
        return type(default)(text)
    if isinstance(default, tuple):
        return tuple(part for part in text.split("/") if part)
    return text


def _runner(made: SolverEngine, threads: int | None) -> Run:
    def run(instance: Instance, seconds: float, seed: int) -> Answer:
        problem, scale = _problem(instance)
        result = solve(
            problem, SolveParams(time_limit=seconds, seed=seed, threads=threads), engine=made
        )
        return Answer(
            routes=[[task + 1 for task in route.tasks] for route in result.solution.routes],
            seconds=result.seconds,
            incumbents=tuple(
                (better.seconds, better.objective / scale)
                for better in result.log
                if better.unserved == 0
            ),
        )

    return run


def _problem(instance: Instance) -> tuple[Problem, int]:
    """The problem, of a file as users' files are read, and its whole numbers per unit of cost."""
    if instance.path is None:
        return problem_of(instance), 1
    read = parse_vrplib(instance.path.read_text(encoding="utf-8"), instance.name)
    return read.problem, read.scale
