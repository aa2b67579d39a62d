"""The seam to travel times: one method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dispatch.places import Place

UNREACHABLE = -1
"""Stands in a matrix where there is no way."""


@dataclass(frozen=True, eq=False, slots=True)
class TravelMatrix:
    """Travel between places.

    Attributes:
        durations_s: seconds, int64 of shape `(n, n)`; `[i, j]` is from place i to place j; zero
            diagonal; not symmetric; `UNREACHABLE` where there is no way.
        distances_m: metres along the fastest way, same shape and meaning.
    """

    durations_s: NDArray[np.int64]
    distances_m: NDArray[np.int64]


class TravelTimes(Protocol):
    """Anything that knows how long it takes from place to place."""

    def matrix(self, places: Sequence[Place], speed_factor: float) -> TravelMatrix:
        """Travel between all pairs of places for vehicles of this speed factor (> 0)."""
        ...
