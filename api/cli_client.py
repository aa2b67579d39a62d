"""The command line as a client of a server: waves are planned there.

citywave submit DAY.json      send it; prints the plan's id, or waits for the plan
citywave watch ID             follow it to its end
citywave get ID               fetch it, in any format that `plan` writes
citywave finish | cancel ID   end the search and keep the best plan, or drop it

The server is CITYWAVE_URL, the key CITYWAVE_KEY or in a file: never on the command line, which
others can read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.client import Client, Config
from dispatch.cli import (
    ABORTED,
    Day,
    Output,
    PlanFormat,
    is_stdio,
    print_issues,
    read_bytes,
    rendered,
    sound_snapshot,
    write,
)
from dispatch.console import progress
from dispatch.plan import Plan
from dispatch.report import summary
from dispatch.validate import find_issues

KEY = "CITYWAVE_KEY"

PlanId = Annotated[str, typer.Argument(help="The plan's id, as `submit` prints it.")]
Url = Annotated[str, typer.Option(envvar="CITYWAVE_URL", help="The server.")]
KeyFile = Annotated[Path | None, typer.Option(help=f"File with the API key, in place of {KEY}.")]
Patience = Annotated[
    float, typer.Option(min=0, help="Seconds to go on trying where the server does not answer.")
]


def _of_a_wave(chosen: PlanFormat) -> PlanFormat:
    if chosen == PlanFormat.SOL:
        raise typer.BadParameter("sol is for VRPLIB files, which no server plans.")
    return chosen


Format = Annotated[
    PlanFormat, typer.Option("--format", callback=_of_a_wave, help="Kind of the output.")
]

LOCAL = "http://127.0.0.1:8080"
"""Where `citywave serve` listens."""


def submit(
    day: Day,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", allow_dash=True, help="Wait, and write the plan; - stdout."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="As `-o -`.")] = False,
    file_format: Format = PlanFormat.JSON,
    time_limit: Annotated[float | None, typer.Option(min=0.01, help="Seconds to search.")] = None,
    step_limit: Annotated[
        int | None, typer.Option(min=1, help="Steps to search instead; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 1,
    engine: Annotated[str, typer.Option(help="Name of the engine.")] = "hybrid",
    idempotency_key: Annotated[
        str | None, typer.Option(help="The same one with the same day gives the same plan.")
    ] = None,
    url: Url = LOCAL,
    key_file: KeyFile = None,
    patience: Patience = 30.0,
) -> None:
    """Send a day to a server, which plans it."""
    snapshot = sound_snapshot(read_bytes(day))
    print_issues(find_issues(snapshot))
    config: Config = {"seed": seed, "engine": engine}
    if time_limit is not None:
        config["time_limit_s"] = time_limit
    if step_limit is not None:
        config["step_limit"] = step_limit
    with _client(url, key_file, patience) as client:
        sent = client.submit(snapshot, config, idempotency_key=idempotency_key)
        if output is None and not wait:
            typer.echo(sent.id)
            return
        output = output or Path("-")
        made = _followed(client, sent.id, snapshot.city.currency)
        write(output, rendered(snapshot, made, file_format))
        typer.echo(summary(made), err=is_stdio(output))


def watch(
    plan_id: PlanId, url: Url = LOCAL, key_file: KeyFile = None, patience: Patience = 30.0
) -> None:
    """Follow a plan to its end, and sum it up; Ctrl-C leaves it alone."""
    with _client(url, key_file, patience) as client:
        typer.echo(summary(_followed(client, plan_id)))


def get(
    plan_id: PlanId,
    output: Output = Path("-"),
    file_format: Format = PlanFormat.JSON,
    url: Url = LOCAL,
    key_file: KeyFile = None,
    patience: Patience = 30.0,
) -> None:
    """Fetch a plan, once it has ended."""
    with _client(url, key_file, patience) as client:
        made = client.result(plan_id)
        write(output, rendered(client.day(plan_id), made, file_format))


def finish(
    plan_id: PlanId, url: Url = LOCAL, key_file: KeyFile = None, patience: Patience = 30.0
) -> None:
    """End a plan's search now and keep the best."""
    with _client(url, key_file, patience) as client:
        client.finish(plan_id)
    typer.echo(f"{plan_id} ends its search and keeps the best plan.")


def cancel(
    plan_id: PlanId, url: Url = LOCAL, key_file: KeyFile = None, patience: Patience = 30.0
) -> None:
    """End a plan's search and drop what it found."""
    with _client(url, key_file, patience) as client:
        client.cancel(plan_id)
    typer.echo(f"{plan_id} ends without a plan.")


COMMANDS = (submit, watch, get, finish, cancel)


def _followed(client: Client, plan_id: str, currency: str = "") -> Plan:
    try:
        with progress(currency) as show:
            return client.result(plan_id, show)
    except KeyboardInterrupt:
        typer.echo(
            f"The server goes on. Follow it: citywave watch {plan_id}; keep the best plan so far: "
            f"citywave finish {plan_id}; drop it: citywave cancel {plan_id}",
            err=True,
        )
        raise typer.Exit(ABORTED) from None


@contextmanager
def _client(url: str, key_file: Path | None, patience_s: float) -> Iterator[Client]:
    key = os.environ.get(KEY, "") if key_file is None else key_file.read_text(encoding="utf-8")
    if not key.strip() or not key.isascii():
        raise typer.BadParameter(f"Expected an API key in {KEY} or --key-file, got none.")

    def tell(error: BaseException | None) -> None:
        if sys.stderr.isatty():
            typer.echo(f"{error} Trying again ...", err=True)

    with Client(url, key.strip(), patience_s=patience_s, on_trouble=tell) as client:
        yield client
