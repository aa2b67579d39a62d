"""Mean gaps over seconds, a line for each engine, a panel for each class.

    python -m benchmarks.quality.plot A.json [B.json ...] --out F.png

Dots are the solves of the ladder. A thin line is the longest solve on its way, where the engine
tells its incumbents; what it had after 3 of 10 seconds is not what a solve of 3 seconds finds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from benchmarks.quality.rows import (
    ALL,
    Row,
    Summary,
    gap_pct,
    read_json,
    references,
    summarise,
    with_gaps,
)

COLUMNS = 3
"""Panels beside each other at most."""

Curve = list[tuple[float, float]]


class MissingPlotter(Exception):  # noqa: N818 - reads as what it is
    """matplotlib is not installed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the rows of JSON files; 0 if it is drawn, 2 if something is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality.plot", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", type=Path, nargs="+", help="JSON files of benchmarks.quality.run")
    parser.add_argument("--out", type=Path, required=True, help="PNG, SVG or PDF file")
    options = parser.parse_args(arguments)
    try:
        rows = with_gaps(list(chain.from_iterable(map(read_json, options.files))))
        draw(rows, options.out)
    except (MissingPlotter, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def find_plotter() -> Any:
    """Matplotlib, drawing into files.

    Raises:
        MissingPlotter: with what to do about it.
    """
    try:
        matplotlib = import_module("matplotlib")
    except ImportError:
        raise MissingPlotter("--plot needs matplotlib; run: pip install -e '.[bench]'") from None
    matplotlib.use("Agg")
    return import_module("matplotlib.pyplot")


def draw(rows: Sequence[Row], path: Path) -> None:
    """Rows with their gaps as a picture.

    Raises:
        MissingPlotter: matplotlib is not installed.
    """
    pyplot = find_plotter()
    summaries = summarise(rows)
    panels = _panels(summaries)
    across = min(COLUMNS, len(panels))
    down = -(-len(panels) // across)
    figure, axes = pyplot.subplots(
        down, across, squeeze=False, sharex=True, figsize=(1.5 + 3.8 * across, 0.8 + 3 * down)
    )
    engines = list(dict.fromkeys(row.engine for row in rows))
    steps = sorted({row.seconds for row in rows})
    colours = {name: f"C{number}" for number, name in enumerate(engines)}
    for (suite, instance_class), axis in zip(panels, axes.flat, strict=False):
        for name, colour in colours.items():
            dots = _ladder(summaries, suite, instance_class, name)
            _add(axis, dots, "o-", color=colour, label=name)
        low, high = axis.get_ylim()
        for name, colour in colours.items():
            _add(axis, mean_curve(rows, suite, instance_class, name), "-", color=colour, lw=0.7)
        axis.set_ylim(low, 1.5 * high)
        axis.set(xscale="log", title=f"{suite} {instance_class}")
        axis.set_xticks(steps, labels=[f"{step:g}" for step in steps])
        axis.minorticks_off()
        axis.grid(visible=True, alpha=0.3)
    for axis in axes[-1]:
        axis.set_xlabel("seconds")
    for axis in axes[:, 0]:
        axis.set_ylabel("mean gap %")
    for axis in axes.flat[len(panels) :]:
        axis.set_visible(False)
    axes[0, 0].legend(fontsize="small")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _panels(summaries: Sequence[Summary]) -> list[tuple[str, str]]:
    """Suite and class of every panel; a suite of one class has one panel."""
    classes: dict[str, list[str]] = {}
    for told in summaries:
        names = classes.setdefault(told.suite, [])
        if told.instance_class not in names:
            names.append(told.instance_class)
    return [
        (suite, name)
        for suite, names in classes.items()
        for name in names
        if name != ALL or len(names) > 2
    ]


def _add(axis: Any, curve: Curve, style: str, **looks: Any) -> None:
    if curve:
        axis.plot(*zip(*curve, strict=True), style, **looks)


def _ladder(summaries: Sequence[Summary], suite: str, instance_class: str, engine: str) -> Curve:
    """Seconds and mean gap of every step."""
    return [
        (told.seconds, told.mean_gap_pct)
        for told in summaries
        if (told.suite, told.instance_class, told.engine) == (suite, instance_class, engine)
        and told.mean_gap_pct is not None
    ]


def mean_curve(rows: Sequence[Row], suite: str, instance_class: str, engine: str) -> Curve:
    """Mean gap of the incumbents of an engine's longest solves, once all of them have one."""
    known = references(rows)
    told = [
        row
        for row in rows
        if (row.suite, row.engine) == (suite, engine)
        and instance_class in (row.instance_class, ALL)
        and row.incumbents
        and row.gap_pct is not None
    ]
    longest = max((row.seconds for row in told), default=0.0)
    shortest = min((row.seconds for row in rows), default=0.0)
    curves = [
        [(at, gap_pct(cost, known[suite, row.instance])) for at, cost in row.incumbents]
        for row in told
        if row.seconds == longest
    ]
    if not curves:
        return []
    begin = max(shortest / 4, *(curve[0][0] for curve in curves))
    grid = np.geomspace(begin, max(begin, longest), 100)
    return [(float(at), mean(_gap_at(curve, float(at)) for curve in curves)) for at in grid]


def _gap_at(curve: Curve, at: float) -> float:
    """Of the last incumbent until then; of the first where that is only a rounding away."""
    return next((gap for when, gap in reversed(curve) if when <= at), curve[0][1])


if __name__ == "__main__":
    sys.exit(main())
