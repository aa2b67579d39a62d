"""A made-up morning in Changchun, the same for the same seed.

    neighbourhood -> compound -> building -> order
    distance of a compound from its neighbourhood's centre ~ Gamma(2, spread / 2)

The density of compounds then falls exponentially outwards. Compounds are few and orders pick them
with falling odds, so that buildings repeat as they do in a real wave. Couriers grow with
the orders.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import NamedTuple, TypeVar

import numpy as np

from dispatch.couriers import Courier
from dispatch.demo.changchun import (
    AWKWARD_ORDERS,
    COMPOUND_KINDS,
    COMPOUND_NAMES,
    COURIER_HOMES,
    DEPOTS,
    FRESH_WAREHOUSE,
    GOODS,
    NEIGHBOURHOODS,
    SLOT_SHARES,
    SLOTS,
    TWO_WINDOWS,
    VEHICLE_TYPES,
    AwkwardOrder,
    DepotSite,
    Goods,
    Neighbourhood,
)
from dispatch.depots import Depot
from dispatch.errors import require
from dispatch.orders import Lateness, Order, Zone
from dispatch.places import Place
from dispatch.snapshot import City, HaversineTravel, Snapshot
from dispatch.units import SECONDS_PER_HOUR, TimeWindow

RELEASE_HOUR = 7
RELEASE = datetime(2026, 11, 24, RELEASE_HOUR, tzinfo=timezone(timedelta(hours=8)))

METRES_PER_DEGREE = 111_195
LITRES_PER_CRATE = 24

ORDERS_PER_COMPOUND = 2
ORDERS_PER_AWKWARD_ORDER = 20
ORDERS_PER_EBIKE = 10
ORDERS_PER_REEFER = 30
ORDERS_PER_VAN = 100

T = TypeVar("T")


def changchun_wave(seed: int = 1, orders: int = 240) -> Snapshot:
    """A wave of that many orders with couriers to match, released on a Tuesday at 07:00.

    From 140 orders on, every `Reason` for leaving an order out shows up in a good
    plan, but for the one of plans that are not finished.
    """
    require(orders >= 1, f"Expected orders >= 1, got {orders}.")
    rng = np.random.default_rng(seed)
    awkward = AWKWARD_ORDERS[: orders // ORDERS_PER_AWKWARD_ORDER]
    ordinary = orders - len(awkward)
    compounds = _compounds(rng, math.ceil(ordinary / ORDERS_PER_COMPOUND))
    odds = 1 / (np.arange(len(compounds)) + 8.0)
    return Snapshot(
        city=City(name="长春", time_zone="Asia/Shanghai"),
        wave=f"changchun-{RELEASE:%Y-%m-%d}-morning",
        release=RELEASE,
        depots=tuple(_depot(site) for site in DEPOTS),
        vehicle_types=VEHICLE_TYPES,
        couriers=_couriers(rng, orders),
        orders=(
            *(_order(rng, n, _pick(rng, compounds, odds)) for n in range(1, ordinary + 1)),
            *(_awkward_order(ordinary + n, entry) for n, entry in enumerate(awkward, start=1)),
        ),
        travel=HaversineTravel(speed_kmh=26.0, detour_factor=1.38, fixed_s=75),
    )


class _Compound(NamedTuple):
    address: str
    lon: float
    lat: float
    buildings: int


def _pick(rng: np.random.Generator, items: Sequence[T], shares: Sequence[float] | np.ndarray) -> T:
    odds = np.asarray(shares, dtype=float)
    return items[int(rng.choice(len(items), p=odds / odds.sum()))]


def _chance(rng: np.random.Generator, probability: float) -> bool:
    return bool(rng.random() < probability)


def _window(hours: tuple[float, float]) -> TimeWindow:
    start, end = (round((hour - RELEASE_HOUR) * SECONDS_PER_HOUR) for hour in hours)
    return TimeWindow(start, end)


def _shifted(lon: float, lat: float, east_m: float, north_m: float) -> tuple[float, float]:
    """The position that many metres away, to about a metre."""
    per_degree_east = METRES_PER_DEGREE * math.cos(math.radians(lat))
    return round(lon + east_m / per_degree_east, 5), round(lat + north_m / METRES_PER_DEGREE, 5)


# --- where people live ---------------------------------------------------------------------------


def _compounds(rng: np.random.Generator, count: int) -> list[_Compound]:
    shares = [neighbourhood.share for neighbourhood in NEIGHBOURHOODS]
    return [_compound(rng, _pick(rng, NEIGHBOURHOODS, shares)) for _ in range(count)]


def _compound(rng: np.random.Generator, where: Neighbourhood) -> _Compound:
    distance_m = min(rng.gamma(2, where.spread_m / 2), 2.5 * where.spread_m)
    angle = rng.uniform(0, 2 * math.pi)
    lon, lat = _shifted(
        where.lon, where.lat, distance_m * math.cos(angle), distance_m * math.sin(angle)
    )
    road = where.roads[rng.integers(len(where.roads))]
    name = COMPOUND_NAMES[rng.integers(len(COMPOUND_NAMES))]
    kind = COMPOUND_KINDS[rng.integers(len(COMPOUND_KINDS))]
    number = rng.integers(12, 3200)
    return _Compound(
        address=f"长春市{where.district}{road}{number}号 {name}{kind}",
        lon=lon,
        lat=lat,
        buildings=int(rng.integers(2, 9)),
    )


def _door(rng: np.random.Generator, compound: _Compound) -> Place:
    """A building of the compound; buildings stand in rows of three."""
    building = int(rng.integers(compound.buildings))
    row, column = divmod(building, 3)
    lon, lat = _shifted(compound.lon, compound.lat, 70 * column, 45 * row)
    unit = rng.integers(1, 5)
    return Place(lon, lat, f"{compound.address} {building + 1}栋{unit}单元")


# --- what they order -----------------------------------------------------------------------------


def _order(rng: np.random.Generator, number: int, compound: _Compound) -> Order:
    goods = _pick(rng, GOODS, [goods.share for goods in GOODS])
    weight_g = round(rng.uniform(*goods.weight_kg) * 1000)
    volume_ml = round(weight_g * goods.litres_per_kg)
    skills = _wanted_skills(rng, goods, weight_g)
    fresh_from_tank = goods.category == "水产" and _chance(rng, 0.3)
    return Order(
        id=f"CC{number:04d}",
        place=_door(rng, compound),
        windows=_windows(rng),
        load=_load(weight_g, volume_ml, math.ceil(volume_ml / (LITRES_PER_CRATE * 1000))),
        service_s=_service_s(rng, skills),
        zone=goods.zone,
        category=goods.category,
        unserved_cost=_unserved_cost(rng),
        skills=skills,
        depot=FRESH_WAREHOUSE if fresh_from_tank else None,
        lateness=Lateness(cost_per_min=50, limit_s=1800) if _chance(rng, 0.1) else None,
    )


def _load(weight_g: int, volume_ml: int, crates: int) -> dict[str, int]:
    return {"weight_g": weight_g, "volume_ml": volume_ml, "crates": crates}


def _windows(rng: np.random.Generator) -> tuple[TimeWindow, ...]:
    if _chance(rng, 0.05):
        return tuple(_window(hours) for hours in TWO_WINDOWS)
    return (_window(_pick(rng, SLOTS, SLOT_SHARES)),)


def _wanted_skills(rng: np.random.Generator, goods: Goods, weight_g: int) -> frozenset[str]:
    """Frozen goods never ask for stairs: no reefer's driver climbs them."""
    wanted = {
        "call_first": _chance(rng, 0.12),
        "heavy_lift": weight_g >= 25_000,
        "stairs": _chance(rng, 0.08) and goods.zone != Zone.FROZEN,
    }
    if wanted["heavy_lift"]:
        wanted["stairs"] = False
    return frozenset(skill for skill, asked in wanted.items() if asked)


def _service_s(rng: np.random.Generator, skills: frozenset[str]) -> int:
    seconds = int(rng.integers(4, 9)) * 30
    return seconds + 90 * ("stairs" in skills) + 60 * ("call_first" in skills)


def _unserved_cost(rng: np.random.Generator) -> int:
    """To refuse an order costs 80 to 160 yuan with the customer's trust, to break a promise 400."""
    if _chance(rng, 0.08):
        return 40_000
    return int(rng.integers(80, 161)) * 100


def _awkward_order(number: int, entry: AwkwardOrder) -> Order:
    return Order(
        id=f"CC{number:04d}",
        place=Place(entry.lon, entry.lat, f"长春市{entry.address}"),
        windows=(_window(entry.hours),),
        load=_load(entry.weight_kg * 1000, entry.litres * 1000, entry.crates),
        service_s=180 + 15 * entry.crates,
        zone=entry.zone,
        category=entry.category,
        unserved_cost=entry.unserved_cost,
        skills=frozenset(entry.skills),
    )


# --- who brings it -------------------------------------------------------------------------------


def _depot(site: DepotSite) -> Depot:
    return Depot(
        id=site.id,
        place=Place(site.lon, site.lat, f"长春市{site.address}"),
        open=_window((6, 20)),
        loading_s=site.loading_min * 60,
    )


def _couriers(rng: np.random.Generator, orders: int) -> tuple[Courier, ...]:
    """E-bikes for most, a reefer for every 30 orders, some vans, and one truck."""
    ebike_depots = [site.id for site in DEPOTS for _ in range(site.ebikes)]
    van_depots = [site.id for site in DEPOTS for _ in range(site.vans)]
    ebikes = max(2, round(orders / ORDERS_PER_EBIKE))
    reefers = max(1, round(orders / ORDERS_PER_REEFER))
    vans = round(orders / ORDERS_PER_VAN)
    return (
        *(_ebike(rng, n, _spread(ebike_depots, n)) for n in range(1, ebikes + 1)),
        *(_van(rng, "reefer", n, _spread(van_depots[::-1], n)) for n in range(1, reefers + 1)),
        *(_van(rng, "van", n, _spread(van_depots, n)) for n in range(1, vans + 1)),
        _van(rng, "truck", 1, FRESH_WAREHOUSE),
    )


def _spread(depots: list[str], number: int) -> str:
    """Depots in turn by their shares: a stride of 3 is coprime to their number."""
    return depots[3 * number % len(depots)]


def _ebike(rng: np.random.Generator, number: int, depot: str) -> Courier:
    homes = [Place(lon, lat, f"长春市{address}") for address, lon, lat in COURIER_HOMES]
    home = homes[number - 1] if number <= len(homes) else None
    early = number <= len(homes) or _chance(rng, 0.7)
    skills = {"stairs": 0.7, "call_first": 0.8, "heavy_lift": 0.3}
    return Courier(
        id=f"ebike-{number:02d}",
        vehicle_type="ebike",
        depot=depot,
        shift=_window((6.5, 12.5) if early else (8.5, 14.5)),
        skills=frozenset(skill for skill, share in skills.items() if _chance(rng, share)),
        start=home,
        end=home if number == 1 else None,
    )


def _van(rng: np.random.Generator, kind: str, number: int, depot: str) -> Courier:
    return Courier(
        id=f"{kind}-{number:02d}",
        vehicle_type=kind,
        depot=depot,
        shift=_window((6, 14)),
        skills=frozenset({"heavy_lift", "call_first"} if _chance(rng, 0.9) else {"heavy_lift"}),
    )
