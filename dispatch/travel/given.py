"""Travel from matrices that the caller gave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.errors import DomainError
from dispatch.places import Place
from dispatch.snapshot import MatrixTravel
from dispatch.travel.protocol import UNREACHABLE, TravelMatrix


class GivenMatrix:
    """`TravelTimes` looked up by position; durations are divided by the speed factor."""

    def __init__(self, given: MatrixTravel) -> None:
        self._given = given
        self._row = {position: row for row, position in enumerate(given.positions)}

    def matrix(self, places: Sequence[Place], speed_factor: float) -> TravelMatrix:
        """Rows and columns of these places.

        Raises:
            DomainError: where a place is not among the given positions.
        """
        missing = [place.position for place in places if place.position not in self._row]
        if missing:
            raise DomainError(f"The travel matrix has no row for {missing[0]}.")
        rows = np.array([self._row[place.position] for place in places], dtype=np.intp)
        durations = self._given.durations_s[np.ix_(rows, rows)]
        distances = self._given.distances_m[np.ix_(rows, rows)]
        blocked = (durations < 0) | (distances < 0)
        scaled = np.rint(durations / speed_factor).astype(np.int64)
        return TravelMatrix(
            durations_s=np.where(blocked, UNREACHABLE, scaled),
            distances_m=np.where(blocked, UNREACHABLE, distances),
        )
