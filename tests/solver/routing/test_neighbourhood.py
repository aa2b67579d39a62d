"""Which routes a round re-plans."""

from __future__ import annotations

import numpy as np

from solver.params import SolveParams
from solver.routing.neighbourhood import SPARE_VEHICLES, Neighbourhoods
from solver.solve import solve
from tests.solver.worlds import town

TOWN = town(60, vehicles=12)
PLANNED = solve(TOWN, SolveParams(step_limit=1500, engine="ortools")).solution


def test_every_task_has_its_turn_soon() -> None:
    """After as many rounds as there are routes, no task was left aside."""
    neighbourhoods = Neighbourhoods(TOWN, np.random.default_rng(1), size=30)
    seen: set[int] = set()
    for _ in range(2 * len(PLANNED.routes)):
        seen.update(neighbourhoods.around_neglected_task(PLANNED).tasks)
    assert seen == set(range(60))


def test_a_neighbourhood_is_whole_routes_and_some_spare_vehicles() -> None:
    """Tasks are those of its routes and some unserved ones, within the size."""
    neighbourhoods = Neighbourhoods(TOWN, np.random.default_rng(2), size=30)
    used = {route.vehicle for route in PLANNED.routes}
    for _ in range(20):
        around = neighbourhoods.around_neglected_task(PLANNED)
        served = {task for route in around.routes for task in route.tasks}
        assert set(around.tasks) - served <= set(PLANNED.unserved)
        assert len(served) <= 30
        assert {route.vehicle for route in around.routes} == set(around.vehicles) & used
        assert len(set(around.vehicles) - used) <= SPARE_VEHICLES
