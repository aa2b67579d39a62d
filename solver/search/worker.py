"""One thread of the search: its solution, the routes it has seen, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from time import monotonic

from solver.recombine import Column
from solver.search.anneal import (
    anneal_routes,
    construct_routes,
    load_routes,
    route_costs,
    routes_of,
)
from solver.search.clock import Clock
from solver.search.layout import (
    BEST,
    DEAR,
    FLEET_CAP,
    FOCUS,
    FOCUSED,
    IN_FOCUS,
    KIND,
    NEXT,
    TOUR,
    Data,
    Int64s,
    State,
    new_state,
)
from solver.search.settings import Leg, SearchSettings

Routes = Mapping[int, tuple[int, ...]]


class Worker:
    """Anneals in slices; between them its best rows can be read by other threads."""

    def __init__(self, data: Data, seed: int, settings: SearchSettings) -> None:
        """Without a solution yet; `seed` >= 0."""
        self.data, self.settings = data, settings
        self.state: State = new_state(data, seed)
        self.kinds: list[int] = data.vehicle[:, KIND].tolist()
        self.steps = 0
        self.per_second = 20_000.0
        self.best = DEAR
        self.rows: Int64s | None = None
        self.seen: dict[tuple[int, tuple[int, ...]], Column] = {}

    @property
    def best_routes(self) -> dict[int, tuple[int, ...]]:
        """Tasks by vehicle of the best solution it ever had, which costs `best`."""
        return {} if self.rows is None else routes_of(self.data, self.rows)

    @property
    def now_best(self) -> int:
        """The cost of the best solution since `load`."""
        return int(self.state.number[BEST])

    @property
    def now_best_routes(self) -> dict[int, tuple[int, ...]]:
        """Tasks by vehicle of the best solution since `load`; not while it anneals."""
        return routes_of(self.data, self.state.best)

    def load(self, routes: Routes, vehicles: int | None = None) -> bool:
        """Go on from these routes, with so many vehicles at most; whether they can be driven."""
        self.state.number[FLEET_CAP] = len(self.kinds) if vehicles is None else vehicles
        sound = load_routes(self.data, self.state, dict(routes)) is not None
        if sound:
            self._publish()
        return sound

    def focus(self, tasks: Sequence[int]) -> None:
        """Try changes around these tasks only, at least one, until something else is loaded."""
        bank = self.state.bank
        bank[IN_FOCUS] = 0
        bank[IN_FOCUS, tasks] = 1
        bank[FOCUS, : len(tasks)] = bank[TOUR, bank[IN_FOCUS, bank[TOUR]] == 1]
        self.state.number[FOCUSED] = len(tasks)

    def construct(self, routes: Routes, order: Int64s) -> None:
        """Begin with these routes; the other tasks, in this order, go where they are cheapest."""
        load_routes(self.data, self.state, dict(routes))
        construct_routes(self.data, self.state, order)
        self._publish()

    def anneal(self, clock: Clock, leg: Leg, arc: float, ended: Callable[[], bool]) -> None:
        """Anneal until the leg is over; temperatures are in units of `arc`."""
        share = clock.share(self.steps)
        while share < leg.until and not ended():
            steps = clock.slice(self.steps, self.per_second, leg.until)
            then = min(leg.until, share + clock.share_of(steps, self.per_second))
            self.stretch(
                steps,
                leg.temperature(share),
                leg.temperature(then),
                arc,
                self.settings.pushes,
                leg.insist,
            )
            if share >= leg.note_from:
                self.note_routes()
            share = clock.share(self.steps)

    def stretch(
        self,
        steps: int,
        hot: float,
        cold: float,
        arc: float,
        pushes: int,
        insist: bool = False,
    ) -> None:
        """So many steps, from `hot` to `cold`, in units of `arc`; the rest is `anneal_routes`'s."""
        began = monotonic()
        anneal_routes(
            self.data,
            self.state,
            steps,
            arc * hot,
            arc * cold,
            self.settings.removals,
            self.settings.tails,
            self.settings.segments,
            pushes,
            insist,
            self.settings.price_cap_at(cold, arc),
        )
        self.per_second = steps / max(1e-4, monotonic() - began)
        self.steps += steps
        self._publish()

    def seen_last(self, most: int) -> list[Column]:
        """So many of the routes seen; older ones are forgotten."""
        if len(self.seen) > most:
            self.seen = dict(islice(self.seen.items(), len(self.seen) - most, None))
        return list(self.seen.values())

    def _publish(self) -> None:
        """Leave the best rows where another thread may read them."""
        if self.now_best < self.best:
            self.rows = self.state.best.copy()
            self.best = self.now_best

    def note_routes(self) -> None:
        """Remember the current routes, those seen last at the end."""
        costs = route_costs(self.data, self.state).tolist()
        for vehicle, tasks in routes_of(self.data, self.state.row[:, NEXT]).items():
            key = self.kinds[vehicle], tasks
            known = self.seen.pop(key, None)
            self.seen[key] = known or Column(vehicle, tasks, costs[vehicle])
