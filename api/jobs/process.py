"""A plan's own process, as its runner sees it: messages, memory, a swift end.

It is a new interpreter that imports nothing of the server's, and leads a process group in which its
solver is too. It dies with its server: the pipe to it ends then.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import psutil

from api.jobs.child import FINISH, Message

START = "from api.jobs.child import main; main()"


class Died(Exception):  # noqa: N818 - reads as what it is
    """The process has ended without a word."""


class PlanProcess:
    """A process that plans one wave."""

    def __init__(self, process: subprocess.Popen[bytes], connection: Connection) -> None:
        self.process, self.connection = process, connection

    def told(self, seconds: float) -> list[Message]:
        """What it has said, after at most so many seconds of waiting for the first word.

        Raises:
            Died: and there is nothing left to hear.
        """
        messages: list[Message] = []
        try:
            while self.connection.poll(0 if messages else seconds):
                messages.append(self.connection.recv())
        except (EOFError, OSError):
            if not messages:
                code = self.process.wait()
                raise Died(f"The planning process died with exit code {code}.") from None
        return messages

    def memory(self) -> int:
        """Bytes that it and its solver hold in memory (RSS); what they share counts twice."""
        held = 0
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(self.process.pid)
            for member in (family, *family.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    held += member.memory_info().rss
        return held

    def finish(self) -> None:
        """Ask for the best plan so far."""
        with suppress(OSError):
            self.connection.send(FINISH)


@contextmanager
def planning(snapshot: str, config: Mapping[str, Any]) -> Iterator[PlanProcess]:
    """A process that plans this; it and its solver are killed on the way out."""
    ours, theirs = Pipe()
    with ours:
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", START, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        try:
            with suppress(OSError):
                ours.send((snapshot, dict(config)))
            yield PlanProcess(process, ours)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
