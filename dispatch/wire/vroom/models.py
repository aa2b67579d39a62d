"""VROOM's input as pydantic models: every key of its API document, and no other.

Keys that are refused by `refused.py` are open here.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from dispatch.wire.fields import Number, Position, Text
from dispatch.wire.models import Document

MOST = 2**32 - 1
"""VROOM reads numbers into 32 bits, ids into 64."""

Id = Annotated[int, Strict(), Field(ge=0, lt=2**64)]
Count = Annotated[int, Strict(), Field(ge=0, le=MOST)]
Index = Annotated[int, Strict(), Field(ge=0, lt=2**16)]
Priority = Annotated[int, Strict(), Field(ge=0, le=100)]
SpeedFactor = Annotated[Number, Field(gt=0, le=5)]


def _forwards(window: tuple[int, int]) -> tuple[int, int]:
    if window[1] < window[0]:
        raise PydanticCustomError("reversed_window", "ends before it starts")
    return window


def _disjoint(windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    windows = sorted(windows)
    for earlier, later in pairwise(windows):
        if later[0] <= earlier[1]:
            raise PydanticCustomError(
                "overlapping_windows",
                f"a window starts at {later[0]}, before another ends at {earlier[1]}",
            )
    return windows


Window = Annotated[
    tuple[Count, Count], AfterValidator(_forwards), Field(description="[first, last] second.")
]
Windows = Annotated[list[Window], Field(min_length=1), AfterValidator(_disjoint)]
Refused = Annotated[Any, Field(description="Refused, unless it is null or empty.")]
Matrix = Annotated[list[list[Count]], Field(min_length=1)]


class JobModel(Document):
    """One visit."""

    id: Id
    description: Text = ""
    location: Position | None = None
    location_index: Index | None = None
    setup: Count = 0
    service: Count = 0
    setup_per_type: dict[str, Count] = Field({})
    service_per_type: dict[str, Count] = Field({})
    amount: list[Count] | None = None
    delivery: list[Count] | None = None
    pickup: list[Count] | None = None
    skills: list[Count] = Field([])
    priority: Priority = 0
    time_windows: Windows | None = None


class CostsModel(Document):
    """What a vehicle costs."""

    fixed: Count = 0
    per_hour: Count = 3600
    per_task_hour: Count = 0
    per_km: Count = 0


class StepModel(Document):
    """A step of the route that the search begins with; VROOM uses `service_*` in plan mode only."""

    type: Literal["start", "job", "pickup", "delivery", "break", "end"]
    id: Id | None = None
    service_at: Count | None = None
    service_after: Count | None = None
    service_before: Count | None = None


class VehicleModel(Document):
    """One vehicle."""

    id: Id
    profile: Annotated[str, Field(min_length=1, max_length=200)] = "car"
    description: Text = ""
    start: Position | None = None
    start_index: Index | None = None
    end: Position | None = None
    end_index: Index | None = None
    capacity: list[Count] = Field([])
    costs: CostsModel = CostsModel()
    skills: list[Count] = Field([])
    type: Text = ""
    time_window: Window | None = None
    breaks: Refused = None
    speed_factor: SpeedFactor = 1.0
    max_tasks: Count | None = None
    max_travel_time: Refused = None
    max_distance: Refused = None
    steps: list[StepModel] = Field([])


class MatricesModel(Document):
    """Travel of one profile."""

    durations: Matrix | None = None
    distances: Matrix | None = None
    costs: Matrix | None = None


class OptionsModel(Document):
    """What vroom-express hands to VROOM's command line."""

    g: Annotated[bool, Strict(), Field(description="Geometry; refused.")] = False
    c: Annotated[bool, Strict(), Field(description="Plan mode; refused.")] = False
    t: Annotated[int, Strict(), Field(ge=1, le=32, description="Threads.")] = 2
    x: Annotated[int, Strict(), Field(ge=0, le=5, description="Exploration level.")] = 5
    l: Annotated[Number, Field(gt=0, le=300, description="Seconds.")] | None = None  # noqa: E741


class VroomModel(Document):
    """A problem as VROOM reads it."""

    jobs: list[JobModel] = Field([])
    shipments: Refused = None
    vehicles: Annotated[list[VehicleModel], Field(min_length=1)]
    matrices: dict[str, MatricesModel] | None = None
    matrix: Matrix | None = None
    options: OptionsModel = OptionsModel()
