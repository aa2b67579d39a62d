"""From bytes to a JSON document, with the place of everything that JSON itself leaves open.

NaN and infinities, keys that come twice and broken text are all reported by JSON pointer; whatever
is no JSON at all by line and column.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from dispatch.errors import InvalidInput, Issue


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys came twice."""

    repeated: tuple[str, ...] = ()


class _NotFinite(float):
    """NaN or an infinity; remembers how it was written."""

    written = ""


def parse_json(text: str | bytes) -> Any:
    """The document.

    Raises:
        InvalidInput: the text is no JSON, or leaves values open.
    """
    decoded = decode_utf8(text)
    try:
        document = json.loads(decoded, object_pairs_hook=_object, parse_constant=_not_finite)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        found = "The file is empty." if not decoded.strip() else f"Not JSON: {error.msg}."
        raise InvalidInput([Issue("not_json", where, found, "Correct the text there.")]) from None
    except (RecursionError, ValueError) as error:
        message = f"Not readable as JSON: {error}."
        raise InvalidInput([Issue("not_json", "", message, "Correct the document.")]) from None
    issues = list(_open_values(document, ""))
    if issues:
        raise InvalidInput(issues)
    return document


def require_object(document: Any) -> dict[str, Any]:
    """The document, if it is an object.

    Raises:
        InvalidInput: it is not.
    """
    if isinstance(document, dict):
        return document
    message = f"Expected an object, got {type(document).__name__}."
    raise InvalidInput([Issue("wrong_type", "", message, "See docs/format.md.")])


def decode_utf8(text: str | bytes) -> str:
    """The text without a byte order mark.

    Raises:
        InvalidInput: the bytes are not UTF-8.
    """
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        issue = Issue("not_utf8", f"line {line}", "The text is not UTF-8.", "Save it as UTF-8.")
        raise InvalidInput([issue]) from None


@contextmanager
def named(name: str) -> Iterator[None]:
    """Places in a text are told with the name of its file; pointers are not."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(
            [
                i
                if i.where.startswith("/") or not i.where
                else replace(i, where=f"{name} {i.where}")
                for i in error.issues
            ]
        ) from None


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        made.repeated = tuple(sorted({key for key in keys if keys.count(key) > 1}))
    return made


def _not_finite(written: str) -> _NotFinite:
    made = _NotFinite(written)
    made.written = written
    return made


def _open_values(value: Any, where: str) -> Iterator[Issue]:
    match value:
        case _NotFinite():
            message = f"Expected a finite number, got {value.written}."
            yield Issue("not_finite", where, message, "Give a number, or leave the key out.")
        case float() if value in (float("inf"), float("-inf")):
            yield Issue("not_finite", where, "The number is too large.", "Give a smaller one.")
        case str() if not _is_text(value):
            yield Issue("broken_text", where, "The text has half a character.", "Correct it.")
        case dict():
            for key in getattr(value, "repeated", ()):
                message = f"The key {key!r} comes twice."
                yield Issue("duplicate_key", where + pointer(key), message, "Keep one of them.")
            for key, child in value.items():
                if not _is_text(key):
                    yield Issue("broken_text", where, "A key has half a character.", "Correct it.")
                else:
                    yield from _open_values(child, where + pointer(key))
        case list():
            for index, child in enumerate(value):
                if isinstance(child, (dict, list, float, str)):
                    yield from _open_values(child, f"{where}/{index}")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
