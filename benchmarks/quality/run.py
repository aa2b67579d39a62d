"""Engines side by side on public instances: one after another, same seconds, one core each.

    python -m benchmarks.quality.run --suite ortec --instances DIR --seconds 10 \
        --engines ortools,pyvrp,vroom --seeds 2 [--limit K] [--out FILE.csv]

Every solution is judged by `benchmarks.quality.checker`; one that is not feasible has no gap, and
is counted. The last lines are one for each engine: `ENGINE mean_gap_pct=... n=...`. Where no best
known cost exists, the best cost of this run stands in for it.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import mean

from benchmarks.quality.checker import cost_of, find_mistakes
from benchmarks.quality.engines import Run, UnknownEngine, engine
from benchmarks.quality.instances import Instance, MissingData, Suite, find_instances, load


@dataclass(frozen=True, slots=True)
class Row:
    """One run of one engine; `gap_pct` is None for an infeasible solution."""

    instance: str
    engine: str
    seed: int
    cost: float
    best_known: float
    gap_pct: float | None
    routes: int
    seconds: float
    mistakes: str


@dataclass(frozen=True, slots=True)
class _Attempt:
    engine: str
    seed: int
    routes: list[list[int]]
    seconds: float
    mistakes: list[str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 if every solution was feasible, 1 if not, 2 if something is missing."""
    options = _parser().parse_args(arguments)
    try:
        runs = {name: engine(name) for name in options.engines.split(",")}
        paths = find_instances(options.suite, options.instances)[: options.limit]
    except (UnknownEngine, MissingData) as error:
        print(error, file=sys.stderr)
        return 2
    print(
        f"{options.suite}: {len(paths)} instances, {options.seconds:g} s, {options.seeds} seeds, "
        f"1 of {os.cpu_count()} cores"
    )
    print(f"{'instance':<36} {'engine':<24} {'seed':>4} {'cost':>11} {'gap %':>7} {'s':>6}")
    rows = []
    for path in paths:
        try:
            instance = load(options.suite, path)
        except MissingData as error:
            print(error, file=sys.stderr)
            continue
        for row in measure(instance, runs, options.seconds, range(1, options.seeds + 1)):
            rows.append(row)
            print(_line(row), flush=True)
    if options.out is not None:
        write_csv(options.out, rows)
    for name in runs:
        print(_last_line(name, rows))
    return 1 if not rows or any(row.mistakes for row in rows) else 0


def measure(
    instance: Instance, runs: dict[str, Run], seconds: float, seeds: Sequence[int]
) -> Iterator[Row]:
    """All engines and seeds on one instance, one after another."""
    attempts = []
    for seed in seeds:
        for name, run in runs.items():
            began = time.monotonic()
            routes = run(instance, seconds, seed)
            took = time.monotonic() - began
            attempts.append(_Attempt(name, seed, routes, took, find_mistakes(instance, routes)))
    costs = [cost_of(instance, tried.routes) for tried in attempts]
    feasible = [cost for cost, tried in zip(costs, attempts, strict=True) if not tried.mistakes]
    best = instance.best_known or min(feasible, default=0.0)
    for tried, cost in zip(attempts, costs, strict=True):
        yield Row(
            instance=instance.name,
            engine=tried.engine,
            seed=tried.seed,
            cost=round(cost, 2),
            best_known=best,
            gap_pct=None if tried.mistakes else round(100 * (cost / best - 1), 3),
            routes=len(tried.routes),
            seconds=round(tried.seconds, 2),
            mistakes="; ".join(tried.mistakes[:3]),
        )


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """One line for every run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        names = [field.name for field in fields(Row)]
        writer.writerow(names)
        writer.writerows([getattr(row, name) for name in names] for row in rows)


def _line(row: Row) -> str:
    gap = "-" if row.gap_pct is None else f"{row.gap_pct:.2f}"
    line = f"{row.instance:<36} {row.engine:<24} {row.seed:>4} {row.cost:>11,.1f} {gap:>7}"
    return f"{line} {row.seconds:>6.1f}{'  INFEASIBLE: ' + row.mistakes if row.mistakes else ''}"


def _last_line(name: str, rows: Sequence[Row]) -> str:
    gaps = [row.gap_pct for row in rows if row.engine == name and row.gap_pct is not None]
    failed = sum(row.engine == name and row.gap_pct is None for row in rows)
    gap = f"{mean(gaps):.2f}" if gaps else "nan"
    return f"{name} mean_gap_pct={gap} n={len(gaps)}" + (f" infeasible={failed}" if failed else "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.run", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--suite", type=Suite, choices=list(Suite), required=True)
    parser.add_argument("--instances", type=Path, required=True, help="folder of the instances")
    parser.add_argument("--seconds", type=float, default=10.0, help="of wall time for each solve")
    parser.add_argument("--engines", default="ortools", help="names, parted by commas")
    parser.add_argument("--seeds", type=int, default=1, help="how many, from 1 on")
    parser.add_argument("--limit", type=int, help="only the first so many instances")
    parser.add_argument("--out", type=Path, help="also write a CSV file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
