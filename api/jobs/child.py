"""What a plan's process does: plan one wave, tell how far it is, listen for `finish`.

It ends its whole process group, its solver with it, when its server is gone; a signal to end that
the server's service manager sends to everything is the server's to answer.
"""

from __future__ import annotations

import gzip
import os
import signal
import sys
import threading
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
"""What the server says, after `(snapshot, config)`."""


def main() -> None:
    """Plan what comes over the pipe whose number is the first argument."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    connection = Connection(int(sys.argv[1]))
    try:
        snapshot, config = connection.recv()
    except EOFError:
        return
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
