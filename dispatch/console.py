"""The terminal while a plan is made: progress on stderr and a first Ctrl-C that means *enough*."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from dispatch.plan import Improvement
from dispatch.words import money
from solver.solve import is_ready

stderr = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def finish_on_interrupt() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets; the second one aborts with KeyboardInterrupt."""
    stop = threading.Event()

    def handle(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        stderr.print("Finishing with the best plan so far; press Ctrl-C again to abort.")

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def announce_compiling(engine: str) -> None:
    """Say so if the engine is compiled before it starts."""
    if not is_ready(engine):
        stderr.print("Compiling the search for this machine, once: about half a minute.")


@contextmanager
def progress(unit: str) -> Iterator[Callable[[Improvement], None]]:
    """A line with the best cost so far, kept up to date on a terminal and silent elsewhere."""
    with stderr.status("Searching ...") as status:

        def show(best: Improvement) -> None:
            left = f", {best.unserved} unserved" if best.unserved else ""
            cost = f"{money(best.cost)} {unit}".rstrip()
            status.update(f"{best.seconds:.1f} s: cost {cost}{left}")

        yield show
