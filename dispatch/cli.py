"""The command line: files in, plans out.

Results go to stdout or to the file named by `-o`, progress and messages to stderr. Exit codes:
0 done, 1 internal, 2 usage, 3 invalid input or broken hard rule, 4 done but orders unserved
(`--strict`), 130 aborted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from enum import StrEnum
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dispatch.analysis import analyse
from dispatch.check import Violation, find_violations
from dispatch.console import announce_compiling, finish_on_interrupt, progress
from dispatch.demo import changchun_wave
from dispatch.diff import compare
from dispatch.doctor import examine
from dispatch.errors import DispatchError, InvalidInput, Issue, Severity
from dispatch.explain import describe, explain_order
from dispatch.plan import Plan
from dispatch.planner import PlanConfig
from dispatch.planner import plan as plan_wave
from dispatch.report import changes, geojson, html_report, stops_csv, summary, workbook
from dispatch.snapshot import Snapshot
from dispatch.travel import travel_times
from dispatch.validate import find_issues
from dispatch.vroom.planner import answer
from dispatch.wire import dump_plan, dump_snapshot, read_plan, read_snapshot, snapshot_of
from dispatch.wire.tables import Table, couriers_csv, orders_csv, with_tables
from dispatch.wire.text import decode_utf8, parse_json
from dispatch.wire.vrplib_files import format_solution, parse_vrplib
from dispatch.wire.vrplib_tables import Rounding
from solver.errors import SolverError
from solver.process import solve_in_child
from solver.solve import ENGINES

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Plan same-city deliveries: orders in, checked courier routes out.",
)

INTERNAL, USAGE, INVALID, UNSERVED, ABORTED = 1, 2, 3, 4, 130


class Source(StrEnum):
    """What kind of file the input is."""

    CITYWAVE = "citywave"
    VRPLIB = "vrplib"
    VROOM = "vroom"


class PlanFormat(StrEnum):
    """What kind of file a plan becomes."""

    JSON = "json"
    GEOJSON = "geojson"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"
    SOL = "sol"


class ConvertFormat(StrEnum):
    """What `convert` can make of a day, or of a day and its plan."""

    JSON = "json"
    ORDERS_CSV = "orders-csv"
    COURIERS_CSV = "couriers-csv"
    GEOJSON = "geojson"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


OF_A_PLAN = (ConvertFormat.GEOJSON, ConvertFormat.CSV, ConvertFormat.XLSX, ConvertFormat.HTML)

Day = Annotated[Path, typer.Argument(allow_dash=True, help="A day in JSON; - is stdin.")]
PlanFile = Annotated[Path, typer.Argument(allow_dash=True, help="A plan in JSON; - is stdin.")]
Output = Annotated[Path, typer.Option("--output", "-o", allow_dash=True, help="- is stdout.")]


@app.command()
def plan(
    day: Day,
    output: Output = Path("-"),
    source: Annotated[Source, typer.Option("--from", help="Kind of the input.")] = Source.CITYWAVE,
    file_format: Annotated[
        PlanFormat, typer.Option("--format", help="Kind of the output.")
    ] = PlanFormat.JSON,
    html: Annotated[Path | None, typer.Option(help="Also write a report for people.")] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            min=0.01, help="Seconds to search; 60 unless told, or as VROOM's options ask for."
        ),
    ] = None,
    step_limit: Annotated[
        int | None, typer.Option(min=1, help="Steps to search instead; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 1,
    engine: Annotated[str, typer.Option(help="Name of the engine.")] = "hybrid",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Searching side by side; one for every core.")
    ] = None,
    rounding: Annotated[
        Rounding | None, typer.Option("--round", help="Of VRPLIB distances.")
    ] = None,
    strict: Annotated[bool, typer.Option(help="Exit 4 if an order is unserved.")] = False,
) -> None:
    """Plan the routes of a wave."""
    if (source == Source.VRPLIB) != (file_format == PlanFormat.SOL):
        raise typer.BadParameter("--from vrplib and --format sol go together.")
    if source != Source.VRPLIB and rounding is not None:
        raise typer.BadParameter("--round is for --from vrplib.")
    if source == Source.VROOM and file_format != PlanFormat.JSON:
        raise typer.BadParameter("--from vroom writes VROOM's own JSON.")
    default_limit = None if source == Source.VROOM else 60.0
    config = PlanConfig(
        time_limit_s=None if step_limit else time_limit or default_limit,
        step_limit=step_limit,
        seed=seed,
        engine=engine,
        threads=threads,
    )
    _known_engine(config)
    announce_compiling(engine)
    if source == Source.VRPLIB:
        _plan_vrplib(day, output, rounding, config)
        return
    if source == Source.VROOM:
        _plan_vroom(day, output, config, strict)
        return
    snapshot = read_snapshot(read_bytes(day))
    print_issues(i for i in find_issues(snapshot) if i.severity == Severity.WARNING)
    with finish_on_interrupt() as stop, progress(snapshot.city.currency) as show:
        made = plan_wave(snapshot, config, on_improvement=show, stop=stop)
    write(output, rendered(snapshot, made, file_format))
    if html is not None:
        write(html, html_report(snapshot, made))
    typer.echo(summary(made), err=is_stdio(output))
    if strict and made.unserved:
        raise typer.Exit(UNSERVED)


def _plan_vrplib(file: Path, output: Path, rounding: Rounding | None, config: PlanConfig) -> None:
    instance = parse_vrplib(decode_utf8(read_bytes(file)), file.stem, rounding)
    with finish_on_interrupt() as stop:
        result = solve_in_child(instance.problem, config.params, stop=stop)
    missing = result.solution.missing(instance.problem)
    if missing:
        left = ", ".join(str(task + 1) for task in missing[:10])
        message = f"No complete solution found; {len(missing)} customers are not served: {left}"
        _fail(f"{message}{' ...' if len(missing) > 10 else '.'}", UNSERVED)
    write(output, format_solution(instance, result.solution))


def _plan_vroom(file: Path, output: Path, config: PlanConfig, strict: bool) -> None:
    with finish_on_interrupt() as stop:
        answered = answer(parse_json(read_bytes(file)), config, stop)
    write(output, json.dumps(answered, ensure_ascii=False) + "\n")
    if strict and answered["unassigned"]:
        raise typer.Exit(UNSERVED)


@app.command()
def check(day: Day, plan_file: PlanFile) -> None:
    """Judge a plan against its day, by rules that the planner does not share."""
    snapshot = sound_snapshot(read_bytes(day))
    made = read_plan(read_bytes(plan_file))
    violations = _violations(snapshot, made)
    for violation in violations:
        typer.echo(str(violation))
    if violations:
        raise typer.Exit(INVALID)
    typer.echo(f"ok: {made.served} orders served, {len(made.unserved)} unserved, no rule broken")


@app.command()
def explain(
    day: Day,
    plan_file: PlanFile,
    order: Annotated[str, typer.Option(help="Id of the order.")],
) -> None:
    """Tell why an order goes with its courier, or why it stays behind."""
    snapshot = sound_snapshot(read_bytes(day))
    made = _sound_plan(snapshot, read_bytes(plan_file))
    try:
        explanation = explain_order(snapshot, made, order)
    except KeyError:
        hint = "--order"
        raise typer.BadParameter(f"The day has no order {order!r}.", param_hint=hint) from None
    typer.echo(describe(snapshot, explanation))


@app.command("analyse")
def analyse_plan(day: Day, plan_file: PlanFile) -> None:
    """Tell where the money of a plan goes, by term and by route, as JSON."""
    snapshot = sound_snapshot(read_bytes(day))
    analysis = asdict(analyse(snapshot, _sound_plan(snapshot, read_bytes(plan_file))))
    write(Path("-"), json.dumps(analysis, ensure_ascii=False, indent=2) + "\n")


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(allow_dash=True, help="The plan before, in JSON.")],
    new: PlanFile,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Tell what changed from one plan to another, and for whom."""
    before, after = read_plan(read_bytes(old)), read_plan(read_bytes(new))
    found = compare(before, after)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        typer.echo(changes(found, after.currency))


@app.command()
def convert(
    day: Day,
    plan_file: Annotated[
        Path | None, typer.Argument(allow_dash=True, help="A plan of it, for formats of plans.")
    ] = None,
    output: Output = Path("-"),
    file_format: Annotated[
        ConvertFormat, typer.Option("--to", help="What to make of it.")
    ] = ConvertFormat.JSON,
    orders: Annotated[Path | None, typer.Option(help="CSV or xlsx with the orders.")] = None,
    couriers: Annotated[Path | None, typer.Option(help="CSV or xlsx with the couriers.")] = None,
) -> None:
    """Make a day of CSV files or workbooks, CSV files of a day, or a report of a plan."""
    if (plan_file is not None) != (file_format in OF_A_PLAN):
        raise typer.BadParameter(f"--to {', '.join(OF_A_PLAN)} need a plan, others take none.")
    document = parse_json(read_bytes(day))
    tabled = with_tables(document, _table(orders), _table(couriers))
    with tabled.told_by_row():
        snapshot = _sound(snapshot_of(tabled.document))
    match file_format:
        case ConvertFormat.JSON:
            made_of_it: str | bytes = dump_snapshot(snapshot)
        case ConvertFormat.ORDERS_CSV:
            made_of_it = orders_csv(snapshot)
        case ConvertFormat.COURIERS_CSV:
            made_of_it = couriers_csv(snapshot)
        case _:
            made = _sound_plan(snapshot, read_bytes(plan_file or Path("-")))
            made_of_it = rendered(snapshot, made, PlanFormat(file_format.value))
    write(output, made_of_it)


@app.command()
def demo(
    output: Output = Path("-"),
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 1,
    orders: Annotated[int, typer.Option(min=1, max=20_000, help="How many.")] = 240,
) -> None:
    """Write a made-up morning in Changchun."""
    write(output, dump_snapshot(changchun_wave(seed=seed, orders=orders)))


@app.command()
def doctor() -> None:
    """Say whether this machine can plan."""
    findings = []
    for finding in examine():
        typer.echo(str(finding))
        findings.append(finding)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(INTERNAL)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"citywave {package_version('citywave')}")


def main() -> NoReturn:
    """Run the command line; a user's mistake is a message and an exit code, never a traceback."""
    try:
        app()
    except InvalidInput as error:
        print_issues(error.issues)
        sys.exit(INVALID)
    except (DispatchError, SolverError) as error:
        _fail(f"{type(error).__name__}: {error}", INTERNAL)
    except OSError as error:
        _fail(f"{error.filename or 'file'}: {error.strerror or error}", USAGE)
    except KeyboardInterrupt:
        _fail("Aborted.", ABORTED)
    sys.exit(0)


# --- reading -------------------------------------------------------------------------------------


def read_bytes(path: Path) -> bytes:
    """A file, or stdin."""
    return sys.stdin.buffer.read() if is_stdio(path) else path.read_bytes()


def _table(path: Path | None) -> Table | None:
    return None if path is None else Table(path.name, read_bytes(path))


def sound_snapshot(text: bytes) -> Snapshot:
    """A day that can be planned.

    Raises:
        InvalidInput: it breaks rules.
    """
    return _sound(read_snapshot(text))


def _sound(snapshot: Snapshot) -> Snapshot:
    issues = find_issues(snapshot)
    if any(issue.severity == Severity.ERROR for issue in issues):
        raise InvalidInput(issues)
    return snapshot


def _sound_plan(snapshot: Snapshot, text: bytes) -> Plan:
    made = read_plan(text)
    if _violations(snapshot, made):
        _fail("The plan breaks rules of this day; `citywave check` tells which.", INVALID)
    return made


def _violations(snapshot: Snapshot, made: Plan) -> list[Violation]:
    return find_violations(snapshot, made, travel_times(snapshot.travel))


def _known_engine(config: PlanConfig) -> None:
    if config.engine not in ENGINES:
        names = ", ".join(sorted(ENGINES))
        raise typer.BadParameter(f"Expected one of {names}.", param_hint="--engine")


# --- writing -------------------------------------------------------------------------------------


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(code)


def print_issues(issues: Iterable[Issue]) -> None:
    """One a line."""
    for issue in issues:
        typer.echo(str(issue), err=True)


def is_stdio(path: Path) -> bool:
    """Whether it is `-`."""
    return str(path) == "-"


def write(path: Path, text: str | bytes) -> None:
    """Into a file, or to stdout."""
    content = text.encode() if isinstance(text, str) else text
    if is_stdio(path):
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def rendered(snapshot: Snapshot, made: Plan, file_format: PlanFormat) -> str | bytes:
    """A plan as a file of this kind."""
    match file_format:
        case PlanFormat.GEOJSON:
            return json.dumps(geojson(snapshot, made), ensure_ascii=False)
        case PlanFormat.CSV:
            return stops_csv(snapshot, made)
        case PlanFormat.XLSX:
            return workbook(snapshot, made)
        case PlanFormat.HTML:
            return html_report(snapshot, made)
        case _:
            return dump_plan(made)
