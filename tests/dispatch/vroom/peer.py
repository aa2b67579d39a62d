"""VROOM itself, from the wheel of pyvroom."""

from __future__ import annotations

import json
import tempfile
from typing import Any

import vroom


def pyvroom(problem: dict[str, Any], level: int = 5) -> dict[str, Any]:
    """Its answer to a problem with matrices."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(problem, file)
        file.flush()
        loaded = vroom.Input.from_json(file.name)
    answer: dict[str, Any] = loaded.solve(exploration_level=level, nb_threads=1).to_dict()
    return answer
