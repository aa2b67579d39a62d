"""The command line, as processes see it: streams and exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot, read_plan, read_snapshot
from tests.dispatch.vroom.problems import documented
from tests.workbooks import cells_of, workbook

ROOT = Path(__file__).parents[2]
STREET = """NAME : street
TYPE : VRPTW
DIMENSION : 4
VEHICLES : 2
CAPACITY : 10
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
EDGE_WEIGHT_SECTION
0 10 20 30
99 0 10 20
99 99 0 10
30 99 99 0
DEMAND_SECTION
1 0
2 3
3 3
4 4
DEPOT_SECTION
1
-1
SERVICE_TIME_SECTION
1 0
2 5
3 5
4 5
TIME_WINDOW_SECTION
1 0 200
2 0 100
3 20 100
4 0 100
EOF
"""
"""A one-way street; the optimum drives along it once, at a cost of 60."""


def citywave(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from dispatch.cli import main; main()", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `day.json` and its `plan.json`."""
    made = tmp_path_factory.mktemp("cli")
    (made / "day.json").write_text(dump_snapshot(changchun_wave(orders=60)), encoding="utf-8")
    done = citywave("plan", made / "day.json", "-o", made / "plan.json", "--step-limit", "4000")
    assert done.returncode == 0, done.stderr
    (made / "summary.txt").write_text(done.stdout, encoding="utf-8")
    return made


def test_a_plan_is_written_and_summed_up(folder: Path) -> None:
    """The plan goes to its file, the summary to stdout."""
    plan = read_plan((folder / "plan.json").read_bytes())
    text = (folder / "summary.txt").read_text(encoding="utf-8")
    assert f"orders served  {plan.served} of 60" in text
    assert all(left.order in text for left in plan.unserved)


def test_dashes_are_stdin_and_stdout(folder: Path) -> None:
    """Only the result on stdout, the summary on stderr; steps make it repeatable."""
    day = (folder / "day.json").read_text(encoding="utf-8")
    done = citywave("plan", "-", "--step-limit", "4000", "--format", "csv", stdin=day)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].startswith("order,status,courier")
    assert "orders served" in done.stderr
    again = citywave("plan", "-", "--step-limit", "4000", "--format", "csv", stdin=day)
    assert again.stdout == done.stdout


def test_strict_tells_unserved_orders_by_exit_code(folder: Path) -> None:
    """4 with --strict; the plan is written all the same."""
    out = folder / "strict.json"
    done = citywave("plan", folder / "day.json", "-o", out, "--step-limit", "2000", "--strict")
    assert done.returncode == 4
    assert read_plan(out.read_bytes()).unserved


def test_check_accepts_the_plan_and_refuses_a_changed_one(folder: Path) -> None:
    """0, then 3 with the rule's name on stdout."""
    assert citywave("check", folder / "day.json", folder / "plan.json").returncode == 0
    document = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    document["routes"][0]["stops"][0]["slack_s"] += 1
    wrong = folder / "wrong.json"
    wrong.write_text(json.dumps(document), encoding="utf-8")
    done = citywave("check", folder / "day.json", wrong)
    assert done.returncode == 3
    assert "[slack_claim]" in done.stdout
    assert citywave("explain", folder / "day.json", wrong, "--order", "CC0001").returncode == 3


def test_every_order_can_be_explained(folder: Path) -> None:
    """A served one, an unserved one, and one that the day does not have."""
    plan = read_plan((folder / "plan.json").read_bytes())
    files = (folder / "day.json", folder / "plan.json")
    served = citywave("explain", *files, "--order", plan.routes[0].stops[0].order)
    assert "other couriers that could take it" in served.stdout
    unserved = citywave("explain", *files, "--order", plan.unserved[0].order)
    assert plan.unserved[0].detail in unserved.stdout
    unknown = citywave("explain", *files, "--order", "nobody")
    assert unknown.returncode == 2
    assert "nobody" in unknown.stderr


def test_mistakes_are_issues_and_exit_code_3(folder: Path) -> None:
    """Every issue on a line of its own on stderr, no traceback."""
    document = json.loads((folder / "day.json").read_text(encoding="utf-8"))
    document["orders"][0]["service_min"] = 3
    document["orders"][1]["load"]["weight_g"] = -1
    done = citywave("plan", "-", stdin=json.dumps(document))
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 2
    assert "/orders/0/service_min" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["plan", "nowhere.json"], 2),
        (["plan", "nowhere.json", "--engine", "magic"], 2),
        (["plan", "nowhere.json", "--time-limit", "-1"], 2),
        (["plan", "nowhere.json", "--format", "sol"], 2),
        (["plan", "nowhere.json", "--round", "trunc"], 2),
        (["plan", "nowhere.json", "--from", "vroom", "--format", "csv"], 2),
        (["convert", "nowhere.json", "--to", "html"], 2),
        (["check", "nowhere.json", "nowhere.json"], 2),
        (["nonsense"], 2),
        (["version"], 0),
        (["--help"], 0),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], code: int) -> None:
    """Missing files, unknown engines, options that don't go together."""
    done = citywave(*arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_convert_goes_round(folder: Path) -> None:
    """Day to CSV and back; a mistake in a table is told by its row."""
    day, orders, couriers = folder / "day.json", folder / "orders.csv", folder / "couriers.csv"
    assert citywave("convert", day, "--to", "orders-csv", "-o", orders).returncode == 0
    assert citywave("convert", day, "--to", "couriers-csv", "-o", couriers).returncode == 0
    back = citywave("convert", day, "--orders", orders, "--couriers", couriers)
    assert back.stdout == day.read_text(encoding="utf-8")
    text = orders.read_text(encoding="utf-8").replace("ambient", "warm", 1)
    orders.write_text(text, encoding="utf-8")
    wrong = citywave("convert", day, "--orders", orders)
    assert wrong.returncode == 3
    assert "orders.csv row " in wrong.stderr
    assert " column temperature_zone" in wrong.stderr


def test_convert_reads_workbooks(folder: Path, tmp_path: Path) -> None:
    """Told from CSV by what is in them, not by their name."""
    day = folder / "day.json"
    tables = {
        key: cells_of(citywave("convert", day, "--to", f"{key}-csv").stdout)
        for key in ("orders", "couriers")
    }
    book = tmp_path / "tables.csv"
    book.write_bytes(workbook(**tables))
    back = citywave("convert", day, "--orders", book, "--couriers", book)
    assert back.stdout == day.read_text(encoding="utf-8")
    tables["orders"][2][0] = tables["orders"][1][0]
    book.write_bytes(workbook(**tables))
    wrong = citywave("convert", day, "--orders", book)
    assert wrong.returncode == 3
    assert "tables.csv row 3 column id" in wrong.stderr


@pytest.mark.parametrize("kind", ["geojson", "csv", "html"])
def test_convert_makes_reports_of_a_plan(folder: Path, kind: str) -> None:
    """The same files that `plan` writes."""
    done = citywave("convert", folder / "day.json", folder / "plan.json", "--to", kind)
    assert done.returncode == 0
    assert "CC0001" in done.stdout


def test_a_workbook_of_a_plan(folder: Path, tmp_path: Path) -> None:
    """Bytes that are no text arrive as they are."""
    made = tmp_path / "plan.xlsx"
    files = folder / "day.json", folder / "plan.json"
    assert citywave("convert", *files, "--to", "xlsx", "-o", made).returncode == 0
    with zipfile.ZipFile(made) as parts:
        assert parts.testzip() is None
        assert b"CC0001" in parts.read("xl/sharedStrings.xml")


def test_vrplib_files_are_planned(tmp_path: Path) -> None:
    """The one-way street costs 60; a file that is none of this kind is exit code 3."""
    (tmp_path / "street.txt").write_text(STREET)
    options = ("--from", "vrplib", "--format", "sol", "--step-limit", "500")
    done = citywave("plan", tmp_path / "street.txt", *options)
    assert done.stdout == "Route #1: 1 2 3\nCost 60\n"
    wrong = citywave("plan", "-", *options, stdin=STREET.replace("3 20 100", "3 200 100"))
    assert wrong.returncode == 3
    assert "reversed_window" in wrong.stderr
    closed = STREET.replace("4 0 100", "4 0 5")
    missing = citywave("plan", "-", *options, stdin=closed)
    assert (missing.returncode, missing.stdout) == (4, "")
    assert "not served: 3" in missing.stderr


def test_vroom_problems_are_answered(tmp_path: Path) -> None:
    """In VROOM's own JSON; refused keys are issues and exit code 3."""
    (tmp_path / "in.json").write_text(json.dumps(documented(options={"x": 0, "t": 1})))
    done = citywave("plan", tmp_path / "in.json", "--from", "vroom")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["summary"]["cost"] == 5461
    unserved = json.dumps(documented(jobs=[{"id": 1, "location_index": 1, "skills": [1]}]))
    options = ("--from", "vroom", "--step-limit", "100")
    assert citywave("plan", "-", *options, "--strict", stdin=unserved).returncode == 4
    refused = citywave("plan", "-", *options, stdin=json.dumps(documented(shipments=[1])))
    assert refused.returncode == 3
    assert "/shipments" in refused.stderr
    assert "unsupported_key" in refused.stderr


def test_the_demo_is_the_example() -> None:
    """`make example` wrote what `citywave demo` writes."""
    example = (ROOT / "examples" / "changchun_wave.json").read_text(encoding="utf-8")
    assert citywave("demo").stdout == example
    assert len(read_snapshot(example).orders) == 240


def test_the_doctor_finds_this_machine_healthy() -> None:
    """Every check passes, the small wave included."""
    done = citywave("doctor")
    assert done.returncode == 0, done.stdout
    assert "served" in done.stdout


@pytest.mark.slow
def test_the_first_interrupt_writes_the_best_plan_so_far(folder: Path) -> None:
    """Ctrl-C after some seconds of a minute: a sound plan, exit code 0."""
    out = folder / "interrupted.json"
    child = subprocess.Popen(
        [sys.executable, "-c", "from dispatch.cli import main; main()", "plan",
         str(folder / "day.json"), "-o", str(out), "--time-limit", "60"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    time.sleep(5)
    began = time.monotonic()
    os.killpg(child.pid, signal.SIGINT)
    _, stderr = child.communicate(timeout=30)
    assert time.monotonic() - began < 30
    assert child.returncode == 0, stderr
    assert b"best plan so far" in stderr
    plan = read_plan(out.read_bytes())
    assert plan.stop_reason == "finished"
    assert citywave("check", folder / "day.json", out).returncode == 0
