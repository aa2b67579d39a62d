"""The day's JSON: what is refused, where, and that no mistake ends in a traceback."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import jsonschema
import pytest

from dispatch.demo import changchun_wave
from dispatch.errors import InvalidInput, Issue, Severity
from dispatch.units import TimeWindow
from dispatch.validate import find_issues
from dispatch.wire import (
    dump_snapshot,
    json_schemas,
    read_snapshot,
    snapshot_digest,
)
from dispatch.wire.models import PRIORITY_COST
from tests.worlds import village

DAY = json.loads(dump_snapshot(changchun_wave(orders=40)))


def issues_of(text: str | bytes) -> list[Issue]:
    """All issues of a text, by shape or by rule; empty if it can be planned."""
    try:
        snapshot = read_snapshot(text)
    except InvalidInput as error:
        return list(error.issues)
    return [issue for issue in find_issues(snapshot) if issue.severity == Severity.ERROR]


def changed(place: str, value: Any) -> str:
    """The day as text with another value at a JSON pointer; `...` takes it away."""
    document = copy.deepcopy(DAY)
    *path, last = [int(part) if part.isdigit() else part for part in place.split("/")[1:]]
    here = document
    for part in path:
        here = here[part]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return json.dumps(document)


WINDOW = DAY["orders"][0]["windows"][0]

MISTAKES = [
    ("/orders/3/service_min", 3, "unknown_key", "/orders/3/service_min"),
    ("/orders/3/load/weight_kg", 3, "wrong_unit", "/orders/3/load/weight_kg"),
    ("/orders/3/location", [43.88, 125.3], "swapped_position", "/orders/3/location"),
    ("/orders/3/location", [12.5, 41.9], "far_from_depot", "/orders/3/location"),
    ("/orders/3/location", [125.3], "missing_key", "/orders/3/location/1"),
    ("/orders/3/location", [False, 43.0], "wrong_type", "/orders/3/location/0"),
    ("/orders/3/location", [200.0, 95.0], "out_of_range", "/orders/3/location"),
    ("/orders/3/id", DAY["orders"][0]["id"], "duplicate_id", "/orders/3/id"),
    ("/orders/3/id", "", "malformed_name", "/orders/3/id"),
    ("/orders/3/id", 7, "wrong_type", "/orders/3/id"),
    ("/orders/3/load/weight_g", -1, "out_of_range", "/orders/3/load/weight_g"),
    ("/orders/3/load/weight_g", 1.5, "wrong_type", "/orders/3/load/weight_g"),
    ("/orders/3/load/weight_g", True, "wrong_type", "/orders/3/load/weight_g"),
    ("/orders/3/load/weight_g", 9_000_000, "heavier_than_any_vehicle", "/orders/3/load/weight_g"),
    ("/orders/3/service_s", 180_000, "out_of_range", "/orders/3/service_s"),
    ("/orders/3/temperature_zone", "warm", "unknown_value", "/orders/3/temperature_zone"),
    ("/orders/3/windows", [], "empty_list", "/orders/3/windows"),
    ("/orders/3/windows/0", {"start": WINDOW["end"], "end": WINDOW["start"]},
     "reversed_window", "/orders/3/windows/0"),
    ("/orders/3/windows", [WINDOW, WINDOW], "overlapping_windows", "/orders/3"),
    ("/orders/3/windows/0/start", "2026-11-24T08:00:00", "time_without_offset",
     "/orders/3/windows/0/start"),
    ("/orders/3/windows/0/start", 1_763_942_400, "wrong_type", "/orders/3/windows/0/start"),
    ("/orders/3/windows/0/start", "8 o'clock", "malformed_time", "/orders/3/windows/0/start"),
    ("/orders/3/windows/0/start", "2026-11-31T08:00:00Z", "malformed_time",
     "/orders/3/windows/0/start"),
    ("/orders/3/windows/0/end", "2027-11-24T08:00:00Z", "far_from_release",
     "/orders/3/windows/0/end"),
    ("/orders/3/priority", 2, "priority_and_cost", "/orders/3"),
    ("/orders/3/depot", "store-chaoyan", "unknown_depot", "/orders/3/depot"),
    ("/orders", [], "empty_wave", "/orders"),
    ("/orders", {}, "wrong_type", "/orders"),
    ("/orders", ..., "missing_key", "/orders"),
    ("/couriers", [], "empty_list", "/couriers"),
    ("/couriers/0/vehicle_type", "bike", "unknown_vehicle_type", "/couriers/0/vehicle_type"),
    ("/couriers/0/shift", ..., "missing_key", "/couriers/0/shift"),
    ("/vehicle_types/0/speed_factor", 0, "out_of_range", "/vehicle_types/0/speed_factor"),
    ("/vehicle_types/1/temperature_zones", ["ambient"], "zone_not_carried", None),
    ("/city/time_zone", "Asia/Changchun", "unknown_time_zone", "/city/time_zone"),
    ("/city/time_zone", "Asia", "unknown_time_zone", "/city/time_zone"),
    ("/city/currency", "yuan", "malformed_name", "/city/currency"),
    ("/travel/kind", "osrm", "unknown_value", "/travel/kind"),
    ("/travel/kind", ..., "missing_key", "/travel"),
    ("/travel/speed_kmh", 0, "out_of_range", "/travel/speed_kmh"),
    ("/travel", {"kind": "matrix", "positions": [[125.3, 43.9]], "durations_s": [[0, 1]],
                 "distances_m": [[0]]}, "wrong_shape", "/travel"),
    ("/travel", {"kind": "matrix", "positions": [[125.3, 43.9]], "durations_s": [[0]],
                 "distances_m": [[0]]}, "missing_position", "/depots/0/location"),
    ("/locks", [{"order": "nobody", "courier": "ebike-01"}], "unknown_order", "/locks/0/order"),
    ("/locks", [{"order": "CC0001", "courier": c} for c in ("ebike-01", "ebike-02")],
     "conflicting_locks", "/locks/1"),
    ("/fixed_starts", [{"courier": "ebike-01", "orders": ["CC0001", "CC0001"]}],
     "conflicting_locks", "/fixed_starts/0/orders/1"),
    ("/fixed_starts", [{"courier": "ebike-01", "orders": [k]} for k in ("CC0001", "CC0002")],
     "conflicting_locks", "/fixed_starts/1/courier"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "value", "code", "where"), MISTAKES)
def test_a_mistake_is_named_with_its_place(
    place: str, value: Any, code: str, where: str | None
) -> None:
    """Each mistake gives its code, its JSON pointer, and something to do about it."""
    found = issues_of(changed(place, value))
    assert code in {issue.code for issue in found}
    issue = next(issue for issue in found if issue.code == code)
    assert where is None or issue.where == where
    assert issue.message.endswith(".")
    assert issue.action


def test_all_mistakes_are_told_at_once() -> None:
    """Shape and rules: three orders are broken in three ways, and two share an id."""
    document = copy.deepcopy(DAY)
    document["orders"][1]["service_s"] = "long"
    document["orders"][5]["temperature_zone"] = "warm"
    document["orders"][9]["id"] = document["orders"][8]["id"]
    found = {(issue.code, issue.where) for issue in issues_of(json.dumps(document))}
    assert found == {
        ("wrong_type", "/orders/1/service_s"),
        ("unknown_value", "/orders/5/temperature_zone"),
        ("duplicate_id", "/orders/9/id"),
    }


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("", "not_json", "line 1 column 1"),
        ("{", "not_json", "line 1 column 2"),
        ("id,lon,lat\n1,2,3\n", "not_json", "line 1 column 1"),
        ("[]", "wrong_type", ""),
        ("null", "wrong_type", ""),
        ("[" * 100_000, "not_json", ""),
        ('{"a": 1' + "0" * 5000 + "}", "not_json", ""),
        ("{}".encode("utf-16"), "not_utf8", "line 1"),
        ('{"city": "长春"}'.encode("gbk"), "not_utf8", "line 1"),
        ('{"city": {"name": "\\ud800"}}', "broken_text", "/city/name"),
        ('{"orders": [], "orders": []}', "duplicate_key", "/orders"),
        ('{"travel": {"speed_kmh": NaN}}', "not_finite", "/travel/speed_kmh"),
        ('{"orders": [{"location": [1e999, 0]}]}', "not_finite", "/orders/0/location/0"),
    ],
)
def test_what_is_no_json_is_told_by_place(text: str | bytes, code: str, where: str) -> None:
    """Neither bad bytes nor bad syntax ends in a traceback."""
    assert (code, where) in {(issue.code, issue.where) for issue in issues_of(text)}


def test_two_hundred_mutations_never_end_in_a_traceback() -> None:
    """Values of any type anywhere in the document: accepted, or issues that name a place."""
    rng = random.Random(1)
    junk: list[Any] = [
        None,
        True,
        -1,
        0,
        1e300,
        2**70,
        "",
        "x",
        "2026-11-24T08:00:00",
        [],
        {},
        [[]],
        ...,
    ]
    refused = 0
    for _ in range(200):
        document = copy.deepcopy(DAY)
        for _ in range(rng.randint(1, 3)):
            _mutate(rng, document, rng.choice(junk))
        found = issues_of(json.dumps(document))
        assert all(issue.where and issue.message and issue.action for issue in found)
        refused += bool(found)
    assert 100 < refused


def _mutate(rng: random.Random, here: Any, value: Any) -> None:
    """Replace, rename or remove something at a random depth."""
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = rng.choice(keys)
        if rng.random() < 0.6 and isinstance(here[key], (dict, list)) and here[key]:
            here = here[key]
            continue
        if value is not ...:
            here[key] = value
        elif isinstance(here, dict) and rng.random() < 0.5:
            here[f"{key}_"] = here.pop(key)
        else:
            del here[key]
        return


def test_at_most_a_thousand_issues_are_told() -> None:
    """A wave of 1,500 orders around the wrong depot is not told 1,500 times."""
    wave = changchun_wave(orders=1500)
    found = find_issues(wave.replace(orders=tuple(o for o in wave.orders for _ in range(2))))
    assert len(found) == 1001
    assert found[-1].code == "too_many_issues"


def test_times_of_any_offset_are_one_time() -> None:
    """08:00+08:00 is midnight UTC; order of windows does not matter."""
    document = copy.deepcopy(DAY)
    document["orders"][0]["windows"] = [
        {"start": "2026-11-24T03:00:00Z", "end": "2026-11-24T04:00:00z"},
        {"start": "2026-11-24T08:00:00+08:00", "end": "2026-11-24T09:00:00+08:00"},
    ]
    order = read_snapshot(json.dumps(document)).orders[0]
    assert order.windows == (TimeWindow(3600, 7200), TimeWindow(4 * 3600, 5 * 3600))


@pytest.mark.parametrize(("priority", "cost"), [*PRIORITY_COST.items(), (None, 10_000)])
def test_priorities_are_prices(priority: int | None, cost: int) -> None:
    """A priority stands for the price of leaving the order out."""
    document = copy.deepcopy(DAY)
    del document["orders"][0]["unserved_cost"]
    document["orders"][0]["priority"] = priority
    assert read_snapshot(json.dumps(document)).orders[0].unserved_cost == cost


def test_matrices_and_locks_survive_the_file() -> None:
    """The village's own matrix, with a way that does not exist."""
    text = dump_snapshot(village())
    document = json.loads(text)
    document["travel"]["durations_s"][0][1] = None
    back = read_snapshot(json.dumps(document))
    assert back.travel.durations_s[0, 1] == -1  # type: ignore[union-attr]
    assert snapshot_digest(back) != snapshot_digest(village())
    assert json.loads(dump_snapshot(back)) == document


def test_the_schema_accepts_what_is_written_and_refuses_mistakes() -> None:
    """JSON Schema is for other people's tools; it says the same about shape."""
    schema = json.loads(json_schemas()["day.schema.json"])
    jsonschema.validate(DAY, schema)
    for place, value in (("/orders/3/service_min", 3), ("/orders/3/load/weight_g", -1)):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(json.loads(changed(place, value)), schema)
