"""Other solvers, each given the same instance in whole numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.instance import Instance
from solver.params import usable_cores

Routes = list[list[int]]

FINE = 10_000
"""Integers per unit of an instance told in doubles."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solve returns.

    Attributes:
        routes: customers, numbered from 1.
        seconds: wall time of the solve; a peer's without making its model in Python.
        incumbents: seconds and cost of every better solution on the way, where it is told.
    """

    routes: Routes
    seconds: float
    incumbents: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Peer:
    """Another solver: what to import and to install, how it is run, its footnote."""

    module: str
    package: str
    run: Callable[[Instance, float, int], Answer]
    note: str


@dataclass(frozen=True, slots=True)
class _Integers:
    """An instance in whole numbers; `costs` is int64 or int32 of shape `(n, n)`."""

    costs: NDArray[Any]
    services: list[int]
    opens: list[int]
    closes: list[int]
    demands: list[int]
    capacity: int


def _integers(instance: Instance) -> _Integers:
    """Rounded up, but closings down, so that feasible stays feasible; whole costs as they are."""
    scale = _scale(instance)
    up = np.rint if scale < FINE else np.ceil
    whole = instance.costs.dtype.kind == "i"
    return _Integers(
        costs=instance.costs if whole else up(scale * instance.costs).astype(np.int64),
        services=up(scale * instance.services).astype(int).tolist(),
        opens=up(scale * instance.opens).astype(int).tolist(),
        closes=np.floor(scale * instance.closes + 1e-6).astype(int).tolist(),
        demands=instance.demands.astype(int).tolist(),
        capacity=int(instance.capacity),
    )


def _scale(instance: Instance) -> int:
    if instance.costs.dtype.kind == "i":
        return 1
    for scale in (1, 10):
        if np.allclose(instance.costs * scale, np.rint(instance.costs * scale), atol=1e-9):
            return scale
    return FINE


def _pyvrp(instance: Instance, seconds: float, seed: int) -> Answer:
    pyvrp = import_module("pyvrp")
    stop = import_module("pyvrp.stop")
    data = _integers(instance)
    opens, closes = data.opens, data.closes
    n = len(opens)
    problem = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0)] * n,
        clients=[
            pyvrp.Client(
                location=i,
                delivery=[data.demands[i]],
                service_duration=data.services[i],
                tw_early=opens[i],
                tw_late=closes[i],
            )
            for i in range(1, n)
        ],
        depots=[pyvrp.Depot(location=0, tw_early=opens[0], tw_late=closes[0])],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=instance.vehicles,
                capacity=[data.capacity],
                tw_early=opens[0],
                tw_late=closes[0],
            )
        ],
        distance_matrices=[data.costs],
        duration_matrices=[data.costs],
    )
    began = monotonic()
    result = pyvrp.solve(problem, stop=stop.MaxRuntime(seconds), seed=seed, display=False)
    took = monotonic() - began
    routes = [
        [visit.idx + 1 for visit in route if visit.is_client()] for route in result.best.routes()
    ]
    return Answer(routes, took, tuple(_pyvrp_incumbents(result.stats, took, _scale(instance))))


def _pyvrp_incumbents(stats: Any, took: float, scale: int) -> Iterator[tuple[float, float]]:
    """Seconds and cost of every better solution among its iterations."""
    at = took - sum(stats.runtimes)
    least = math.inf
    for seconds, iteration in zip(stats.runtimes, stats, strict=True):
        at += seconds
        if iteration.best_feas and iteration.best_cost < least:
            least = iteration.best_cost
            yield at, least / scale


def _vroom(instance: Instance, seconds: float, _: int, threads: int | None) -> Answer:
    vroom = import_module("vroom")
    data = _integers(instance)
    problem = vroom.Input()
    problem.set_durations_matrix("car", _unsigned(data.costs))
    depot = vroom.TimeWindow(data.opens[0], data.closes[0])
    for vehicle in range(instance.vehicles):
        problem.add_vehicle(
            vroom.Vehicle(vehicle + 1, start=0, end=0, capacity=[data.capacity], time_window=depot)
        )
    for i in range(1, len(data.opens)):
        problem.add_job(
            vroom.Job(
                id=i,
                location=i,
                default_service=data.services[i],
                delivery=[data.demands[i]],
                time_windows=[vroom.TimeWindow(data.opens[i], data.closes[i])],
            )
        )
    began = monotonic()
    solution = problem.solve(
        exploration_level=5,
        nb_threads=threads or usable_cores(),
        timeout=timedelta(seconds=seconds),
    )
    took = monotonic() - began
    steps = solution.routes
    jobs = steps[steps["type"] == "job"]
    routes = [group["id"].astype(int).tolist() for _, group in jobs.groupby("vehicle_id")]
    return Answer(routes, took)


def _unsigned(costs: NDArray[Any]) -> NDArray[np.uint32]:
    """As VROOM wants them; int32 is not copied."""
    same = costs.dtype == np.int32
    return costs.view(np.uint32) if same else costs.astype(np.uint32)


def _vrp_cli(instance: Instance, seconds: float, _: int) -> Answer:
    vrp_cli = import_module("vrp_cli")
    data = _integers(instance)
    problem = json.dumps(_pragmatic(data, instance.vehicles))
    costs = ",".join(",".join(map(str, row.tolist())) for row in data.costs)
    matrix = f'{{"profile": "car", "travelTimes": [{costs}], "distances": [{costs}]}}'
    config = {
        "termination": {"maxTime": max(1, round(seconds))},
        "environment": {"logging": {"enabled": False}},
        "telemetry": {"progress": {"enabled": False}},
    }
    began = monotonic()
    text = vrp_cli.solve_pragmatic(problem, [matrix], json.dumps(config))
    took = monotonic() - began
    routes = [
        [
            int(activity["jobId"])
            for stop in tour["stops"]
            for activity in stop["activities"]
            if activity["type"] == "delivery"
        ]
        for tour in json.loads(text)["tours"]
    ]
    return Answer(routes, took)


def _pragmatic(data: _Integers, vehicles: int) -> dict[str, Any]:
    """The problem in the format of reinterpretcat's solver; `index` is a row of the matrix."""

    def when(seconds: int) -> str:
        return (datetime(2000, 1, 1) + timedelta(seconds=seconds)).isoformat() + "Z"

    depot = {"location": {"index": 0}}
    jobs = [
        {
            "id": str(i),
            "deliveries": [
                {
                    "places": [
                        {
                            "location": {"index": i},
                            "duration": data.services[i],
                            "times": [[when(data.opens[i]), when(data.closes[i])]],
                        }
                    ],
                    "demand": [data.demands[i]],
                }
            ],
        }
        for i in range(1, len(data.opens))
    ]
    fleet = {
        "typeId": "car",
        "vehicleIds": [str(vehicle) for vehicle in range(vehicles)],
        "profile": {"matrix": "car"},
        "costs": {"fixed": 0, "distance": 1, "time": 0},
        "shifts": [
            {
                "start": {"earliest": when(data.opens[0]), **depot},
                "end": {"latest": when(data.closes[0]), **depot},
            }
        ],
        "capacity": [data.capacity],
    }
    return {
        "plan": {"jobs": jobs},
        "fleet": {"vehicles": [fleet], "profiles": [{"name": "car"}]},
        "objectives": [[{"type": "minimize-unassigned"}], [{"type": "minimize-cost"}]],
    }


PEERS: Mapping[str, Peer] = {
    "pyvrp": Peer("pyvrp", "pyvrp", _pyvrp, "single-threaded"),
    "vroom": Peer("vroom", "pyvroom", partial(_vroom, threads=None), "all cores, takes no seed"),
    "vroom-1core": Peer(
        "vroom", "pyvroom", partial(_vroom, threads=1), "one thread, takes no seed"
    ),
    "vrp-cli": Peer(
        "vrp_cli", "vrp-cli", _vrp_cli, "all cores, takes no seed, whole seconds from 1 on"
    ),
}
"""Every peer by name."""
