"""The legs of a solve follow each other, and fit the time there is."""

from __future__ import annotations

from itertools import pairwise

import pytest

from solver.search.layout import DEAR
from solver.search.settings import Leg, SearchSettings


@pytest.mark.parametrize("breed", [False, True])
@pytest.mark.parametrize("annealings", [1, 2, 7])
def test_legs_cover_the_solve(annealings: int, breed: bool) -> None:
    """From its beginning to its end without a gap; each falls, the last one is the coldest."""
    settings = SearchSettings()
    legs = list(settings.legs(annealings, breed=breed, warm=False))
    count = settings.meetings if breed else annealings
    assert len(legs) == count + 1
    assert (legs[0].since, legs[-1].until) == (0.0, 1.0)
    assert all(one.until == two.since for one, two in pairwise(legs))
    assert all(leg.temperature(leg.since) > leg.temperature(leg.until) for leg in legs)
    assert min(leg.cold for leg in legs) == legs[-1].cold
    assert [leg.recombine for leg in legs] == [False] + count * [True]
    assert [leg.shrink for leg in legs] == [False] + (count - 1) * [not breed] + [False]
    assert [leg.breed for leg in legs] == count * [breed] + [False]


@pytest.mark.parametrize("breed", [False, True])
def test_a_plan_to_start_from_is_not_melted(breed: bool) -> None:
    """A solve that starts from a plan is never hotter than `warm`."""
    settings = SearchSettings()
    warm = list(settings.legs(3, breed=breed, warm=True))
    assert max(leg.hot for leg in warm) == settings.warm
    assert not any(leg.shrink for leg in warm)
    assert max(leg.hot for leg in settings.legs(3, breed=breed, warm=False)) == settings.hot


def test_much_time_is_for_several_annealings() -> None:
    """One where there is little."""
    settings = SearchSettings()
    enough = 100 * settings.steps
    assert settings.annealings(0.1 * enough, 100) == 1
    assert settings.annealings(6.2 * enough, 100) == 6
    assert settings.annealings(1.0, 0) == 1


def test_threads_share_one_solution_where_parts_and_time_are_large_enough() -> None:
    """A city's always, in parts even if there is one thread only."""
    settings = SearchSettings()
    tasks = 2 * settings.apart
    enough = settings.steps * tasks
    assert settings.shares(enough, tasks, threads=2)
    assert not settings.shares(0.9 * enough, tasks, threads=2)
    assert not settings.shares(1e12, tasks - 1, threads=2)
    assert not settings.shares(1e12, tasks, threads=3)
    assert not settings.shares(1e12, settings.together - 1, threads=1)
    assert settings.shares(0.0, settings.together, threads=1)


def test_when_it_is_so_cold() -> None:
    """The inverse of how cold it is when; never before the leg begins or after it ends."""
    leg = Leg(0.2, 0.8, 0.5, 0.1)
    assert leg.share_at(0.5) == 0.2
    assert leg.share_at(leg.temperature(0.3)) == pytest.approx(0.3)
    assert leg.share_at(0.1) == pytest.approx(0.8)
    assert leg.share_at(0.9) == 0.2
    assert leg.share_at(0.01) == 0.8


def test_more_time_is_for_breeding() -> None:
    """But not where threads work together."""
    settings = SearchSettings()
    enough = 100 * 10 * settings.breeding
    assert not settings.breeds(0.9 * enough, 100, 10)
    assert settings.breeds(enough, 100, 10)
    assert not settings.breeds(enough, 110, 10)
    assert not settings.breeds(enough, 100, 11)
    assert not settings.breeds(1e12, settings.together, 10)
    assert not settings.breeds(1e12, settings.family - 1, 10)


def test_little_time_makes_a_small_population() -> None:
    """Annealings that are long enough, at least two in each thread, at most a population."""
    settings = SearchSettings()
    one = 100 * settings.fresh / settings.nursery
    assert settings.quota(1.5 * one, 100, threads=2) == 2
    assert settings.quota(3.5 * one, 100, threads=2) == 3
    ten = settings.population * one
    assert settings.quota(ten, 100, threads=2) == settings.population // 2
    assert settings.quota(ten, 100, threads=1) == settings.population


def test_much_time_makes_a_large_population() -> None:
    """Of annealings that are longer than where there is little; all threads keep as many."""
    settings = SearchSettings()
    one = 100 * settings.ripe / settings.nursery
    assert settings.members(one, 100, threads=2) == settings.population
    assert settings.members(10.5 * one, 100, threads=2) == 21
    assert settings.quota(10.5 * one, 100, threads=2) == 11
    assert settings.members(99.0 * one, 100, threads=2) == settings.crowd


def test_tasks_may_stay_out_only_while_it_is_hot() -> None:
    """Some arcs' cost then, all that they cost later."""
    settings = SearchSettings()
    assert settings.price_cap_at(settings.hot, 100.0) == int(settings.vacancy * 100)
    assert settings.price_cap_at(settings.strict, 100.0) == DEAR
