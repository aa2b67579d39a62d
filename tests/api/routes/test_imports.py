"""Tables and the rest of a day become the day that the command line reads."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dispatch.demo import changchun_wave
from dispatch.wire import dump_snapshot
from dispatch.wire.tables import couriers_csv, orders_csv
from tests.api.client import serving, with_key
from tests.workbooks import cells_of, workbook

WAVE = changchun_wave(orders=12)
DAY = json.loads(dump_snapshot(WAVE))
REST = {key: value for key, value in DAY.items() if key not in ("orders", "couriers")}
ORDERS, COURIERS = orders_csv(WAVE), couriers_csv(WAVE)

Files = dict[str, Any]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The service with small limits: nothing is kept."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    limits = {"max_body_bytes": 50_000, "max_inflated_bytes": 200_000, "max_orders": 12}
    with serving(url, **limits) as opened:
        opened.headers.update(with_key(opened))
        yield opened


def issues(client: TestClient, files: Files, status: int = 422) -> set[tuple[str, str]]:
    told = client.post("/v1/imports", files=files)
    assert told.status_code == status, told.text
    assert told.headers["content-type"] == "application/problem+json"
    return {(issue["code"], issue["pointer"]) for issue in told.json()["issues"]}


@pytest.mark.parametrize("packed", [False, True])
def test_tables_become_a_day(client: TestClient, packed: bool) -> None:
    """CSV, xlsx, or one of each; sent as it is or as gzip."""
    book = workbook(orders=cells_of(ORDERS), couriers=cells_of(COURIERS))
    forms: list[Files] = [
        {"day": json.dumps(REST), "orders": ("o.csv", ORDERS), "couriers": ("c.csv", COURIERS)},
        {"day": ("day.json", json.dumps(REST)), "orders": ("o", book), "couriers": ("c", book)},
        {"day": json.dumps(DAY), "orders": ("o.xlsx", book)},
        {"day": json.dumps(DAY)},
    ]
    for form in forms:
        sent = client.build_request("POST", "/v1/imports", files=form)
        content, headers = sent.read(), {"Content-Type": sent.headers["content-type"]}
        if packed:
            content, headers["Content-Encoding"] = gzip.compress(content), "gzip"
        told = client.post("/v1/imports", content=content, headers=headers)
        assert told.status_code == 200, told.text
        assert told.json() == {"snapshot": DAY, "issues": []}


def test_warnings_come_with_the_day(client: TestClient) -> None:
    """By row and column; those of the rest by pointer."""
    lines = [line.split(",") for line in ORDERS.splitlines()]
    lines[3][lines[0].index("skills")] = "singing"
    rest = {**REST, "vehicle_types": [{**kind} for kind in REST["vehicle_types"]]}
    for kind in rest["vehicle_types"]:
        kind["capacity"] = {k: v for k, v in kind["capacity"].items() if k != "crates"}
    form = {"day": json.dumps(rest | {"couriers": DAY["couriers"]})}
    told = client.post(
        "/v1/imports", files={**form, "orders": ("o.csv", "\n".join(map(",".join, lines)))}
    )
    assert told.status_code == 200, told.text
    found = {(issue["code"], issue["pointer"]) for issue in told.json()["issues"]}
    assert ("skill_nobody_has", "o.csv row 4 column skills") in found
    assert all(where.startswith(("o.csv row ", "/day/")) for _, where in found)
    assert told.json()["snapshot"]["orders"][2]["skills"] == ["singing"]


def test_issues_name_file_row_and_column(client: TestClient) -> None:
    """Or the place in the rest of the day; of the same kind all at once."""
    day = json.dumps(REST)
    staff = ("staff.csv", COURIERS)
    twice = ORDERS.replace("CC0002", "CC0001")
    cases: list[tuple[Files, set[tuple[str, str]]]] = [
        ({"orders": ("o.csv", ORDERS)}, {("missing_key", "/day")}),
        ({"day": day, "couriers": staff}, {("missing_key", "/day/orders")}),
        (
            {"day": day, "orders": ("o.csv", "id,shoe\n"), "couriers": ("c.csv", "")},
            {("unknown_column", "o.csv row 1"), ("empty_table", "c.csv")},
        ),
        (
            {"day": day, "orders": ("a/o.csv", twice), "couriers": staff},
            {("duplicate_id", "o.csv row 3 column id")},
        ),
        (
            {"day": day, "orders": ("o.csv", ORDERS.splitlines()[0]), "couriers": staff},
            {("empty_wave", "o.csv")},
        ),
        (
            {"day": day, "orders": ("o.csv", ORDERS + "x,1,2\n"), "couriers": staff},
            {("ragged_row", "o.csv row 14")},
        ),
        (
            {"day": '{"city": 1}', "orders": ("o.csv", ORDERS), "couriers": staff},
            {
                ("wrong_type", "/day/city"),
                ("missing_key", "/day/wave"),
                ("missing_key", "/day/depots"),
                ("missing_key", "/day/vehicle_types"),
            },
        ),
        ({"day": day, "plan": "{}"}, {("unknown_key", "/plan")}),
    ]
    for form, expected in cases:
        assert issues(client, form) == expected


def test_what_is_too_much(client: TestClient) -> None:
    """Orders for this server, and bytes: sent, and once a workbook is unpacked."""
    more = ORDERS + ORDERS.splitlines()[-1].replace("CC0012", "CC0013")
    form = {"day": json.dumps(REST), "couriers": ("c.csv", COURIERS)}
    assert issues(client, {**form, "orders": ("o.csv", more)}) == {("too_many_orders", "o.csv")}
    bomb = workbook(orders=[["id"], *([f"order {n}"] for n in range(3000))])
    assert len(bomb) < 40_000
    assert issues(client, {**form, "orders": ("o.xlsx", bomb)}) == {("file_too_large", "o.xlsx")}
    assert issues(client, {**form, "orders": ("o.csv", "x" * 50_000)}, 413) == set()


def test_what_is_no_form(client: TestClient) -> None:
    """400 where it is broken, 415 where it is something else."""
    form = "multipart/form-data"
    part = b'--x\r\nContent-Disposition: form-data; name="day"\r\n\r\n{}\r\n'
    cases = [
        (form, b"{}", 400),
        (f"{form}; boundary=x", b"{}", 400),
        (f"{form}; boundary=x", part, 400),
        (f"{form}; boundary=x", part * 21 + b"--x--\r\n", 400),
        (f"{form}; boundary=x", b"--x\r\n\r\n{}\r\n--x--\r\n", 400),
        (f"{form}; boundary={'x' * 500}", b"{}", 400),
        (f"{form}; boundary=x", part * 2 + b"--x--\r\n", 422),
        ("application/json", b"{}", 415),
        ("text/csv", ORDERS.encode(), 415),
    ]
    for kind, content, status in cases:
        told = client.post("/v1/imports", content=content, headers={"Content-Type": kind})
        assert told.status_code == status, (kind, content, told.text)


def test_files_that_are_no_text(client: TestClient) -> None:
    """Are told by name and line."""
    bad = ("wrong.csv", b"id\n\xff")
    assert issues(client, {"day": b"{}", "orders": bad}, 400) == {("not_utf8", "wrong.csv line 2")}
    assert issues(client, {"day": (None, b"{")}, 400) == {("not_json", "day line 1 column 2")}
    assert issues(client, {"day": ("d.json", b"\xff")}, 400) == {("not_utf8", "d.json line 1")}
