"""One JSON format for file, command line and HTTP; importers beside it."""

from __future__ import annotations

from dispatch.wire.days import dump_snapshot, read_snapshot, snapshot_digest, snapshot_of
from dispatch.wire.plans import dump_plan, plan_of, read_plan
from dispatch.wire.schema import json_schemas

__all__ = [
    "dump_plan",
    "dump_snapshot",
    "json_schemas",
    "plan_of",
    "read_plan",
    "read_snapshot",
    "snapshot_digest",
    "snapshot_of",
]
