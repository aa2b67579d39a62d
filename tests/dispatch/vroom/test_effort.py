"""Small problems end by steps, large ones by the clock; a limit only shortens."""

from __future__ import annotations

from dispatch.vroom.effort import BY_STEPS, LONGEST, Effort


def test_small_problems_end_by_steps() -> None:
    """Twice as many a level; the clock only where the caller wants it."""
    levels = [Effort(level=level).params(BY_STEPS) for level in range(6)]
    assert all(params.time_limit is None for params in levels)
    steps = [params.step_limit or 0 for params in levels]
    assert steps == [steps[0] * 2**level for level in range(6)]
    assert Effort(seconds=0.5).params(BY_STEPS).time_limit == 0.5


def test_large_problems_end_by_the_clock() -> None:
    """Never after `LONGEST`, nor after the caller's limit."""
    assert Effort(level=0).params(1000).time_limit == 1.25
    assert Effort().params(10_000).time_limit == LONGEST
    assert Effort(seconds=2.0).params(10_000).time_limit == 2.0
    assert Effort(seconds=200.0).params(10_000).time_limit == LONGEST
    assert Effort().params(1000).step_limit is None
