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
from numpy.typing import NDArray

from dispatch.places import Place
from dispatch.snapshot import HaversineTravel
from dispatch.travel.protocol import TravelMatrix
from dispatch.units import METRES_PER_KM, SECONDS_PER_HOUR

EARTH_RADIUS_M = 6_371_008.8


def great_circle_m(
    origins: Sequence[tuple[float, float]], destinations: Sequence[tuple[float, float]]
) -> NDArray[np.float64]:
    """Metres from n to m positions `(lon, lat)` along great circles, shape `(n, m)`."""
    (lon, lat), (to_lon, to_lat) = (
        np.radians(np.array(positions, dtype=float).reshape(-1, 2)).T
        for positions in (origins, destinations)
    )
    chord = (
        np.sin((lat[:, None] - to_lat) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(to_lat) * np.sin((lon[:, None] - to_lon) / 2) ** 2
    )
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return metres


class Haversine:
    """`TravelTimes` without a map."""

    def __init__(self, settings: HaversineTravel) -> None:
        self._settings = settings

    def matrix(self, places: Sequence[Place], speed_factor: float) -> TravelMatrix:
        """Symmetric travel between all pairs, rounded to whole seconds and metres."""
        positions = [place.position for place in places]
        distances = great_circle_m(positions, positions) * self._settings.detour_factor
        metres_per_s = self._settings.speed_kmh * METRES_PER_KM / SECONDS_PER_HOUR * speed_factor
        durations = self._settings.fixed_s + distances / metres_per_s
        lon, lat = np.array(positions, dtype=float).reshape(-1, 2).T
        apart = (lon[:, None] != lon) | (lat[:, None] != lat)
        return TravelMatrix(
            durations_s=np.rint(np.where(apart, durations, 0)).astype(np.int64),
            distances_m=np.rint(distances).astype(np.int64),
        )
