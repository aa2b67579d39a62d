"""From pydantic's errors to our issues: code, JSON pointer, message, action."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from dispatch.errors import Issue
from dispatch.wire.text import pointer

CODES = {
    "missing": "missing_key",
    "extra_forbidden": "unknown_key",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "finite_number": "not_finite",
    "enum": "unknown_value",
    "literal_error": "unknown_value",
    "union_tag_invalid": "unknown_value",
    "union_tag_not_found": "missing_key",
    "string_pattern_mismatch": "malformed_name",
    "string_too_short": "malformed_name",
    "string_too_long": "malformed_name",
    "too_short": "empty_list",
    "too_long": "wrong_shape",
}
"""Of pydantic's own errors; all others are wrong types."""

OWN_CODES = {
    "time_without_offset": "Add the offset, such as +08:00.",
    "malformed_time": "Write it as RFC 3339: 2026-11-24T08:00:00+08:00.",
    "unknown_time_zone": "Name it as in Asia/Shanghai.",
    "swapped_position": "Write [lon, lat].",
    "out_of_range": "Correct the value.",
    "malformed_name": "Correct the name.",
    "reversed_window": "Swap or correct the two times.",
    "overlapping_windows": "Merge or part the windows.",
    "priority_and_cost": "Keep one of them.",
    "wrong_shape": "Correct the matrix.",
    "wrong_type": "Correct the value.",
}
"""Errors that our own validators raise, with what to do."""

ACTIONS = {
    "missing_key": "Add it.",
    "not_finite": "Give a finite number.",
    "out_of_range": "Correct the value; mind the unit.",
    "wrong_type": "Correct the value.",
    "malformed_name": "Correct the text.",
    "empty_list": "Add at least one.",
    "wrong_shape": "Correct the list.",
}

UNITS = ("_s", "_m", "_g", "_ml", "_kmh", "_min", "_km", "_kg", "_l", "_h", "_sec", "_ms")


def issues_of(error: ValidationError, document: Any, model: type[BaseModel]) -> list[Issue]:
    """All issues of a validation of `document` by `model`."""
    return [_issue(detail, document, model) for detail in error.errors(include_url=False)]


def _issue(detail: Mapping[str, Any], document: Any, model: type[BaseModel]) -> Issue:
    path = _path(detail["loc"], document)
    where, kind, found = pointer(*path), detail["type"], detail["input"]
    if kind in OWN_CODES:
        message = f"{_shown(found)} {detail['msg']}." if _is_plain(found) else f"{detail['msg']}."
        return Issue(kind, where, _capital(message), OWN_CODES[kind])
    code = CODES.get(kind, "wrong_type")
    match code:
        case "unknown_key":
            known = _known_keys(model, path[:-1], document)
            return Issue(code, where, f"Unknown key {path[-1]!r}.", _hint(str(path[-1]), known))
        case "missing_key":
            return Issue(code, where, "Expected a value, got none.", ACTIONS[code])
        case "unknown_value":
            expected = detail["ctx"].get("expected", detail["ctx"].get("expected_tags", ""))
            if kind == "union_tag_invalid":
                where, found = pointer(*path, "kind"), detail["ctx"]["tag"]
            return Issue(code, where, f"Unknown value {_shown(found)}.", f"Use one of {expected}.")
        case "empty_list" if where == "/orders":
            return Issue("empty_wave", where, "The wave has no orders.", "Add at least one order.")
    expected = detail["msg"].replace("Input should be", "Expected")
    return Issue(code, where, f"{expected}, got {_shown(found)}.", ACTIONS[code])


def _path(loc: tuple[str | int, ...], document: Any) -> list[str | int]:
    """The place in the document: pydantic's own without the tags of unions."""
    path: list[str | int] = []
    here = document
    for position, part in enumerate(loc):
        is_tag = path == ["travel"] and part in ("haversine", "matrix")
        if is_tag and isinstance(here, dict) and part not in here:
            continue
        path.append(part)
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return [*path, *loc[position + 1 :]]
    return path


def _known_keys(model: type[BaseModel], path: list[str | int], document: Any) -> list[str]:
    """Keys of the object at this place, found by walking the models along it."""
    kind: Any = model
    here = document
    for part in path:
        here = here[part]
        if isinstance(part, int) or part not in kind.model_fields:
            continue  # an item of a list or of a mapping
        candidates = _models(kind.model_fields[part].annotation)
        if not candidates:
            return []
        tag = here.get("kind") if isinstance(here, dict) else None
        kind = next(
            (c for c in candidates if tag in get_args(_annotation(c, "kind"))), candidates[0]
        )
    return list(kind.model_fields)


def _annotation(model: type[BaseModel], name: str) -> Any:
    return model.model_fields[name].annotation if name in model.model_fields else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _hint(key: str, known: list[str]) -> str:
    """What was probably meant: the same word in our unit, or one that looks alike."""
    stem = next((key.removesuffix(unit) for unit in UNITS if key.endswith(unit)), key)
    same = [name for name in known if name == stem or name.rpartition("_")[0] == stem]
    close = same or get_close_matches(key, known, n=1)
    if same and same[0] != stem:
        return f"Use {same[0]!r}, in the unit of its name."
    return f"Did you mean {close[0]!r}?" if close else f"Use only {', '.join(known)}."


def _is_plain(found: Any) -> bool:
    return isinstance(found, (str, int, float, tuple)) or (
        isinstance(found, list) and len(found) == 2
    )


def _shown(found: Any) -> str:
    shown = repr(list(found) if isinstance(found, tuple) else found)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
