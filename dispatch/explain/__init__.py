"""Why an order goes with its courier, or why it stays behind; found by direct tests.

All costs are what the search compares: cost units, multiplied by the snapshot's weights.
"""

from __future__ import annotations

from dispatch.explain.order import explain_order
from dispatch.explain.served import Alternative, ServedExplanation, explain_served
from dispatch.explain.suitability import Obstacle
from dispatch.explain.text import describe
from dispatch.explain.unserved import explain_so_far, explain_unserved

__all__ = [
    "Alternative",
    "Obstacle",
    "ServedExplanation",
    "describe",
    "explain_order",
    "explain_served",
    "explain_so_far",
    "explain_unserved",
]
