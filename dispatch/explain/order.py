"""One order of a plan explained, served or not."""

from __future__ import annotations

from dispatch.encode import encode, encode_plan
from dispatch.explain.served import ServedExplanation, explain_served
from dispatch.explain.unserved import explain_unserved
from dispatch.plan import Plan, Unserved
from dispatch.snapshot import Snapshot
from dispatch.travel import travel_times
from solver.insertion import Insertions


def explain_order(snapshot: Snapshot, plan: Plan, order_id: str) -> ServedExplanation | Unserved:
    """Why the order goes with its courier, or why it stays behind.

    Args:
        snapshot: a sound one.
        plan: of it, breaking no rule.
        order_id: of an order in it.

    Raises:
        KeyError: the snapshot has no such order.
    """
    index = {order.id: i for i, order in enumerate(snapshot.orders)}[order_id]
    encoding = encode(snapshot, travel_times(snapshot.travel))
    solution = encode_plan(encoding, plan)
    if index in solution.unserved:
        return explain_unserved(encoding, Insertions(encoding.problem, solution), index)
    return explain_served(encoding, solution, index)
