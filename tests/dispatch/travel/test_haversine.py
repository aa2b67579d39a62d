"""The great-circle estimate."""

from __future__ import annotations

import numpy as np
import pytest

from dispatch.places import Place
from dispatch.snapshot import HaversineTravel
from dispatch.travel import Haversine

HERE = Place(125.3245, 43.8868)
EAST = Place(125.3369, 43.8868)  # 993.6 m away on the sphere: 0.0124 degrees times cos(lat)


def test_a_straight_kilometre_takes_detour_and_speed_into_account() -> None:
    """993.6 m x 1.4 = 1391 m; at 20 km/h that is 250 s, plus 60 s fixed."""
    travel = Haversine(HaversineTravel(speed_kmh=20, detour_factor=1.4, fixed_s=60))
    matrix = travel.matrix([HERE, EAST], 1.0)
    assert matrix.distances_m[0, 1] == pytest.approx(1391, abs=2)
    assert matrix.durations_s[0, 1] == pytest.approx(310, abs=1)


def test_a_slower_vehicle_keeps_the_fixed_part() -> None:
    """Half the speed doubles the driving, not the fixed seconds, and not the distance."""
    travel = Haversine(HaversineTravel(speed_kmh=20, detour_factor=1.4, fixed_s=60))
    fast, slow = travel.matrix([HERE, EAST], 1.0), travel.matrix([HERE, EAST], 0.5)
    assert slow.durations_s[0, 1] - 60 == pytest.approx(2 * (fast.durations_s[0, 1] - 60), abs=1)
    assert slow.distances_m[0, 1] == fast.distances_m[0, 1]


def test_one_position_is_one_place() -> None:
    """Two addresses in one building need no travel at all, not even the fixed seconds."""
    twice = [HERE, Place(HERE.lon, HERE.lat, "another door")]
    matrix = Haversine(HaversineTravel(fixed_s=60)).matrix(twice, 1.0)
    assert not matrix.durations_s.any()
    assert not matrix.distances_m.any()


def test_one_degree_along_a_meridian() -> None:
    """A degree of latitude is 111.195 km on the sphere of mean radius."""
    travel = Haversine(HaversineTravel(detour_factor=1.0))
    matrix = travel.matrix([Place(0, 0), Place(0, 1)], 1.0)
    assert matrix.distances_m[0, 1] == 111_195
    assert np.array_equal(matrix.distances_m, matrix.distances_m.T)


def test_no_places_no_travel() -> None:
    """An empty list gives empty matrices."""
    assert Haversine(HaversineTravel()).matrix([], 1.0).durations_s.shape == (0, 0)
