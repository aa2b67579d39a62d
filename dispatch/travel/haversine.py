"""Travel estimated from the great circle.

    a        = sin²(Δlat / 2) + cos(lat i) cos(lat j) sin²(Δlon / 2)
    distance = detour_factor * 2 R asin(√a)
    duration = fixed_s + distance / (speed * speed_factor),  0 between equal positions

R is the mean earth radius. A sphere is up to 0.5 % off, far below the spread of the detour factor
(1.33-1.43 at the median of two real cities).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.places import Place
from dispatch.snapshot import HaversineTravel
from dispatch.travel.protocol import TravelMatrix
from dispatch.units import METRES_PER_KM, SECONDS_PER_HOUR

EARTH_RADIUS_M = 6_371_008.8


class Haversine:
    """`TravelTimes` without a map."""

    def __init__(self, settings: HaversineTravel) -> None:
        self._settings = settings

    def matrix(self, places: Sequence[Place], speed_factor: float) -> TravelMatrix:
        """Symmetric travel between all pairs, rounded to whole seconds and metres."""
        positions = np.radians(np.array([place.position for place in places]).reshape(-1, 2))
        lon, lat = positions[:, 0], positions[:, 1]
        chord = (
            np.sin((lat[:, None] - lat) / 2) ** 2
            + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
        )
        straight = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
        distances = straight * self._settings.detour_factor
        metres_per_s = self._settings.speed_kmh * METRES_PER_KM / SECONDS_PER_HOUR * speed_factor
        durations = self._settings.fixed_s + distances / metres_per_s
        apart = (lon[:, None] != lon) | (lat[:, None] != lat)
        return TravelMatrix(
            durations_s=np.rint(np.where(apart, durations, 0)).astype(np.int64),
            distances_m=np.rint(distances).astype(np.int64),
        )
