"""Which form of an answer a caller wants: `Accept` (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from mimeparse import MimeTypeParseException, best_match

from api.problems import Problem


def chosen(accept: str | None, forms: Sequence[str]) -> str:
    """The media type that the caller likes best; the first one if all are the same to it.

    Raises:
        Problem: 406 if it likes none.
    """
    try:
        # Of equals the library takes the last.
        best: str = best_match(list(reversed(forms)), accept or "*/*")
    except MimeTypeParseException:
        best = ""
    if not best:
        raise Problem(HTTPStatus.NOT_ACCEPTABLE, f"Accept one of {', '.join(forms)}.")
    return best
