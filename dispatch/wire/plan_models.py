"""The JSON document of a plan, as pydantic models."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dispatch.plan import Reason
from dispatch.wire.fields import Name, Number, Text, Time, TimeZone, Whole
from dispatch.wire.models import Document

Count = Annotated[Whole, Field(ge=0)]


class CostModel(Document):
    """Cost by term, in 1/100 of the currency; `total` is their sum."""

    use: Count
    distance: Count
    time: Count
    lateness: Count
    unserved: Count
    total: Count


class KpisModel(Document):
    """What a dispatcher looks at first; all of it follows from the rest of the plan."""

    orders_served: Count
    orders_unserved: Count
    couriers_used: Count
    drive_s: Count
    distance_m: Count
    waiting_s: Count
    late_s: Count


class StopModel(Document):
    """One order handed over."""

    order: Name
    travel_s: Count
    distance_m: Count
    arrival: Time
    start: Time
    departure: Time
    window_start: Time
    window_end: Time
    late_s: Count
    slack_s: Whole


class RouteModel(Document):
    """One courier's part of the plan."""

    courier: Name
    vehicle_type: Name
    depot: Name
    start: Time
    loading: Time
    departure: Time
    end: Time
    approach_distance_m: Count
    return_travel_s: Count
    return_distance_m: Count
    load: dict[Name, Count]
    cost: CostModel
    stops: list[StopModel]


class UnservedModel(Document):
    """An order left out, why, and what would fix it."""

    order: Name
    reason: Reason
    detail: Text
    fix: Text
    extra_cost: Whole | None = None


class ImprovementModel(Document):
    """A better plan was found."""

    seconds: Annotated[Number, Field(ge=0)]
    cost: Whole
    unserved: Count


class SearchModel(Document):
    """How the plan came about."""

    engine: Name
    seed: Count
    seconds: Annotated[Number, Field(ge=0)]
    stop_reason: Name
    log: list[ImprovementModel]


class PlanModel(Document):
    """The plan of one wave."""

    city: Name
    time_zone: TimeZone
    currency: Name
    wave: Name
    release: Time
    snapshot_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    kpis: KpisModel
    cost: CostModel
    search: SearchModel
    unserved: list[UnservedModel]
    routes: list[RouteModel]
