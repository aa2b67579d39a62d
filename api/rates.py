"""How often a caller may call; beyond it a 429 says when to come back.

    allowed at once: burst; regained: per_minute / 60 every second        (GCRA)

What has been used is kept in this process: each server of a store allows as much, and a restart
forgives a minute at most.
"""

from __future__ import annotations

import math
from functools import lru_cache
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network

from pyrate_limiter import (
    GCRA,
    Decision,
    Duration,
    InMemoryStateStore,
    MonotonicClock,
    Rate,
)

from api.problems import Problem
from api.settings import Settings

MOST_CALLERS = 100_000
"""That are remembered; whoever has not come for longest is forgotten first."""


class Allowance:
    """The same rate for every name."""

    def __init__(self, what: str, per_minute: int, burst: int) -> None:
        self.detail = f"At most {burst} {what} at once and {per_minute} a minute are taken."
        self.rates, self.clock = [Rate(per_minute, Duration.MINUTE, burst)], MonotonicClock()
        self.used = lru_cache(MOST_CALLERS)(_nothing_yet)

    def take(self, name: str) -> None:
        """One of them.

        Raises:
            Problem: 429, if none is left.
        """
        decision: Decision = self.used(name).check(  # type: ignore[no-untyped-call]
            GCRA(), self.rates, self.clock.now(), 1
        )
        if not decision.allowed:
            self._refuse(decision)

    def require(self, name: str) -> None:
        """That one is left; takes none.

        Raises:
            Problem: 429, if none is.
        """
        state = self.used(name).read(GCRA(), self.rates)  # type: ignore[no-untyped-call]
        _, decision = GCRA().step(self.rates, state, self.clock.now(), 1)
        if not decision.allowed:
            self._refuse(decision)

    def _refuse(self, decision: Decision) -> None:
        seconds = math.ceil((decision.retry_after_ms or 0) / 1000)
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS, self.detail, headers={"Retry-After": str(seconds)}
        )


def _nothing_yet(_: str) -> InMemoryStateStore:
    return InMemoryStateStore()


class Rates:
    """Requests and waves by API key, wrong keys by address."""

    def __init__(self, settings: Settings) -> None:
        self.requests = Allowance(
            "requests of a key", settings.requests_per_minute, settings.request_burst
        )
        self.waves = Allowance(
            "waves of a key", settings.waves_per_minute, settings.waves_per_minute
        )
        self.failures = Allowance(
            "wrong keys of an address",
            settings.failures_per_minute,
            settings.failures_per_minute,
        )


def neighbourhood(host: str) -> str:
    """An address, or the /64 network of it: whoever has one IPv6 address has all of those."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return host
