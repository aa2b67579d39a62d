"""The command line of the product: planning, from the dispatch floor, and the service's store.

citywave plan | check | explain | ...      dispatch.cli
citywave serve                             the planning API
citywave worker                            plans what is queued, beside servers and other workers
citywave db upgrade | check                tables of the store that CITYWAVE_DATABASE_URL names
citywave keys create | list | revoke       API keys in it
citywave submit | watch | get | ...        a client of a server: api.cli_client
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, NoReturn

import typer
import uvicorn
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.app import create_app
from api.cli_client import COMMANDS
from api.errors import ApiError, BadSettings, Refused
from api.jobs.runner import Runner
from api.keys import Scope, create_key, is_valid, list_keys, revoke_key
from api.logs import log_to
from api.settings import read_settings
from api.store.engine import open_store
from api.store.schema import check_schema, prepare, upgrade
from dispatch import cli

SERVER = 5
"""Exit code: the store or a server can't do it."""

GRACE = 5
"""Seconds for open requests when the server ends; who follows a plan then comes back."""

db = typer.Typer(no_args_is_help=True, help="Tables of the service's store.")
keys = typer.Typer(no_args_is_help=True, help="API keys of the service.")
cli.app.add_typer(db, name="db")
cli.app.add_typer(keys, name="keys")
for command in COMMANDS:
    cli.app.command()(command)

KeyId = Annotated[str, typer.Argument(help="The key's id, as `keys list` shows it.")]


@cli.app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8080,
) -> None:
    """Serve the planning API; CITYWAVE_DATABASE_URL or citywave.toml names its store."""
    settings = read_settings()
    with _store() as store:
        prepare(store)
    log_to(sys.stderr)
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE,
    )


@cli.app.command()
def worker(
    at_once: Annotated[int, typer.Option(min=1, help="Waves side by side.")] = 1,
    city: Annotated[
        list[str] | None, typer.Option(help="Only plans of this one; may be given several times.")
    ] = None,
) -> None:
    """Plan what is queued in the store until Ctrl-C or SIGTERM; plans that run then are given back.

    Any number of workers and servers do this on one store.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = read_settings().model_copy(update={"solves_at_once": at_once})
    log_to(sys.stderr)
    with _store() as store:
        prepare(store)
        runner = Runner(store, settings, city or ())
        runner.start()
        typer.echo(f"{runner.holder} is at work.", err=True)
        stop.wait()
        runner.stop()


@db.command("upgrade")
def db_upgrade() -> None:
    """Make the tables, or bring them to this version; nothing is lost."""
    with _store() as store:
        upgrade(store)
    typer.echo("The store is up to date.")


@db.command("check")
def db_check() -> None:
    """Say whether the tables are those of this version."""
    with _store() as store:
        check_schema(store)
    typer.echo("The store is up to date.")


@keys.command("create")
def keys_create(
    name: Annotated[str, typer.Option(help="Who it is for.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it may do; may be given several times.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=36500, help="Until it expires.")] = None,
) -> None:
    """Make a key and print it, this once."""
    if not 0 < len(name.strip()) <= 200 or not name.isprintable():
        raise typer.BadParameter("Expected 1 to 200 printable characters.", param_hint="--name")
    with _session() as session:
        _, text = create_key(
            session,
            name.strip(),
            scope or (Scope.READ, Scope.WRITE),
            None if days is None else timedelta(days=days),
        )
        session.commit()
    typer.echo(text)


@keys.command("list")
def keys_list() -> None:
    """List all keys: id, state, scopes, name."""
    now = datetime.now(UTC)
    with _session() as session:
        for key in list_keys(session):
            state = "valid" if is_valid(key, now) else "revoked" if key.revoked_at else "expired"
            typer.echo(f"{key.id}  {state:<7}  {','.join(key.scopes)}  {key.name}")


@keys.command("revoke")
def keys_revoke(key_id: KeyId) -> None:
    """Make a key invalid at once and for good."""
    with _session() as session:
        key = revoke_key(session, key_id)
        session.commit()
        typer.echo(f"{key.id} is revoked.")


def main() -> NoReturn:
    """Run the command line."""
    try:
        cli.main()
    except Refused as error:
        typer.echo(str(error), err=True)
        cli.print_issues(error.issues)
        sys.exit(cli.INVALID if error.issues else SERVER)
    except BadSettings as error:
        typer.echo(str(error), err=True)
        sys.exit(cli.USAGE)
    except ApiError as error:
        typer.echo(str(error), err=True)
        sys.exit(SERVER)


@contextmanager
def _store() -> Iterator[Engine]:
    store = open_store(read_settings().database_url)
    try:
        yield store
    finally:
        store.dispose()


@contextmanager
def _session() -> Iterator[Session]:
    """On a store whose tables are those of this version."""
    with _store() as store:
        prepare(store)
        with Session(store) as session:
            yield session


if __name__ == "__main__":
    main()
