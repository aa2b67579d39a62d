"""The way to a store: SQLite in WAL mode for one host, PostgreSQL for many."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from api.errors import BadDatabase

BUSY_MS = 5000
"""How long a writer on SQLite waits for another one."""

PATIENCE = {
    "connect_timeout": 4,
    "tcp_user_timeout": 4000,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
"""How long a PostgreSQL that has vanished is waited for: less than a plan's lease runs."""

MOST_CONNECTIONS = 50
"""Of one process: FastAPI's 40 threads, and the runner's."""

DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def open_store(url: str) -> Engine:
    """The store at this address; nothing is asked of it yet.

    Raises:
        BadDatabase: no such kind of store, or the address is none.
    """
    try:
        address = make_url(url)
        address = address.set(drivername=DRIVERS.get(address.drivername, address.drivername))
        engine = create_engine(
            address,
            pool_pre_ping=True,
            hide_parameters=True,
            max_overflow=MOST_CONNECTIONS - 5,
            connect_args=PATIENCE if address.drivername == "postgresql+psycopg" else {},
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise BadDatabase(
            "CITYWAVE_DATABASE_URL is no address of a store; give sqlite:///FILE or "
            "postgresql://USER:PASSWORD@HOST/NAME."
        ) from error
    if engine.dialect.name not in ("sqlite", "postgresql"):
        raise BadDatabase(
            f"CITYWAVE_DATABASE_URL names {engine.dialect.name}; only sqlite and postgresql serve."
        )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Readers do not block writers, references are checked, a busy file is waited for."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.close()
