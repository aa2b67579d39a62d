"""Where travel times come from."""

from __future__ import annotations

from dispatch.snapshot import HaversineTravel, MatrixTravel
from dispatch.travel.given import GivenMatrix
from dispatch.travel.haversine import Haversine, great_circle_m
from dispatch.travel.protocol import TravelMatrix, TravelTimes

__all__ = [
    "GivenMatrix",
    "Haversine",
    "TravelMatrix",
    "TravelTimes",
    "great_circle_m",
    "travel_times",
]


def travel_times(settings: HaversineTravel | MatrixTravel) -> TravelTimes:
    """The provider that a snapshot asks for."""
    if isinstance(settings, MatrixTravel):
        return GivenMatrix(settings)
    return Haversine(settings)
