"""A judge of answers to VROOM problems, from VROOM's API document alone; shares no code with ours.

All jobs have rows of matrices here; time is in hundredths of a second, cost in fractions.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

Document = dict[str, Any]
Rank = tuple[int, int, Fraction]


class Judge:
    """Knows a problem; `faults` of an answer, and its `rank`: the larger the better."""

    def __init__(self, problem: Document) -> None:
        self.jobs = {job["id"]: job for job in problem["jobs"]}
        self.vehicles = {vehicle["id"]: vehicle for vehicle in problem["vehicles"]}
        self.matrices = problem.get("matrices") or {"car": {"durations": problem["matrix"]}}
        self.dimensions = len(problem["vehicles"][0].get("capacity", []))

    def rank(self, answer: Document) -> Rank:
        """Sum of priorities served, jobs served, and the negative of what the routes cost."""
        served = [s["id"] for route in answer["routes"] for s in route["steps"] if "id" in s]
        priorities = sum(self.jobs[name].get("priority", 0) for name in served)
        return priorities, len(served), -sum(map(self.cost, answer["routes"]), Fraction(0))

    def cost(self, route: Document) -> Fraction:
        """Exactly, from the sequence."""
        vehicle = self.vehicles[route["vehicle"]]
        rates = {"fixed": 0, "per_hour": 3600, "per_task_hour": 0, "per_km": 0}
        rates |= vehicle.get("costs", {})
        legs = self._legs(route)
        if "costs" in self._tables(vehicle):
            travel = Fraction(sum(self._cell(vehicle, "costs", *leg) for leg in legs))
        else:
            hundredths = sum(self._travel(vehicle, *leg) for leg in legs)
            travel = Fraction(rates["per_hour"] * hundredths, 360_000)
            if rates["per_km"]:
                metres = sum(self._cell(vehicle, "distances", *leg) for leg in legs)
                travel += Fraction(rates["per_km"] * metres, 1000)
        tasks = sum(step["setup"] + step["service"] for step in route["steps"])
        return rates["fixed"] + travel + Fraction(rates["per_task_hour"] * tasks, 3600)

    def faults(self, answer: Document) -> list[str]:
        """Every rule that the answer breaks."""
        found = []
        told = [s["id"] for route in answer["routes"] for s in route["steps"] if "id" in s]
        told += [left["id"] for left in answer["unassigned"]]
        if sorted(told) != sorted(self.jobs):
            found.append(f"jobs {sorted(told)} of {sorted(self.jobs)}")
        if len({route["vehicle"] for route in answer["routes"]}) < len(answer["routes"]):
            found.append("a vehicle has two routes")
        summary = answer["summary"]
        found += [
            f"summary: {name}"
            for name in ("cost", "setup", "service", "duration", "waiting_time", "priority")
            if summary[name] != sum(route[name] for route in answer["routes"])
        ]
        counts = len(answer["routes"]), len(answer["unassigned"])
        if (summary["routes"], summary["unassigned"]) != counts:
            found.append("summary: counts")
        for route in answer["routes"]:
            found += [f"vehicle {route['vehicle']}: {fault}" for fault in self._route(route)]
        return found

    def _route(self, route: Document) -> list[str]:
        vehicle, steps = self.vehicles[route["vehicle"]], route["steps"]
        jobs = [self.jobs[step["id"]] for step in steps[1:-1]]
        found = (
            []
            if [s["type"] for s in steps] == ["start", *["job"] * len(jobs), "end"]
            else ["types"]
        )
        if not jobs or len(jobs) > vehicle.get("max_tasks", len(jobs)):
            found.append("number of tasks")
        if any(not set(j.get("skills", [])) <= set(vehicle.get("skills", [])) for j in jobs):
            found.append("skills")
        found += self._loads(vehicle, steps, jobs)
        found += self._times(vehicle, steps, jobs, self._legs(route))
        if abs(route["cost"] - self.cost(route)) >= 3:
            found.append(f"cost {route['cost']} instead of {float(self.cost(route))}")
        for name in ("setup", "service", "waiting_time"):
            if route[name] != sum(step[name] for step in steps):
                found.append(name)
        if route["duration"] != steps[-1]["duration"]:
            found.append("duration")
        return found

    def _loads(self, vehicle: Document, steps: list[Document], jobs: list[Document]) -> list[str]:
        zero = [0] * self.dimensions
        out: list[list[int]] = [job.get("delivery") or job.get("amount") or zero for job in jobs]
        back: list[list[int]] = [job.get("pickup") or zero for job in jobs]
        found = []
        for q in range(self.dimensions):
            load = sum(amount[q] for amount in out)
            loads = [load]
            for k in range(len(jobs)):
                load += back[k][q] - out[k][q]
                loads.append(load)
            if max(loads) > vehicle["capacity"][q]:
                found.append("overload")
            if [step["load"][q] for step in steps] != [*loads, load]:
                found.append("loads")
        return found

    def _times(
        self, vehicle: Document, steps: list[Document], jobs: list[Document], legs: list[Any]
    ) -> list[str]:
        first, last = vehicle.get("time_window", (0, 2**62))
        found = []
        if not first <= steps[0]["arrival"] or not steps[-1]["arrival"] <= last:
            found.append("working hours")
        here = vehicle.get("start_index")
        for job, step in zip(jobs, steps[1:-1], strict=True):
            kind = vehicle.get("type", "")
            service = job.get("service_per_type", {}).get(kind, job.get("service", 0))
            setup = job.get("setup_per_type", {}).get(kind, job.get("setup", 0))
            if step["service"] != service:
                found.append("service")
            if step["setup"] != (0 if here == job["location_index"] else setup):
                found.append("setup")
            here = job["location_index"]
            start = step["arrival"] + step["waiting_time"]
            windows = job.get("time_windows", [(0, 2**62)])
            if not any(a <= start <= b for a, b in windows):
                found.append(f"job {job['id']} starts outside its windows")
            if step["waiting_time"] and start not in [a for a, _ in windows]:
                found.append("waits for nothing")
        for k, (before, step) in enumerate(pairwise(steps)):
            left = sum(before[name] for name in ("arrival", "waiting_time", "setup", "service"))
            driven = step["arrival"] - left
            if driven != step["duration"] - before["duration"]:
                found.append("duration of a step")
            if abs(100 * driven - self._travel(vehicle, *legs[k])) >= 100:
                found.append(f"travel of {driven} instead of {self._travel(vehicle, *legs[k])}/100")
        return found

    def _legs(self, route: Document) -> list[tuple[int | None, int | None]]:
        vehicle = self.vehicles[route["vehicle"]]
        jobs = [self.jobs[step["id"]]["location_index"] for step in route["steps"][1:-1]]
        return list(pairwise([vehicle.get("start_index"), *jobs, vehicle.get("end_index")]))

    def _tables(self, vehicle: Document) -> Document:
        tables: Document = self.matrices[vehicle.get("profile", "car")]
        return tables

    def _cell(self, vehicle: Document, name: str, i: int | None, j: int | None) -> int:
        return 0 if i is None or j is None else int(self._tables(vehicle)[name][i][j])

    def _travel(self, vehicle: Document, i: int | None, j: int | None) -> int:
        factor = int(100 / vehicle.get("speed_factor", 1) + 0.5)
        return factor * self._cell(vehicle, "durations", i, j)
