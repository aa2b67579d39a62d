"""Made-up days for trying things out: no order, courier or compound in them exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dispatch.demo.wave import changchun_wave
from dispatch.snapshot import Snapshot

__all__ = ["DEMOS", "Demo", "changchun_wave"]


@dataclass(frozen=True, slots=True)
class Demo:
    """A made-up day by name.

    Attributes:
        description: what is in it, for people.
        make: the day, from a seed and a number of orders.
    """

    description: str
    make: Callable[[int, int], Snapshot]


DEMOS: Mapping[str, Demo] = {
    "changchun-morning": Demo(
        "A Tuesday morning in Changchun: depots, e-bikes, vans and reefers; from 140 orders on "
        "some can't be served, for every reason that there is.",
        changchun_wave,
    )
}
