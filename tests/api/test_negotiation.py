"""Which form of an answer a caller wants."""

from __future__ import annotations

import pytest

from api.negotiation import chosen
from api.problems import Problem

FORMS = ["application/json", "application/geo+json", "text/csv"]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("application/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.2, application/geo+json;q=0.9", "application/geo+json"),
        ("application/json;q=0, text/csv", "text/csv"),
    ],
)
def test_the_form_that_a_caller_likes_best(accept: str | None, form: str) -> None:
    """By quality, then in our order."""
    assert chosen(accept, FORMS) == form


@pytest.mark.parametrize("accept", ["text/html", "*/*;q=0", "garbage", ";;"])
def test_no_form_is_left(accept: str) -> None:
    """What a caller can't be given is a problem that says what there is."""
    with pytest.raises(Problem, match="application/geo"):
        chosen(accept, FORMS)
