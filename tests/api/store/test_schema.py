"""The migrations make the tables that the code reads, on both stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from api.errors import BadDatabase, OldSchema
from api.store.engine import open_store
from api.store.schema import check_schema, prepare, upgrade
from api.store.tables import ApiKey, Base


def key(created_at: datetime) -> ApiKey:
    return ApiKey(id="0" * 12, name="a", secret_hash=b"h", scopes=[], created_at=created_at)


def test_migrations_make_the_tables_of_the_code(store: Engine) -> None:
    """Alembic finds no difference between them."""
    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_keeps_what_is_there(store: Engine) -> None:
    """And changes nothing."""
    with Session(store) as session:
        session.add(key(datetime.now(UTC)))
        session.commit()
    upgrade(store)
    check_schema(store)
    with Session(store) as session:
        assert session.get(ApiKey, "0" * 12) is not None


def test_a_store_without_tables_says_what_to_do(url: str) -> None:
    """One that hosts share; an embedded one is made at once."""
    engine = open_store(url)
    with pytest.raises(OldSchema, match="citywave db upgrade"):
        check_schema(engine)
    if engine.dialect.name == "sqlite":
        prepare(engine)
        check_schema(engine)
    else:
        with pytest.raises(OldSchema, match="no tables"):
            prepare(engine)
    engine.dispose()


def test_a_store_of_another_version_is_refused(store: Engine) -> None:
    """With both versions."""
    with store.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(OldSchema, match="has schema 0000, this version needs 0007"):
        check_schema(store)


def test_times_keep_their_moment(session: Session) -> None:
    """Whatever zone they come in, they come back in UTC."""
    noon = datetime(2026, 11, 26, 12, tzinfo=timezone(timedelta(hours=8)))
    session.add(key(noon))
    session.commit()
    session.expire_all()
    found = session.get_one(ApiKey, "0" * 12).created_at
    assert found == noon
    assert found.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    """It would be taken for UTC."""
    session.add(key(datetime(2026, 11, 26, 12)))
    with pytest.raises(StatementError, match="with its zone"):
        session.flush()


@pytest.mark.parametrize("url", ["nothing", "mysql://host/db", "oracle://host/db", "sqlite+x:///a"])
def test_an_address_that_no_store_has(url: str) -> None:
    """Says what addresses look like."""
    with pytest.raises(BadDatabase, match="CITYWAVE_DATABASE_URL"):
        open_store(url)


def test_nobody_answers(tmp_path: Path) -> None:
    """The message names the address, without its password."""
    missing = open_store(f"sqlite:///{tmp_path / 'no' / 'folder.db'}")
    with pytest.raises(BadDatabase, match=r"folder\.db does not answer"):
        upgrade(missing)
    away = open_store("postgresql://someone:secret@127.0.0.1:1/db")
    with pytest.raises(BadDatabase, match="does not answer") as caught:
        check_schema(away)
    assert "secret" not in str(caught.value)
