"""Random numbers that a seed determines, one stream for every state.

SplitMix64: Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators, figure 17.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.search.compiled import inlined
from solver.search.layout import RANDOM

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_SCALE = 2.0**-53


@inlined
def bits(stream: Any) -> Any:
    """64 random bits; `stream` is `State.number`."""
    z = np.uint64(stream[RANDOM]) + _GOLDEN
    stream[RANDOM] = np.int64(z)
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


@inlined
def part(drawn: Any, first: Any, bound: Any) -> Any:
    """A whole number in `0 ... bound - 1` from 16 of these bits; bound <= 100 is nearly even."""
    sixteen = (drawn >> np.uint64(first)) & np.uint64(0xFFFF)
    return np.int64((sixteen * np.uint64(bound)) >> np.uint64(16))


@inlined
def rest(drawn: Any) -> Any:
    """A double in `(0, 1]` from the upper 32 of these bits."""
    return float((drawn >> np.uint64(32)) + np.uint64(1)) * 2.0**-32


@inlined
def uniform(stream: Any) -> Any:
    """A double in `(0, 1]`, so that its logarithm exists."""
    return float((bits(stream) >> np.uint64(11)) + np.uint64(1)) * _SCALE


@inlined
def below(stream: Any, bound: Any) -> Any:
    """A whole number in `0 ... bound - 1`; bound < 2**32."""
    return np.int64(((bits(stream) >> np.uint64(32)) * np.uint64(bound)) >> np.uint64(32))
