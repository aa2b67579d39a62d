"""How fast the service answers while it plans.

    python -m benchmarks.service.load [--store sqlite] [--clients 50] [--seconds 60] [--json F]

Two waves of 240 orders are planned for all that time, on every core. Each client submits a small
wave, polls it, has a plan checked, asks `/livez`, and so on, half a second apart. The clients run
on the same machine, in one process.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import quantiles
from time import monotonic, perf_counter, sleep
from typing import Any

import httpx2

from benchmarks.arguments import count
from benchmarks.machine import provenance, write_document
from benchmarks.service.stand import Stand, body, standing
from dispatch.demo import changchun_wave
from dispatch.planner import PlanConfig, plan
from dispatch.wire import dump_plan, dump_snapshot

PAUSE = 0.5
"""Seconds between two requests of a client."""

WAVES = 2
Timings = Mapping[str, list[float]]
"""Seconds of every request, by what it asked."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, print, write."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(arguments)
    with standing(options.store, WAVES, max_active_plans=100_000) as stand:
        timings = press(stand, options.clients, options.seconds)
    print(f"{'request':>8}  {'count':>6}  {'p50 ms':>7}  {'p95 ms':>7}  {'most ms':>8}")
    rows = [_row(what, seconds) for what, seconds in timings.items()]
    for row in rows:
        print(
            f"{row['request']:>8}  {row['count']:>6}  {row['p50_ms']:7.1f}"
            f"  {row['p95_ms']:7.1f}  {row['most_ms']:8.1f}"
        )
    if options.json is not None:
        told = provenance("benchmarks.service.load", list(arguments))
        write_document(options.json, {**told, "rows": rows})
    return 0


def press(stand: Stand, clients: int, seconds: int) -> Timings:
    """So many clients for so many seconds."""
    headers = stand.keys(clients + 1)
    with httpx2.Client(base_url=stand.base, headers=headers[-1]) as owner:
        for number in range(WAVES):
            config = {"time_limit_s": float(seconds + 60)}
            _good(owner.post("/v1/plans", json=body(240, f"wave {number}", config)))
    day = changchun_wave(seed=1, orders=50)
    made = plan(day, PlanConfig(time_limit_s=1, engine="ortools"))
    check = {"snapshot": json.loads(dump_snapshot(day)), "plan": json.loads(dump_plan(made))}
    timings: defaultdict[str, list[float]] = defaultdict(list)
    ends = monotonic() + seconds
    threads = [
        threading.Thread(target=_ask, args=(stand, key, number / clients, check, ends, timings))
        for number, key in enumerate(headers[:-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return timings


def _ask(
    stand: Stand,
    headers: Mapping[str, str],
    phase: float,
    check: Mapping[str, Any],
    ends: float,
    timings: Mapping[str, list[float]],
) -> None:
    """One client; the first request comes after a part of the pause, so that they do not march."""
    sleep(PAUSE * phase)
    wave = body(20, "small", {"time_limit_s": 1.0})
    with httpx2.Client(base_url=stand.base, headers=headers, timeout=60) as client:
        while monotonic() < ends:
            made = _timed(timings["submit"], lambda: client.post("/v1/plans", json=wave))
            where = f"{made.headers['location']}/metadata"
            _timed(timings["poll"], lambda where=where: client.get(where))
            _timed(timings["check"], lambda: client.post("/v1/checks", json=check))
            _timed(timings["livez"], lambda: client.get("/livez"))


def _timed(seconds: list[float], request: Any) -> httpx2.Response:
    began = perf_counter()
    told = _good(request())
    seconds.append(perf_counter() - began)
    sleep(PAUSE)
    return told


def _good(told: httpx2.Response) -> httpx2.Response:
    told.raise_for_status()
    return told


def _row(what: str, seconds: list[float]) -> dict[str, Any]:
    cuts = quantiles(seconds, n=20, method="inclusive")
    return {
        "request": what,
        "count": len(seconds),
        "p50_ms": 1e3 * cuts[9],
        "p95_ms": 1e3 * cuts[18],
        "most_ms": 1e3 * max(seconds),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.load", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--store", choices=("sqlite", "postgresql"), default="sqlite")
    add("--clients", type=count, default=50, help="side by side")
    add("--seconds", type=count, default=60, help="for which they ask")
    add("--json", type=Path, help="write all numbers, machine and commit")
    return parser


if __name__ == "__main__":
    sys.exit(main())
