"""A store of an earlier version keeps what it has when it is brought to this one."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

import api.store
from api.store.engine import open_store
from api.store.schema import upgrade


@pytest.fixture
def old(url: str) -> Engine:
    """A store of version 0002 with a plan that runs, and what happened to it."""
    engine = open_store(url)
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", f"{Path(*api.store.__path__) / 'migrations'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        now = datetime.now(UTC)
        snapshot = gzip.compress('{"city": {"name": "长春"}}'.encode())
        for statement in (
            "INSERT INTO api_keys VALUES ('k', 'shop', :snapshot, '[]', :now, NULL, NULL)",
            "INSERT INTO plans (id, api_key_id, wave, state, attempt, snapshot, config, created_at)"
            " VALUES ('p', 'k', 'w', 'solving', 1, :snapshot, '{}', :now)",
            "INSERT INTO plan_events VALUES ('p', 1, 'status', '{}', :now)",
        ):
            connection.execute(text(statement), {"snapshot": snapshot, "now": now})
    return engine


def test_plans_of_an_older_version_begin_anew(old: Engine) -> None:
    """Their cities are told; what happened to them is kept."""
    upgrade(old)
    with old.connect() as connection:
        row = connection.execute(text("SELECT state, city, attempt, lost FROM plans")).one()
        assert tuple(row) == ("queued", "长春", 1, 0)
        assert connection.scalar(text("SELECT count(*) FROM plan_events")) == 1
    old.dispose()
