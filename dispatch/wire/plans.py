"""A plan as JSON text, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from dispatch.errors import InvalidInput, Issue
from dispatch.plan import TERMS, Improvement, Plan, PlanCost, Route, Stop, Unserved
from dispatch.units import TimeWindow
from dispatch.wire import plan_models as models
from dispatch.wire.days import lined_json
from dispatch.wire.issues import issues_of
from dispatch.wire.text import parse_json, pointer, require_object
from dispatch.words import Clock

AMOUNTS = (*TERMS, "total")


def dump_plan(plan: Plan) -> str:
    """The plan as JSON text."""
    return lined_json(plan_document(plan))


def read_plan(text: str | bytes) -> Plan:
    """The plan of a JSON text.

    Raises:
        InvalidInput: the text breaks rules of the format, or its sums are not those of its parts.
    """
    return plan_of(parse_json(text))


def plan_of(document: Any) -> Plan:
    """The plan of a parsed document; see `read_plan`."""
    document = require_object(document)
    try:
        model = models.PlanModel.model_validate(document)
    except ValidationError as error:
        raise InvalidInput(issues_of(error, document, models.PlanModel)) from None
    plan = _plan(model)
    issues = list(_wrong_sums(document, plan))
    if issues:
        raise InvalidInput(issues)
    return plan


def plan_document(plan: Plan) -> dict[str, Any]:
    """The JSON document of a plan."""
    time = Clock(plan.release, plan.time_zone).stamp
    return {
        "city": plan.city,
        "time_zone": plan.time_zone,
        "currency": plan.currency,
        "wave": plan.wave,
        "release": time(0),
        "snapshot_digest": plan.snapshot_digest,
        "kpis": _kpis(plan),
        "cost": _cost_document(plan.cost),
        "search": {
            "engine": plan.engine,
            "seed": plan.seed,
            "seconds": plan.seconds,
            "stop_reason": plan.stop_reason,
            "log": [
                {"seconds": entry.seconds, "cost": entry.cost, "unserved": entry.unserved}
                for entry in plan.log
            ],
        },
        "unserved": [
            {
                "order": left.order,
                "reason": left.reason.value,
                "detail": left.detail,
                "fix": left.fix,
                **({} if left.extra_cost is None else {"extra_cost": left.extra_cost}),
            }
            for left in plan.unserved
        ],
        "routes": [
            {
                "courier": route.courier,
                "vehicle_type": route.vehicle_type,
                "depot": route.depot,
                "start": time(route.start_s),
                "loading": time(route.loading_s),
                "departure": time(route.departure_s),
                "end": time(route.end_s),
                "approach_distance_m": route.approach_distance_m,
                "return_travel_s": route.return_travel_s,
                "return_distance_m": route.return_distance_m,
                "load": dict(route.load),
                "cost": _cost_document(route.cost),
                "stops": [
                    {
                        "order": stop.order,
                        "travel_s": stop.travel_s,
                        "distance_m": stop.distance_m,
                        "arrival": time(stop.arrival_s),
                        "start": time(stop.start_s),
                        "departure": time(stop.departure_s),
                        "window_start": time(stop.window.start_s),
                        "window_end": time(stop.window.end_s),
                        "late_s": stop.late_s,
                        "slack_s": stop.slack_s,
                    }
                    for stop in route.stops
                ],
            }
            for route in plan.routes
        ],
    }


def _kpis(plan: Plan) -> dict[str, int]:
    return {
        "orders_served": plan.served,
        "orders_unserved": len(plan.unserved),
        "couriers_used": len(plan.routes),
        "drive_s": plan.drive_s,
        "distance_m": plan.distance_m,
        "waiting_s": sum(route.waiting_s for route in plan.routes),
        "late_s": plan.late_s,
    }


def _cost_document(cost: PlanCost) -> dict[str, int]:
    return {term: getattr(cost, term) for term in AMOUNTS}


def _wrong_sums(document: dict[str, Any], plan: Plan) -> Iterator[Issue]:
    """Figures of the document that do not follow from its own routes."""
    claims = [("kpis", document["kpis"], _kpis(plan))]
    claims.append(("cost", document["cost"], {"total": plan.cost.total}))
    for index, (said, route) in enumerate(zip(document["routes"], plan.routes, strict=True)):
        claims.append((f"routes/{index}/cost", said["cost"], {"total": route.cost.total}))
    for where, said, expected in claims:
        for key, value in expected.items():
            if said[key] != value:
                message = f"Says {said[key]}, its parts add up to {value}."
                place = pointer(*where.split("/"), key)
                yield Issue("wrong_sum", place, message, "Correct the sum.")


def _plan(model: models.PlanModel) -> Plan:
    reader = _Reader(model.release)
    return Plan(
        city=model.city,
        time_zone=model.time_zone,
        currency=model.currency,
        wave=model.wave,
        release=model.release,
        snapshot_digest=model.snapshot_digest,
        routes=tuple(reader.route(route) for route in model.routes),
        unserved=tuple(
            Unserved(
                order=left.order,
                reason=left.reason,
                detail=left.detail,
                fix=left.fix,
                extra_cost=left.extra_cost,
            )
            for left in model.unserved
        ),
        cost=_cost(model.cost),
        engine=model.search.engine,
        seed=model.search.seed,
        seconds=model.search.seconds,
        stop_reason=model.search.stop_reason,
        log=tuple(
            Improvement(seconds=entry.seconds, cost=entry.cost, unserved=entry.unserved)
            for entry in model.search.log
        ),
    )


def _cost(cost: models.CostModel) -> PlanCost:
    return PlanCost(
        use=cost.use,
        distance=cost.distance,
        time=cost.time,
        lateness=cost.lateness,
        unserved=cost.unserved,
    )


class _Reader:
    def __init__(self, release: datetime) -> None:
        self.release = release

    def seconds(self, time: datetime) -> int:
        return round((time - self.release).total_seconds())

    def route(self, route: models.RouteModel) -> Route:
        return Route(
            courier=route.courier,
            vehicle_type=route.vehicle_type,
            depot=route.depot,
            start_s=self.seconds(route.start),
            loading_s=self.seconds(route.loading),
            departure_s=self.seconds(route.departure),
            end_s=self.seconds(route.end),
            approach_distance_m=route.approach_distance_m,
            return_travel_s=route.return_travel_s,
            return_distance_m=route.return_distance_m,
            load=dict(route.load),
            stops=tuple(self.stop(stop) for stop in route.stops),
            cost=_cost(route.cost),
        )

    def stop(self, stop: models.StopModel) -> Stop:
        start, end = self.seconds(stop.window_start), self.seconds(stop.window_end)
        return Stop(
            order=stop.order,
            travel_s=stop.travel_s,
            distance_m=stop.distance_m,
            arrival_s=self.seconds(stop.arrival),
            start_s=self.seconds(stop.start),
            departure_s=self.seconds(stop.departure),
            window=TimeWindow(start, max(start, end)),
            late_s=stop.late_s,
            slack_s=stop.slack_s,
        )
