"""A form with files (multipart/form-data): its parts by name."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, FormParser, parse_options_header

from api.problems import Problem
from dispatch.errors import InvalidInput, Issue
from dispatch.wire.text import pointer

FORM = "multipart/form-data"

MOST_PARTS = 20
"""Far more than any endpoint knows."""

IN_MEMORY: dict[str, Any] = {
    "MAX_MEMORY_FILE_SIZE": float("inf"),
    "UPLOAD_ERROR_ON_BAD_CTE": True,
}
"""The body is there already; bodies have their own limits."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a form.

    Attributes:
        name: of the file, for messages; of the field where it has none.
        content: its bytes.
    """

    name: str
    content: bytes


def parts_of_form(
    body: bytes, content_type: str, *names: str, optional: tuple[str, ...] = ()
) -> dict[str, Part]:
    """The parts of a form that has these, and perhaps the optional ones.

    Raises:
        Problem: 400, it is no such form.
        InvalidInput: it has other parts.
    """
    parts, known = _parsed(body, content_type), names + optional
    found = [name for name, _ in parts]
    issues = [
        Issue("missing_key", pointer(name), "Expected a part of this name.", "Add it.")
        for name in names
        if name not in found
    ]
    for name in dict.fromkeys(found):
        if name not in known:
            action = f"Use only {', '.join(known)}."
            issues.append(Issue("unknown_key", pointer(name), f"Unknown part {name!r}.", action))
        elif found.count(name) > 1:
            message = f"The part {name!r} comes twice."
            issues.append(Issue("duplicate_key", pointer(name), message, "Keep one of them."))
    if issues:
        raise InvalidInput(issues)
    return dict(parts)


def _parsed(body: bytes, content_type: str) -> list[tuple[str, Part]]:
    parts: list[tuple[str, Part]] = []
    ended: list[bool] = []

    def add(field: bytes | None, file: bytes | None, content: bytes) -> None:
        if len(parts) == MOST_PARTS:
            raise FormParserError(f"over {MOST_PARTS} parts")
        name = _shown(field or b"")
        parts.append((name, Part(_shown(file or b"") or name, content)))

    def on_field(field: Field) -> None:
        add(field.field_name, None, field.value or b"")

    def on_file(file: File) -> None:
        file.file_object.seek(0)
        add(file.field_name, file.file_name, file.file_object.read())

    try:
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        parser = FormParser(
            FORM, on_field, on_file, lambda: ended.append(True), boundary, config=IN_MEMORY
        )
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"The body is no form: {error}.") from None
    if not ended:
        raise Problem(HTTPStatus.BAD_REQUEST, "The form ends too early.")
    return parts


def _shown(name: bytes) -> str:
    """A name that can be told: without folders and whatever does not print."""
    text = "".join(c for c in name.decode("utf-8", "replace") if c.isprintable())
    return PurePosixPath(text.replace("\\", "/")).name[:100]
