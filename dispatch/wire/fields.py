"""Kinds of values in our JSON: strict numbers, RFC 3339 times, positions, names.

Pydantic is strict on numbers only: model-wide strictness would refuse times as strings. Errors that
pydantic does not know carry our own code as their type.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
WITHOUT_OFFSET = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)
TIME_EXAMPLE = "2026-11-24T08:00:00+08:00"

MOST_COST = 10**9
MOST_LOAD = 10**9
LONGEST_STAY_S = 8 * 3600
LONGEST_ROUTE_S = 48 * 3600


def _time(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "expected a time as a string")
    if WITHOUT_OFFSET.fullmatch(value):
        raise PydanticCustomError("time_without_offset", "time without offset from UTC")
    if not RFC_3339.fullmatch(value):
        raise PydanticCustomError("malformed_time", f"expected a time such as {TIME_EXAMPLE}")
    try:
        parsed = datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise PydanticCustomError("malformed_time", "no such time") from error
    if parsed.microsecond:
        raise PydanticCustomError("malformed_time", "expected whole seconds")
    if not 1971 <= parsed.year <= 2999:
        raise PydanticCustomError("malformed_time", "expected a year from 1971 to 2999")
    return parsed


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise PydanticCustomError("unknown_time_zone", "expected an IANA time zone") from error
    return value


def _position(value: tuple[float, float]) -> tuple[float, float]:
    lon, lat = value
    if abs(lon) <= 180 and abs(lat) <= 90:
        return value
    if abs(lon) <= 90 and abs(lat) <= 180:
        raise PydanticCustomError("swapped_position", "looks like [lat, lon]")
    raise PydanticCustomError("out_of_range", "expected [lon, lat] in degrees, WGS-84")


def _tidy(value: str) -> str:
    if value != value.strip() or any(ord(character) < 32 for character in value):
        raise PydanticCustomError("malformed_name", "has spaces around it or control characters")
    return value


Time = Annotated[
    datetime,
    BeforeValidator(_time),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "description": "RFC 3339 with offset."}
    ),
]
TimeZone = Annotated[str, AfterValidator(_time_zone), Field(description="IANA time zone.")]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_tidy)]
Text = Annotated[str, Field(max_length=1000)]

Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]

Cost = Annotated[
    int, Strict(), Field(ge=0, le=MOST_COST, description="Whole 1/100 of the currency.")
]
Amount = Annotated[int, Strict(), Field(ge=0, le=MOST_LOAD)]
Stay = Annotated[int, Strict(), Field(ge=0, le=LONGEST_STAY_S, description="Seconds.")]
RouteTime = Annotated[int, Strict(), Field(ge=1, le=LONGEST_ROUTE_S, description="Seconds.")]

Position = Annotated[
    tuple[Number, Number],
    AfterValidator(_position),
    Field(description="[lon, lat] in degrees, WGS-84."),
]
