"""Where things are."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.errors import require


@dataclass(frozen=True, slots=True)
class Place:
    """A point on earth, WGS-84.

    Attributes:
        lon: degrees east, in [-180, 180].
        lat: degrees north, in [-90, 90].
        address: for people; never read by a rule.
    """

    lon: float
    lat: float
    address: str = ""

    def __post_init__(self) -> None:
        require(-180 <= self.lon <= 180, f"Expected -180 <= lon <= 180, got {self.lon}.")
        require(-90 <= self.lat <= 90, f"Expected -90 <= lat <= 90, got {self.lat}.")

    @property
    def position(self) -> tuple[float, float]:
        """`(lon, lat)`; two places with equal positions are one place to the road."""
        return (self.lon, self.lat)
