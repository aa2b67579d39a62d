"""The JSON document of a day, as pydantic models; one format for file, command line and HTTP.

Models know shape, units and ranges. What parts have to do with each other (ids, references, loads
against vehicles) is up to `dispatch.validate`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from dispatch.orders import Zone
from dispatch.wire.fields import (
    Amount,
    Cost,
    Name,
    Number,
    Position,
    RouteTime,
    Stay,
    Text,
    Time,
    TimeZone,
    Whole,
)

PRIORITY_COST = {1: 50_000, 2: 20_000, 3: 10_000, 4: 4_000}
"""What leaving an order out costs, by priority, in 1/100 of the currency."""

DEFAULT_PRIORITY = 3


class Document(BaseModel):
    """Base of all models: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CityModel(Document):
    """Where the day takes place."""

    name: Name
    time_zone: TimeZone
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")] = "CNY"


class WaveModel(Document):
    """One planning round; nothing leaves home before its release."""

    id: Name
    release: Time


class WindowModel(Document):
    """A span of time, both ends included."""

    start: Time
    end: Time

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.end < self.start:
            raise PydanticCustomError(
                "reversed_window",
                f"ends at {self.end.isoformat()}, before it starts at {self.start.isoformat()}",
            )
        return self


class HaversineModel(Document):
    """Travel estimated from the great circle: distance x detour, fixed seconds a leg, one speed."""

    kind: Literal["haversine"] = "haversine"
    speed_kmh: Annotated[Number, Field(gt=0, le=200)] = 20.0
    detour_factor: Annotated[Number, Field(ge=1, le=10)] = 1.4
    fixed_s: Stay = 60


class MatrixModel(Document):
    """Travel given between all positions of the day; null where there is no way."""

    kind: Literal["matrix"]
    positions: Annotated[list[Position], Field(min_length=1)]
    durations_s: list[list[Annotated[int, Strict(), Field(ge=0, le=10**7)] | None]]
    distances_m: list[list[Annotated[int, Strict(), Field(ge=0, le=10**8)] | None]]

    @model_validator(mode="after")
    def _square(self) -> Self:
        n = len(self.positions)
        for name in ("durations_s", "distances_m"):
            rows = getattr(self, name)
            wrong = [i for i, row in enumerate(rows) if len(row) != n]
            if len(rows) != n or wrong:
                found = (
                    f"row {wrong[0]} has {len(rows[wrong[0]])}" if wrong else f"{len(rows)} rows"
                )
                raise PydanticCustomError(
                    "wrong_shape", f"expected {name} as {n} rows of {n} for {n} positions: {found}"
                )
        return self


class WeightsModel(Document):
    """Multipliers of the terms of the objective."""

    use: Annotated[int, Strict(), Field(ge=0, le=1000)] = 1
    distance: Annotated[int, Strict(), Field(ge=0, le=1000)] = 1
    time: Annotated[int, Strict(), Field(ge=0, le=1000)] = 1
    lateness: Annotated[int, Strict(), Field(ge=0, le=1000)] = 1
    unserved: Annotated[int, Strict(), Field(ge=0, le=1000)] = 1


class DepotModel(Document):
    """Where goods wait."""

    id: Name
    location: Position
    address: Text = ""
    open: WindowModel
    loading_s: Stay = 0


class VehicleTypeModel(Document):
    """A class of vehicles; a dimension that `capacity` does not name is not limited."""

    id: Name
    capacity: dict[Name, Amount] = {}
    temperature_zones: Annotated[list[Zone], Field(min_length=1)] = [Zone.AMBIENT]
    speed_factor: Annotated[Number, Field(ge=0.05, le=10)] = 1.0
    cost_per_use: Cost = 0
    cost_per_km: Cost = 0
    cost_per_hour: Cost = 0
    max_route_s: RouteTime | None = None


class CourierModel(Document):
    """A person on a shift with a vehicle; starts and ends at the depot unless told otherwise."""

    id: Name
    vehicle_type: Name
    depot: Name
    shift: WindowModel
    skills: list[Name] = []
    start_location: Position | None = None
    start_address: Text = ""
    end_location: Position | None = None
    end_address: Text = ""
    max_route_s: RouteTime | None = None


class LatenessModel(Document):
    """Permission to be late after the last window, for a price."""

    cost_per_min: Cost
    limit_s: Annotated[Whole, Field(ge=1, le=24 * 3600)]


class OrderModel(Document):
    """One drop at one door."""

    id: Name
    location: Position
    address: Text = ""
    windows: Annotated[list[WindowModel], Field(min_length=1)]
    load: dict[Name, Amount] = {}
    service_s: Stay = 0
    temperature_zone: Zone = Zone.AMBIENT
    category: Text = ""
    priority: Annotated[Whole, Field(ge=1, le=4, description="1 is the highest.")] | None = None
    unserved_cost: Cost | None = None
    skills: list[Name] = []
    depot: Name | None = None
    lateness: LatenessModel | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.priority is not None and self.unserved_cost is not None:
            raise PydanticCustomError(
                "priority_and_cost", "has both a priority and an unserved_cost"
            )
        for earlier, later in pairwise(sorted(self.windows, key=lambda window: window.start)):
            if later.start <= earlier.end:
                raise PydanticCustomError(
                    "overlapping_windows",
                    f"a window starts at {later.start.isoformat()}, "
                    f"before another ends at {earlier.end.isoformat()}",
                )
        return self


class LockModel(Document):
    """Only this courier may serve the order."""

    order: Name
    courier: Name


class FixedStartModel(Document):
    """The courier's route begins with these orders, in this order."""

    courier: Name
    orders: Annotated[list[Name], Field(min_length=1)]


class DayModel(Document):
    """Everything known when a wave is planned."""

    city: CityModel
    wave: WaveModel
    travel: Annotated[HaversineModel | MatrixModel, Field(discriminator="kind")] = HaversineModel()
    weights: WeightsModel = WeightsModel()
    depots: Annotated[list[DepotModel], Field(min_length=1)]
    vehicle_types: Annotated[list[VehicleTypeModel], Field(min_length=1)]
    couriers: Annotated[list[CourierModel], Field(min_length=1)]
    orders: Annotated[list[OrderModel], Field(min_length=1)]
    locks: list[LockModel] = []
    fixed_starts: list[FixedStartModel] = []
