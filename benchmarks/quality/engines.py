"""The engines that are measured: ours, and peers that are installed. One core each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.quality.instances import Instance
from dispatch.wire.vrplib_files import parse_vrplib
from solver.params import SolveParams
from solver.routing.search import RoutingEngine
from solver.routing.settings import RoutingSettings
from solver.solve import solve

Routes = list[list[int]]
Run = Callable[[Instance, float, int], Routes]

FINE = 10_000
"""Peers count in integers: ours per unit of an instance told in doubles."""


class UnknownEngine(Exception):  # noqa: N818 - reads as what it is
    """No engine of this name, or it is not installed."""


def engine(name: str) -> Run:
    """The engine of this name; `ortools+patience=50+round_tasks=none` is ours with other settings.

    Raises:
        UnknownEngine: with what to do about it.
    """
    base, *changes = name.split("+")
    if base == "ortools":
        return _ours(_settings(changes))
    if changes:
        raise UnknownEngine(f"{base} has no settings here, got {'+'.join(changes)}.")
    if base not in PEERS:
        raise UnknownEngine(f"No engine {base!r}; known are {', '.join(['ortools', *PEERS])}.")
    module, run = PEERS[base]
    try:
        import_module(module)
    except ImportError:
        raise UnknownEngine(
            f"{base} is not installed; run: pip install 'citywave[bench]'"
        ) from None
    return run


def _settings(changes: list[str]) -> RoutingSettings:
    values: dict[str, Any] = {}
    known = {field.name: field.default for field in fields(RoutingSettings)}
    for change in changes:
        key, _, value = change.partition("=")
        if key not in known:
            raise UnknownEngine(f"ortools has no setting {key!r}; known are {', '.join(known)}.")
        values[key] = _value(value, known[key])
    return RoutingSettings(**values)


def _value(text: str, default: object) -> object:
    if isinstance(default, tuple):
        return tuple(part for part in text.split("/") if part)
    return None if text == "none" else int(text) if isinstance(default, int) else text


def _ours(settings: RoutingSettings) -> Run:
    def run(instance: Instance, seconds: float, seed: int) -> Routes:
        read = parse_vrplib(instance.path.read_text(encoding="utf-8"), instance.name)
        params = SolveParams(time_limit=seconds, seed=seed)
        result = solve(read.problem, params, engine=RoutingEngine(settings))
        return [[task + 1 for task in route.tasks] for route in result.solution.routes]

    return run


def _scale(instance: Instance) -> int:
    for scale in (1, 10):
        if np.allclose(instance.costs * scale, np.rint(instance.costs * scale), atol=1e-9):
            return scale
    return FINE


def _integers(instance: Instance) -> Mapping[str, Any]:
    """The instance in integers: rounded up, but closings down, so that feasible stays feasible."""
    scale = _scale(instance)
    up = np.rint if scale < FINE else np.ceil
    return {
        "costs": up(scale * instance.costs).astype(np.int64),
        "services": up(scale * instance.services).astype(np.int64).tolist(),
        "opens": up(scale * instance.opens).astype(np.int64).tolist(),
        "closes": np.floor(scale * instance.closes + 1e-6).astype(np.int64).tolist(),
        "demands": instance.demands.astype(np.int64).tolist(),
        "capacity": int(instance.capacity),
    }


def _pyvrp(instance: Instance, seconds: float, seed: int) -> Routes:
    pyvrp = import_module("pyvrp")
    stop = import_module("pyvrp.stop")
    data = _integers(instance)
    opens, closes = data["opens"], data["closes"]
    n = len(opens)
    problem = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0)] * n,
        clients=[
            pyvrp.Client(
                location=i,
                delivery=[data["demands"][i]],
                service_duration=data["services"][i],
                tw_early=opens[i],
                tw_late=closes[i],
            )
            for i in range(1, n)
        ],
        depots=[pyvrp.Depot(location=0, tw_early=opens[0], tw_late=closes[0])],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=instance.vehicles,
                capacity=[data["capacity"]],
                tw_early=opens[0],
                tw_late=closes[0],
            )
        ],
        distance_matrices=[data["costs"]],
        duration_matrices=[data["costs"]],
    )
    result = pyvrp.solve(problem, stop=stop.MaxRuntime(seconds), seed=seed, display=False)
    return [
        [visit.idx + 1 for visit in route if visit.is_client()] for route in result.best.routes()
    ]


def _vroom(instance: Instance, seconds: float, seed: int) -> Routes:
    """VROOM takes no seed."""
    vroom = import_module("vroom")
    data = _integers(instance)
    problem = vroom.Input()
    problem.set_durations_matrix("car", data["costs"].astype(np.uint32))
    depot = vroom.TimeWindow(data["opens"][0], data["closes"][0])
    for vehicle in range(instance.vehicles):
        problem.add_vehicle(
            vroom.Vehicle(
                vehicle + 1, start=0, end=0, capacity=[data["capacity"]], time_window=depot
            )
        )
    for i in range(1, len(data["opens"])):
        problem.add_job(
            vroom.Job(
                id=i,
                location=i,
                default_service=data["services"][i],
                delivery=[data["demands"][i]],
                time_windows=[vroom.TimeWindow(data["opens"][i], data["closes"][i])],
            )
        )
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    steps = solution.routes
    jobs = steps[steps["type"] == "job"]
    return [group["id"].astype(int).tolist() for _, group in jobs.groupby("vehicle_id")]


PEERS: Mapping[str, tuple[str, Run]] = {"pyvrp": ("pyvrp", _pyvrp), "vroom": ("vroom", _vroom)}
"""Module and runner of every peer."""
