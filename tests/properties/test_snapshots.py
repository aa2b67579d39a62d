"""Any generated wave: it survives its file, and its plan breaks no rule and loses no order."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from dispatch.check import find_violations
from dispatch.decode import decode
from dispatch.encode import encode_plan
from dispatch.errors import Severity
from dispatch.explain import describe, explain_served, explain_unserved
from dispatch.plan import Plan
from dispatch.report import geojson, html_report, stops_csv, summary
from dispatch.snapshot import Snapshot
from dispatch.travel import travel_times
from dispatch.validate import encode_valid, find_issues
from dispatch.wire import (
    dump_plan,
    dump_snapshot,
    read_plan,
    read_snapshot,
    snapshot_digest,
    snapshot_of,
)
from dispatch.wire.tables import Table, couriers_csv, orders_csv, with_tables
from solver.insertion import Insertions
from solver.params import SolveParams
from solver.solve import solve
from tests.generators import snapshots


def judge(snapshot: Snapshot) -> None:
    """The whole way of `planner.plan`, in this process."""
    assert [i for i in find_issues(snapshot) if i.severity == Severity.ERROR] == []
    travel = travel_times(snapshot.travel)
    encoding = encode_valid(snapshot, travel)
    result = solve(encoding.problem, SolveParams(step_limit=1500))
    into = Insertions(encoding.problem, result.solution)
    unserved = [explain_unserved(encoding, into, i) for i in result.solution.unserved]
    plan = decode(encoding, result, unserved, seed=1)
    assert find_violations(snapshot, plan, travel) == []
    told = [stop.order for _, stop in plan.stops()] + [left.order for left in plan.unserved]
    assert sorted(told) == sorted(order.id for order in snapshot.orders)
    assert read_plan(dump_plan(plan)) == plan
    solution = encode_plan(encoding, plan)
    assert solution == result.solution
    for index in range(len(snapshot.orders)):
        if index not in solution.unserved:
            assert describe(snapshot, explain_served(encoding, solution, index))
    _reports(snapshot, plan)


def _reports(snapshot: Snapshot, plan: Plan) -> None:
    """Every report is made and tells of every order."""
    page, table = html_report(snapshot, plan), stops_csv(snapshot, plan)
    assert "citywave" in page
    assert len(table.splitlines()) >= 1 + len(snapshot.orders)
    features = json.loads(json.dumps(geojson(snapshot, plan)))["features"]
    assert sum(f["properties"]["kind"] in ("stop", "unserved") for f in features) == len(
        snapshot.orders
    )
    assert f"{plan.served} of {len(snapshot.orders)}" in summary(plan)


@given(snapshots())
@settings(max_examples=40)
def test_every_wave_gets_a_sound_plan(snapshot: Snapshot) -> None:
    """The checker is silent, every order is told once, every report can be made."""
    judge(snapshot)


@pytest.mark.slow
@given(snapshots())
@settings(max_examples=1000)
def test_every_wave_of_a_thousand_gets_a_sound_plan(snapshot: Snapshot) -> None:
    """The same for 1,000 waves."""
    judge(snapshot)


@given(snapshots())
@settings(max_examples=100)
def test_a_wave_survives_its_files(snapshot: Snapshot) -> None:
    """JSON and CSV bring back what was written."""
    text = dump_snapshot(snapshot)
    back = read_snapshot(text)
    assert dump_snapshot(back) == text
    assert snapshot_digest(back) == snapshot_digest(snapshot)
    assert (back.orders, back.couriers) == (snapshot.orders, snapshot.couriers)
    tabled = with_tables(
        json.loads(text),
        Table("orders.csv", orders_csv(snapshot)),
        Table("couriers.csv", couriers_csv(snapshot)),
    )
    tables = snapshot_of(tabled.document)
    assert tables.couriers == snapshot.couriers
    assert tables.orders == snapshot.orders
