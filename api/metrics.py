"""What a monitor is told at `/metrics`: requests, plans, the queue.

Labels come from our own code (route templates, states), so there are only so many; none tells who
called or what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from api.jobs.states import State
from api.store.tables import PlanJob

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
SOLVE_BUCKETS = (1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600)


class Metrics:
    """Of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        Info("citywave_build", "Which version serves.", registry=self.registry).info(
            {"version": version("citywave")}
        )
        self.requests = Counter(
            "citywave_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "citywave_http_request_seconds",
            "Until an answer begins; a stream of events goes on from there.",
            ("method", "route"),
            buckets=REQUEST_BUCKETS,
            registry=self.registry,
        )
        self.ended = Counter(
            "citywave_plans_ended",
            "Plans that this server has ended.",
            ("state", "stop_reason"),
            registry=self.registry,
        )
        self.solve_seconds = Histogram(
            "citywave_solve_seconds",
            "From the beginning of a plan's last attempt to its end.",
            ("state",),
            buckets=SOLVE_BUCKETS,
            registry=self.registry,
        )
        self.plans = PlansInStore()
        self.registry.register(self.plans)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has its answer."""
        method = method if method in METHODS else "other"
        self.requests.labels(method, route, status).inc()
        self.request_seconds.labels(method, route).observe(seconds)

    def plan_ended(self, job: PlanJob) -> None:
        """A plan has ended."""
        self.ended.labels(job.state, job.stop_reason or "").inc()
        if job.started_at is not None and job.ended_at is not None:
            seconds = (job.ended_at - job.started_at).total_seconds()
            self.solve_seconds.labels(job.state).observe(seconds)

    def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self.registry)


class PlansInStore(Collector):
    """By state, and the age of the one that waits longest: one query over an index.

    Attributes:
        store: None until the application has opened it.
    """

    store: Engine | None = None

    def collect(self) -> Iterator[Metric]:
        """What the store says now; that it is away, if it is."""
        if self.store is None:
            return
        up = GaugeMetricFamily("citywave_store_up", "Whether the store answers.")
        plans = GaugeMetricFamily("citywave_plans", "Plans in the store.", labels=["state"])
        age = GaugeMetricFamily("citywave_queue_age_seconds", "Of the plan that waits longest.")
        counts = select(PlanJob.state, func.count(), func.min(PlanJob.created_at))
        try:
            with Session(self.store) as session:
                rows = session.execute(counts.group_by(PlanJob.state)).all()
        except OperationalError:
            up.add_metric([], 0)
            yield up
            return
        found = {state: (count, oldest) for state, count, oldest in rows}
        for state in State:
            plans.add_metric([state], found.get(state, (0, None))[0])
        waiting = found.get(State.QUEUED)
        now = datetime.now(UTC)
        age.add_metric([], 0 if waiting is None else (now - waiting[1]).total_seconds())
        up.add_metric([], 1)
        yield from (up, plans, age)
