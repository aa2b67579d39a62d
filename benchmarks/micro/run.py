"""What the parts of a solve cost on made-up cities, one thread, after a warm-up.

    python -m benchmarks.micro.run [--sizes 100,500,1000,5000] [--iterations 20000] [--json F]

Iterations are those of `anneal_routes` from the first routes, from hot to cold, without and with
the usual numbers of 2-opt* and cross-exchange tries. Memory is the most that the process has had
until then.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.arguments import count, counts
from benchmarks.machine import provenance, write_document
from benchmarks.micro.measure import Parts, cold_start_s, measure, warm_up

COLUMNS: Mapping[str, tuple[str, float, str]] = {
    "orders": ("orders", 1, ".0f"),
    "routes": ("routes", 1, ".0f"),
    "problem_s": ("problem ms", 1e3, ".1f"),
    "encode_s": ("encode ms", 1e3, ".1f"),
    "lists_s": ("lists ms", 1e3, ".1f"),
    "first_s": ("first ms", 1e3, ".1f"),
    "plain_per_s": ("it/s, plain", 1, ",.0f"),
    "per_s": ("it/s", 1, ",.0f"),
    "plain_ns": ("ns, plain", 1, ",.0f"),
    "ns": ("ns", 1, ",.0f"),
    "load_s": ("load ms", 1e3, ".2f"),
    "times_s": ("times ms", 1e3, ".1f"),
    "peak_mb": ("peak MB", 1, ",.0f"),
}
"""Title, factor and format of what is printed of `Parts`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(arguments)
    told = provenance("benchmarks.micro.run", list(arguments))
    warm_up()
    titles = [title for title, _, _ in COLUMNS.values()]
    print("  ".join(titles))
    parts = []
    for orders in sorted(options.sizes):
        parts.append(measure(orders, options.iterations))
        print(_line(parts[-1], titles), flush=True)
    start = cold_start_s()
    print("new process: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in start.items()))
    if options.json is not None:
        rows = [asdict(part) for part in parts]
        write_document(options.json, {**told, "cold_start_s": start, "rows": rows})
    return 0


def _line(part: Parts, titles: Sequence[str]) -> str:
    cells = (
        f"{factor * getattr(part, name):{style}}" for name, (_, factor, style) in COLUMNS.items()
    )
    return "  ".join(cell.rjust(len(title)) for cell, title in zip(cells, titles, strict=True))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.micro.run", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--sizes", type=counts, default=[100, 500, 1000, 5000], help="orders of each city")
    add("--iterations", type=count, default=20_000, help="of each annealing")
    add("--json", type=Path, help="write all numbers, machine and commit")
    return parser


if __name__ == "__main__":
    sys.exit(main())
