"""Plans of the best so far, made beside the search without taking its time.

    pause after a draft = max(PAUSE, SHARE * processor seconds that it took)

So 1,000 orders are told every two seconds, 10,000 every twenty. What is found in a pause is told
when the pause is over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import sleep, thread_time

from dispatch.plan import Plan
from dispatch.planner import Draft

PAUSE = 1.0
"""Seconds, at least."""

SHARE = 20
"""Drafts take at most a 20th of one core."""


class Drafts:
    """A thread that makes the newest draft and tells the plan."""

    def __init__(self, tell: Callable[[Plan], None]) -> None:
        self.tell = tell
        self._draft: Draft | None = None
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="drafts", daemon=True).start()

    def offer(self, draft: Draft | None) -> None:
        """The newest one; None where no more are wanted."""
        with self._changed:
            self._draft = draft
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._draft is None:
                    self._changed.wait()
                draft, self._draft = self._draft, None
            began = thread_time()
            self.tell(draft())
            sleep(max(PAUSE, SHARE * (thread_time() - began)))
