"""What is measured: a VRPTW in plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Int32s = NDArray[np.int32]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Instance:
    """A VRPTW in the numbers in which its community tells costs; row 0 is the depot.

    Attributes:
        name: of the instance.
        instance_class: what it is averaged with, such as `RC2`.
        path: of its file; None where it is made up.
        best_known: cost, None where nobody has told one.
        vehicles: largest number of routes.
        capacity: of every vehicle.
        costs: float64 or int32 of shape `(n, n)`; also the travel times.
        demands, services, opens, closes: float64 of shape `(n,)`.
    """

    name: str
    instance_class: str
    path: Path | None = None
    best_known: float | None = None
    vehicles: int
    capacity: float
    costs: NDArray[Any]
    demands: Doubles
    services: Doubles
    opens: Doubles
    closes: Doubles

    @property
    def orders(self) -> int:
        """Number of customers."""
        return len(self.demands) - 1
