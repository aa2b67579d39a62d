"""What a try draws from its 64 random bits."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest
from numba import njit

from solver.search.compiled import HOW
from solver.search.randomness import part, rest
from solver.search.swap import most_accepted


@njit(**HOW)  # type: ignore[untyped-decorator]
def _drawn(word: Any, first: Any, bound: Any) -> Any:
    return most_accepted(word, 10.0), rest(word), part(word, first, bound)


@pytest.mark.parametrize("upper", [0, 1, 2, 3, 2**16, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1])
def test_what_may_be_accepted_is_bounded_closely(upper: int) -> None:
    """Never below the logarithm that follows, nor above that of half of its argument."""
    bound, drawn, _ = _drawn(np.uint64(upper << 32 | 1 << 31), 0, 40)
    assert drawn == (upper + 1) / 2**32
    threshold = -10.0 * log(drawn)
    assert threshold <= bound <= threshold + 10.0 * log(2.0) + 1e-9


@pytest.mark.parametrize("first", [0, 16])
def test_choices_are_even_and_within_their_bound(first: int) -> None:
    """All of 40 choices are drawn from 16 bits, each about as often."""
    words = np.arange(2**16, dtype=np.uint64) << np.uint64(first)
    counts = np.bincount([_drawn(word, first, 40)[2] for word in words], minlength=40)
    assert len(counts) == 40
    assert counts.max() - counts.min() <= 1
