"""Reports: text, HTML, GeoJSON, CSV."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from dispatch.demo import changchun_wave
from dispatch.orders import Lateness
from dispatch.plan import Plan
from dispatch.planner import PlanConfig, plan
from dispatch.report import geojson, html_report, stops_csv, summary, workbook
from dispatch.snapshot import Snapshot
from dispatch.units import TimeWindow
from tests.browser import look_at, needs_chromium
from tests.worlds import A, B, C, order, village

STEPS = PlanConfig(time_limit_s=None, step_limit=3000)


@pytest.fixture(scope="module")
def morning() -> tuple[Snapshot, Plan]:
    snapshot = changchun_wave(orders=60)
    return snapshot, plan(snapshot, STEPS)


class Page(HTMLParser):
    """Collects tags, attributes and text, and checks that tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_loads_nothing_and_runs_only_its_own_script(
    morning: tuple[Snapshot, Plan],
) -> None:
    """No address of anything else, and a policy that would not allow it."""
    page = html_report(*morning)
    tags = Page(page).tags
    policy = next(a["content"] for tag, a in tags if a.get("http-equiv") is not None)
    assert policy is not None
    assert "default-src 'none'" in policy
    assert not {tag for tag, _ in tags} & {"link", "img", "iframe", "object", "base", "a"}
    assert not any(name in ("src", "href") or name.startswith("on") for _, a in tags for name in a)
    assert "http://" not in page.replace("http-equiv", "")
    assert "https://" not in page


def test_every_order_is_on_the_page_and_unserved_ones_come_first(
    morning: tuple[Snapshot, Plan],
) -> None:
    """Ids, reasons and fixes; the table of the unserved stands before the map."""
    snapshot, made = morning
    page = html_report(snapshot, made)
    text = " ".join(Page(page).words)
    assert all(order.id in text for order in snapshot.orders)
    assert all(left.fix in text for left in made.unserved)
    assert page.index('id="unserved"') < page.index('id="map"') < page.index('id="timeline"')


def test_names_from_outside_cannot_become_markup() -> None:
    """An order that calls itself a script, an address with quotes."""
    evil = "<script>alert(1)</script>"
    place = type(A)(A.lon, A.lat, '"><img src=x onerror=alert(1)>')
    world = village(orders=(order(evil, place), order("b", B)))
    page = html_report(world, plan(world, STEPS))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("<script>") == 1


def test_late_and_tight_stops_are_marked() -> None:
    """C's window ends a minute before anyone can be there, for a price."""
    late = order(
        "c", C, windows=(TimeWindow(0, 420),), lateness=Lateness(cost_per_min=1, limit_s=900)
    )
    world = village(orders=(late,))
    made = plan(world, STEPS)
    assert made.routes[0].stops[0].late_s == 60
    page = html_report(world, made)
    assert 'class="bar serve late"' in page
    assert "late 1 min" in page
    assert "  late           1 min" in summary(made)


def test_a_plan_without_routes_has_a_page() -> None:
    """Everything unserved: no map lines, no division by zero."""
    world = village(orders=(order("a", A, unserved_cost=0),))
    made = plan(world, STEPS)
    assert made.routes == ()
    assert "cheaper unserved" in html_report(world, made)


def test_geojson_tells_every_feature(morning: tuple[Snapshot, Plan]) -> None:
    """One line a route, one point an order; positions are [lon, lat]."""
    snapshot, made = morning
    features = json.loads(json.dumps(geojson(snapshot, made)))["features"]
    kinds = [feature["properties"]["kind"] for feature in features]
    assert kinds.count("route") == len(made.routes)
    assert kinds.count("stop") == made.served
    assert kinds.count("unserved") == len(made.unserved)
    assert all(
        124 < feature["geometry"]["coordinates"][0] < 127
        for feature in features
        if feature["geometry"]["type"] == "Point"
    )


def test_csv_has_a_row_for_every_order(morning: tuple[Snapshot, Plan]) -> None:
    """Served ones with times, unserved ones with reason and fix."""
    snapshot, made = morning
    rows = list(csv.DictReader(io.StringIO(stops_csv(snapshot, made))))
    assert sorted(row["order"] for row in rows) == sorted(order.id for order in snapshot.orders)
    served = [row for row in rows if row["status"] == "served"]
    assert all(re.fullmatch(r"2026-11-24T\d\d:\d\d:\d\d\+08:00", row["arrival"]) for row in served)
    assert all(row["reason"] and row["fix"] for row in rows if row["status"] == "unserved")


@pytest.mark.browser
@needs_chromium
def test_the_page_opens_offline_in_a_browser(
    morning: tuple[Snapshot, Plan], tmp_path: Path
) -> None:
    """Chromium without network runs the page's script: a map of a size, no error on the console."""
    file = tmp_path / "plan.html"
    file.write_text(html_report(*morning), encoding="utf-8")
    picture = tmp_path / "plan.png"
    done = look_at(file.as_uri(), tmp_path, f"--screenshot={picture}")
    assert "CONSOLE" not in done.stderr
    assert picture.stat().st_size > 50_000


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_workbook_has_what_the_plan_has(morning: tuple[Snapshot, Plan]) -> None:
    """Every order once, routes and totals; times are local ones that a spreadsheet can sort."""
    snapshot, made = morning
    found = sheets(workbook(snapshot, made))
    assert list(found) == ["stops", "routes", "unserved", "totals"]
    head, *rows = found["stops"]
    assert sorted(row[0] for row in rows) == sorted(order.id for order in snapshot.orders)
    first = dict(zip(head, rows[0], strict=True))
    stop = made.routes[0].stops[0]
    local = made.release.astimezone(ZoneInfo(made.time_zone)).replace(tzinfo=None)
    assert first["arrival"] == local + timedelta(seconds=stop.arrival_s)
    head, *rows = found["routes"]
    costs = [dict(zip(head, row, strict=True))["cost.total"] for row in rows]
    assert costs == [pytest.approx(route.cost.total / 100) for route in made.routes]
    totals = {row[0]: row[1] for row in found["totals"]}
    assert totals["cost.total"] == pytest.approx(made.cost.total / 100)
    assert workbook(snapshot, made) == workbook(snapshot, made)


def test_nothing_in_a_workbook_is_a_formula() -> None:
    """Text that a spreadsheet would calculate or call is text, also once it is kept as CSV."""
    names = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "http://example.com"]
    snapshot = village(orders=tuple(order(name, A) for name in names))
    content = workbook(snapshot, plan(snapshot, STEPS))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        pages = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        assert pages
        assert not any(b"<f>" in parts.read(name) for name in pages)
        assert not any("rels" in name for name in pages)
    told = {row[0] for row in sheets(content)["stops"][1:]}
    assert told == {f"'{name}" for name in names[:4]} | {names[4]}
