"""What a plan's process does: plan one wave, tell how far it is, listen for `finish`.

It leads a process group of its own, in which the solver's process is too, and ends all of it when
its server is gone.
"""

from __future__ import annotations

import gzip
import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from dispatch.errors import DispatchError
from dispatch.plan import Improvement
from dispatch.planner import PlanConfig, plan
from dispatch.wire import dump_plan, read_snapshot
from solver.errors import SolverError

Message = tuple[str, Any]
"""`("progress", {...})`, then `("plan", (packed JSON, stop reason))` or `("failure", why)`."""

FINISH = "finish"
"""What the server says."""


def run(connection: Connection, snapshot: str, config: Mapping[str, Any]) -> None:
    """Plan, and say so over the connection."""
    os.setsid()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(connection, stop), daemon=True).start()

    def tell(improvement: Improvement) -> None:
        connection.send(("progress", asdict(improvement)))

    try:
        made = plan(read_snapshot(snapshot), PlanConfig(**config), on_improvement=tell, stop=stop)
    except (DispatchError, SolverError) as error:
        connection.send(("failure", f"{type(error).__name__}: {error}"))
    else:
        connection.send(("plan", (gzip.compress(dump_plan(made).encode(), 5), made.stop_reason)))


def _listen(connection: Connection, stop: threading.Event) -> None:
    try:
        while connection.recv() == FINISH:
            stop.set()
    except (EOFError, OSError):
        os.killpg(os.getpgrp(), signal.SIGKILL)
