"""Matrices that the caller gave."""

from __future__ import annotations

import numpy as np
import pytest

from dispatch.errors import DomainError
from dispatch.places import Place
from dispatch.snapshot import MatrixTravel
from dispatch.travel import GivenMatrix, travel_times
from dispatch.travel.protocol import UNREACHABLE

A, B, C = Place(1, 1), Place(2, 2), Place(3, 3)
GIVEN = MatrixTravel(
    positions=(A.position, B.position, C.position),
    durations_s=np.array([[0, 100, 200], [150, 0, -1], [300, 400, 0]]),
    distances_m=np.array([[0, 1000, 2000], [1500, 0, -1], [3000, 4000, 0]]),
)


def test_rows_are_found_by_position_whatever_the_order() -> None:
    """Asking for C and A gives the rows of C and A, address ignored."""
    matrix = travel_times(GIVEN).matrix([C, Place(1, 1, "the same point")], 1.0)
    assert matrix.durations_s.tolist() == [[0, 300], [200, 0]]
    assert matrix.distances_m.tolist() == [[0, 3000], [2000, 0]]


def test_the_speed_factor_divides_durations_only() -> None:
    """A vehicle of half the speed takes twice the time over the same metres."""
    matrix = GivenMatrix(GIVEN).matrix([A, B], 0.5)
    assert matrix.durations_s.tolist() == [[0, 200], [300, 0]]
    assert matrix.distances_m.tolist() == [[0, 1000], [1500, 0]]


def test_unreachable_stays_unreachable_at_any_speed() -> None:
    """-1 is a status, not a duration to be scaled."""
    matrix = GivenMatrix(GIVEN).matrix([B, C], 2.0)
    assert matrix.durations_s[0, 1] == UNREACHABLE
    assert matrix.distances_m[0, 1] == UNREACHABLE


def test_a_place_without_a_row_is_named() -> None:
    """The message gives the position that is missing."""
    with pytest.raises(DomainError, match=r"no row for \(9, 9\)"):
        GivenMatrix(GIVEN).matrix([A, Place(9, 9)], 1.0)
