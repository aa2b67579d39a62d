"""Bringing a store's tables to this version, and asking whether they are."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from api.errors import BadDatabase, OldSchema


def upgrade(engine: Engine) -> None:
    """Make or change the tables; does nothing where they are those of this version.

    Raises:
        BadDatabase: nobody answers.
    """
    config = _config()
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        raise _unreachable(engine, error) from error


def prepare(engine: Engine) -> None:
    """An embedded store is brought up to date at once; one that hosts share must be already.

    Raises:
        OldSchema: it is not.
        BadDatabase: nobody answers.
    """
    if engine.dialect.name == "sqlite":
        upgrade(engine)
    else:
        check_schema(engine)


def check_schema(engine: Engine) -> None:
    """Nothing if the tables are those of this version.

    Raises:
        OldSchema: they are not.
        BadDatabase: nobody answers.
    """
    found, wanted = _revision(engine), _newest()
    if found != wanted:
        told = f"has schema {found}" if found else "has no tables"
        raise OldSchema(f"The store {told}, this version needs {wanted}; run: citywave db upgrade.")


def _revision(engine: Engine) -> str | None:
    """The store's version of the schema; None where there are no tables."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise _unreachable(engine, error) from error


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _unreachable(engine: Engine, error: OperationalError) -> BadDatabase:
    """Says where, without the password."""
    where = engine.url.render_as_string(hide_password=True)
    return BadDatabase(f"The store at {where} does not answer: {error.orig}")
