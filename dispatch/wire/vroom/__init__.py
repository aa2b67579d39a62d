"""VROOM's own JSON in and out."""

from __future__ import annotations

from dispatch.wire.vroom.reading import instance_of
from dispatch.wire.vroom.writing import answer_of

__all__ = ["answer_of", "instance_of"]
