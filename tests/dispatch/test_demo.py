"""The made-up morning."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from dispatch.demo import changchun_wave
from dispatch.demo.changchun import AWKWARD_ORDERS, NEIGHBOURHOODS
from dispatch.errors import DomainError, Severity
from dispatch.orders import Zone
from dispatch.plan import Reason
from dispatch.snapshot import Snapshot
from dispatch.validate import find_issues
from dispatch.wire import dump_snapshot, read_snapshot


@pytest.fixture(scope="module")
def morning() -> Snapshot:
    return changchun_wave()


def test_the_same_seed_gives_the_same_bytes() -> None:
    """A seed decides the wave, and another seed makes another one."""
    assert dump_snapshot(changchun_wave(seed=3)) == dump_snapshot(changchun_wave(seed=3))
    assert dump_snapshot(changchun_wave(seed=3)) != dump_snapshot(changchun_wave(seed=4))


@pytest.mark.parametrize("orders", [1, 7, 60, 240])
def test_every_size_is_valid_and_comes_back_from_its_file(orders: int) -> None:
    """The wave has the orders asked for, breaks no rule, and survives its own JSON."""
    wave = changchun_wave(orders=orders)
    assert len(wave.orders) == orders
    assert [issue for issue in find_issues(wave) if issue.severity == Severity.ERROR] == []
    assert read_snapshot(dump_snapshot(wave)).orders == wave.orders


def test_no_orders_is_refused() -> None:
    """A wave has at least one order."""
    with pytest.raises(DomainError, match="orders >= 1, got 0"):
        changchun_wave(orders=0)


def test_couriers_grow_with_the_orders() -> None:
    """Ten times the orders bring about ten times the couriers."""
    small, large = changchun_wave(orders=200), changchun_wave(orders=2000)
    assert len(large.couriers) == pytest.approx(10 * len(small.couriers), rel=0.1)


def test_the_morning_has_every_kind_of_order(morning: Snapshot) -> None:
    """All zones, two windows, priced lateness, skills and bound depots occur."""
    orders = morning.orders
    assert {order.zone for order in orders} == set(Zone)
    assert any(len(order.windows) == 2 for order in orders)
    assert any(order.lateness for order in orders)
    assert any(order.depot for order in orders)
    assert frozenset().union(*(order.skills for order in orders)) == {
        "call_first", "heavy_lift", "stairs",
    }  # fmt: skip
    assert max(order.unserved_cost for order in orders) > 10 * min(
        order.unserved_cost for order in orders
    )


def test_the_morning_has_every_kind_of_courier(morning: Snapshot) -> None:
    """Each vehicle type drives, each depot has couriers, and one rider starts and ends at home."""
    couriers = morning.couriers
    assert 30 <= len(couriers) <= 38
    assert {courier.vehicle_type for courier in couriers} == {
        kind.id for kind in morning.vehicle_types
    }
    assert {courier.depot for courier in couriers} == {depot.id for depot in morning.depots}
    assert any(courier.start and courier.start == courier.end for courier in couriers)
    assert any(courier.shift.start_s < 0 for courier in couriers)


def test_neighbours_order_from_one_building(morning: Snapshot) -> None:
    """Doors repeat, and half of the city's nearest doors are within a short walk."""
    places = [order.place for order in morning.orders]
    assert max(Counter(place.position for place in places).values()) >= 3
    east, north = (
        80_150 * np.array([p.lon for p in places]),
        111_195 * np.array([p.lat for p in places]),
    )
    apart = np.hypot(east[:, None] - east, north[:, None] - north)
    np.fill_diagonal(apart, np.inf)
    assert np.median(apart.min(axis=1)) < 100


def test_ordinary_doors_are_near_their_district(morning: Snapshot) -> None:
    """An address lies within a few kilometres of a centre of the district that it names."""
    for order in morning.orders[: -len(AWKWARD_ORDERS)]:
        distances = [
            np.hypot(
                80_150 * (order.place.lon - centre.lon), 111_195 * (order.place.lat - centre.lat)
            )
            for centre in NEIGHBOURHOODS
            if centre.district in order.place.address
        ]
        assert min(distances) < 3_500, order.place


def test_an_awkward_order_for_every_reason() -> None:
    """The table of awkward orders shows each reason for leaving an order out."""
    assert {entry.reason for entry in AWKWARD_ORDERS} == set(Reason) - {Reason.NOT_YET_PLACED}
