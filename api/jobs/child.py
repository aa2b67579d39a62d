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
from collections.abc import Callable
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import Any

from api.jobs.drafts import Drafts
from dispatch.errors import DispatchError, InvalidInput
from dispatch.plan import Improvement, Plan
from dispatch.planner import PlanConfig, plan
from dispatch.wire import dump_plan, read_snapshot
from solver.errors import SolverError

Message = tuple[str, Any]
"""`("progress", {...})` and `("draft", packed JSON)`; at the end `("plan", (packed JSON, reason))`,
`("invalid", issues)` or `("failure", why)`."""

FINISH = "finish"
"""What the server says, after `(snapshot, config)`."""


def main() -> None:
    """Plan what comes over the pipe whose number is the first argument."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    connection, sending = Connection(int(sys.argv[1])), threading.Lock()
    try:
        snapshot, config = connection.recv()
    except EOFError:
        return

    def tell(kind: str, told: Any) -> None:
        with sending:
            connection.send((kind, told))

    def tell_improvement(improvement: Improvement) -> None:
        tell("progress", asdict(improvement))

    stop, drafts = threading.Event(), Drafts(lambda draft: tell("draft", _packed(draft)))

    def finish() -> None:
        stop.set()
        drafts.offer(None)

    threading.Thread(target=_listen, args=(connection, finish), daemon=True).start()
    try:
        made = plan(
            read_snapshot(snapshot),
            PlanConfig(**config),
            on_improvement=tell_improvement,
            on_draft=drafts.offer,
            stop=stop,
        )
    except InvalidInput as error:
        tell("invalid", error.issues)
    except (DispatchError, SolverError) as error:
        tell("failure", f"{type(error).__name__}: {error}")
    else:
        tell("plan", (_packed(made), made.stop_reason))


def _packed(made: Plan) -> bytes:
    return gzip.compress(dump_plan(made).encode(), 5)


def _listen(connection: Connection, finish: Callable[[], None]) -> None:
    try:
        while connection.recv() == FINISH:
            finish()
    except (EOFError, OSError):
        os.killpg(os.getpgrp(), signal.SIGKILL)
