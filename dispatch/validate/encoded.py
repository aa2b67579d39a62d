"""Rules that can only be judged with travel times: they need the routing problem itself."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.encode import Encoding, encode
from dispatch.errors import InvalidInput, Issue
from dispatch.snapshot import Snapshot
from dispatch.travel import TravelTimes
from solver.errors import ProblemError
from solver.start import prefix_route


def encode_valid(snapshot: Snapshot, travel: TravelTimes) -> Encoding:
    """The routing problem of a snapshot in which `find_issues` finds no error.

    Raises:
        InvalidInput: numbers add up to more than can be counted, or a fixed start can't be driven.
    """
    try:
        encoding = encode(snapshot, travel)
    except ProblemError as error:
        issue = Issue("out_of_range", "", str(error), "Use smaller costs, weights or times.")
        raise InvalidInput([issue]) from error
    issues = list(_undrivable_starts(encoding))
    if issues:
        raise InvalidInput(issues)
    return encoding


def _undrivable_starts(encoding: Encoding) -> Iterator[Issue]:
    courier_index = {courier.id: j for j, courier in enumerate(encoding.snapshot.couriers)}
    for i, fixed in enumerate(encoding.snapshot.fixed_starts):
        try:
            prefix_route(encoding.problem, courier_index[fixed.courier])
        except ProblemError as error:
            message = f"{fixed.courier} can't drive this fixed start: {error}"
            action = "Check skills, zones, loads and windows of these orders, or drop the lock."
            yield Issue("undrivable_start", f"/fixed_starts/{i}", message, action)
