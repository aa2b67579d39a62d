"""Where goods wait."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.errors import require
from dispatch.places import Place
from dispatch.units import TimeWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """A dark store or fresh warehouse.

    Attributes:
        id: unique among depots.
        place: its gate.
        open: couriers load within it, and those that end here are back by its end.
        loading_s: seconds to load a courier before departure.
    """

    id: str
    place: Place
    open: TimeWindow
    loading_s: int = 0

    def __post_init__(self) -> None:
        require(self.id != "", "Expected an id, got an empty string.")
        require(self.loading_s >= 0, f"Depot {self.id}: expected loading_s >= 0.")
