"""Engines side by side: one after another on the same instances, in the same seconds.

    python -m benchmarks.quality.run --suite ortec --instances DIR --seconds 1,3,10 \
        --engines citywave,pyvrp --seeds 2 [--every K] [--limit K] \
        [--out F.csv] [--json F.json] [--plot F.png]

Every solution is judged by `benchmarks.quality.checker`; one that is not feasible has no gap, and
is counted. The last lines are one for each engine: `ENGINE mean_gap_pct=... n=...`. Where no best
known cost exists, the best cost of this run stands in for it, over all engines, seeds and seconds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from benchmarks.arguments import count, counts, ladder
from benchmarks.instance import Instance
from benchmarks.machine import provenance
from benchmarks.quality.checker import cost_of, find_mistakes
from benchmarks.quality.engines import Engine, UnknownEngine, engine
from benchmarks.quality.instances import MissingData, Source, Suite, find_instances
from benchmarks.quality.peers import Answer
from benchmarks.quality.plot import MissingPlotter, draw, find_plotter
from benchmarks.quality.rows import (
    ALL,
    CsvFile,
    Row,
    Summary,
    gap_pct,
    summarise,
    with_gaps,
    write_json,
)
from solver.params import usable_cores


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 if every solution was feasible, 1 if not, 2 if something is missing."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(arguments)
    with ExitStack() as files:
        try:
            found = find_instances(options.suite, options.instances, options.sizes)
            engines = [engine(name) for name in options.engines.split(",")]
            if options.plot is not None:
                find_plotter()
            table = None if options.out is None else files.enter_context(CsvFile(options.out))
        except (UnknownEngine, MissingData, MissingPlotter, ValueError) as error:
            print(error, file=sys.stderr)
            return 2
        told = provenance("benchmarks.quality.run", list(arguments))
        sources = found[:: options.every][: options.limit]
        _print_header(options, len(sources), engines)
        rows: list[Row] = []
        for instance in _loaded(sources):
            for row in measure(options.suite, instance, engines, options.seconds, options.seeds):
                rows.append(row)
                print(_line(row), flush=True)
                if table is not None:
                    table.add(row)
            if options.json is not None:
                write_json(options.json, told, rows)
    rows = with_gaps(rows)
    if options.plot is not None and rows:
        draw(rows, options.plot)
    _print_summaries(rows, [ready.name for ready in engines], options.seconds)
    return 1 if not rows or any(row.mistakes for row in rows) else 0


def measure(
    suite: Suite,
    instance: Instance,
    engines: Sequence[Engine],
    ladder: Sequence[float],
    seeds: int,
) -> Iterator[Row]:
    """All times, seeds and engines on one instance, one after another."""
    for seconds in ladder:
        for seed in range(1, seeds + 1):
            for ready in engines:
                answer, mistakes = _attempt(ready, instance, seconds, seed)
                cost, best = round(cost_of(instance, answer.routes), 2), instance.best_known
                yield Row(
                    suite=suite,
                    instance=instance.name,
                    instance_class=instance.instance_class,
                    orders=instance.orders,
                    engine=ready.name,
                    seconds=seconds,
                    seed=seed,
                    cost=cost,
                    best_known=best,
                    gap_pct=None if mistakes or best is None else gap_pct(cost, best),
                    routes=len(answer.routes),
                    took=round(answer.seconds, 2),
                    mistakes=_shortened(mistakes),
                    incumbents=tuple((round(s, 3), round(c, 2)) for s, c in answer.incumbents),
                )


def _attempt(
    ready: Engine, instance: Instance, seconds: float, seed: int
) -> tuple[Answer, list[str]]:
    """An engine's answer and what is wrong with it; one that fails does not end the benchmark."""
    began = monotonic()
    try:
        answer = ready.run(instance, seconds, seed)
    except Exception as error:
        return Answer([], monotonic() - began), [f"{type(error).__name__}: {error}"]
    return answer, find_mistakes(instance, answer.routes)


def _shortened(mistakes: Sequence[str]) -> str:
    more = [f"and {len(mistakes) - 3} more"] if len(mistakes) > 3 else []
    return "; ".join([*mistakes[:3], *more])


def _loaded(sources: Sequence[Source]) -> Iterator[Instance]:
    """One instance at a time; those that can't be measured are told and left out."""
    for source in sources:
        try:
            yield source()
        except MissingData as error:
            print(error, file=sys.stderr)


# --- printing ---


def _print_header(options: argparse.Namespace, instances: int, engines: Sequence[Engine]) -> None:
    seconds = ", ".join(f"{step:g}" for step in options.seconds)
    print(
        f"{options.suite}: {instances} instances, {seconds} s, {options.seeds} seeds, "
        f"{usable_cores()} cores"
    )
    for ready in engines:
        print(f"* {ready.name}: {ready.note}")
    columns = f"{'instance':<38} {'engine':<24} {'limit':>6} {'seed':>4} {'cost':>11}"
    print(f"{columns} {'gap %':>7} {'s':>6}")


def _line(row: Row) -> str:
    gap = "-" if row.gap_pct is None else f"{row.gap_pct:.2f}"
    line = (
        f"{row.instance:<38} {row.engine:<24} {row.seconds:>6g} {row.seed:>4} "
        f"{row.cost:>11,.1f} {gap:>7} {row.took:>6.1f}"
    )
    return f"{line}  INFEASIBLE: {row.mistakes}" if row.mistakes else line


def _print_summaries(rows: Sequence[Row], names: Sequence[str], ladder: Sequence[float]) -> None:
    if any(row.best_known is None for row in rows):
        print("No best known cost is told: gaps are to the best cost of this run.")
    summaries = summarise(rows)
    whole = {(told.engine, told.seconds): told for told in summaries if told.instance_class == ALL}
    classes = [told for told in summaries if told.instance_class != ALL]
    several = len({told.instance_class for told in classes}) > 1
    print(f"{'class':<12} {'engine':<24} {'limit':>6} {'mean %':>7} {'worst %':>7} {'n':>4}")
    for told in summaries if several else classes:
        print(
            f"{told.instance_class:<12} {told.engine:<24} {told.seconds:>6g} "
            f"{_number(told.mean_gap_pct):>7} {_number(told.worst_gap_pct):>7} {told.n:>4}"
            + (f"  infeasible: {told.infeasible}" if told.infeasible else "")
        )
    for name in names:
        for seconds in ladder:
            step = f" seconds={seconds:g}" if len(ladder) > 1 else ""
            print(_last_line(name + step, whole.get((name, seconds))))


def _last_line(name: str, told: Summary | None) -> str:
    if told is None:
        return f"{name} mean_gap_pct=nan n=0"
    failed = f" infeasible={told.infeasible}" if told.infeasible else ""
    return f"{name} mean_gap_pct={_number(told.mean_gap_pct)} n={told.n}{failed}"


def _number(value: float | None) -> str:
    return "nan" if value is None else f"{value:.2f}"


# --- arguments ---


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.run", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--suite", type=Suite, choices=list(Suite), required=True)
    add("--instances", type=Path, help="folder of the instances, or of all suites")
    add("--sizes", type=counts, default=[1000], help="orders of each city, such as 1000,5000")
    add("--seconds", type=ladder, default=[10.0], help="of wall time for each solve: 10 or 1,3,10")
    add("--engines", default="citywave", help="names, parted by commas")
    add("--seeds", type=count, default=1, help="how many, from 1 on")
    add("--every", type=count, default=1, metavar="K", help="only every K-th instance")
    add("--limit", type=count, metavar="K", help="only the first K of these")
    add("--out", type=Path, help="add the rows to a CSV file as they come")
    add("--json", type=Path, help="write rows, summary, machine and commit")
    add("--plot", type=Path, help="draw mean gaps over seconds")
    return parser


if __name__ == "__main__":
    sys.exit(main())
