"""What customers bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dispatch.errors import require
from dispatch.places import Place
from dispatch.units import TimeWindow


class Zone(StrEnum):
    """Temperature zone that goods must be kept in."""

    AMBIENT = "ambient"
    CHILLED = "chilled"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """Permission to be late, for a price: service may start up to `limit_s` after the last window.

    Attributes:
        cost_per_min: cost units per minute of lateness, charged by the second.
        limit_s: seconds after the end of the last window at which the order is lost.
    """

    cost_per_min: int
    limit_s: int

    def __post_init__(self) -> None:
        require(self.cost_per_min >= 0, f"Expected cost_per_min >= 0, got {self.cost_per_min}.")
        require(self.limit_s > 0, f"Expected limit_s > 0, got {self.limit_s}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One drop at one door.

    Attributes:
        id: the shop's own.
        place: the door.
        windows: when the hand-over may start; sorted, disjoint, never empty.
        load: amount per capacity dimension (`weight_g`, `volume_ml`, `crates`, ...).
        service_s: seconds at the door.
        zone: temperature zone of the goods.
        category: kind of goods, for people and reports.
        unserved_cost: cost units of leaving the order out of the plan.
        skills: what the courier must be able to do.
        depot: where the goods are; None means any depot has them.
        lateness: None means that the windows are hard.
    """

    id: str
    place: Place
    windows: tuple[TimeWindow, ...]
    load: Mapping[str, int] = field(default_factory=dict)
    service_s: int = 0
    zone: Zone = Zone.AMBIENT
    category: str = ""
    unserved_cost: int
    skills: frozenset[str] = frozenset()
    depot: str | None = None
    lateness: Lateness | None = None

    def __post_init__(self) -> None:
        require(self.id != "", "Expected an id, got an empty string.")
        require(len(self.windows) > 0, f"Order {self.id}: expected a window, got none.")
        for earlier, later in zip(self.windows, self.windows[1:], strict=False):
            require(
                earlier.end_s < later.start_s,
                f"Order {self.id}: expected sorted, disjoint windows, got {earlier}, {later}.",
            )
        require(self.service_s >= 0, f"Order {self.id}: expected service_s >= 0.")
        require(self.unserved_cost >= 0, f"Order {self.id}: expected unserved_cost >= 0.")
        require(
            all(amount >= 0 for amount in self.load.values()),
            f"Order {self.id}: expected load >= 0, got {dict(self.load)}.",
        )

    @property
    def due_s(self) -> int:
        """Last start of the hand-over that is not late."""
        return self.windows[-1].end_s

    @property
    def latest_s(self) -> int:
        """Last start of the hand-over at all."""
        return self.due_s + (self.lateness.limit_s if self.lateness else 0)
