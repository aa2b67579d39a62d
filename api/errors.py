"""What can go wrong on the service's floor.

ApiError
├── BadSettings      a setting of the service is not what it should be
├── BadDatabase      the store's address can't be used, or nobody answers there
├── OldSchema        the store was made by another version; `citywave db upgrade` mends it
├── UnknownKey       no API key has this id
├── Unreachable      a client finds no server, or lost it
├── Refused          a server answers a client with a problem
└── NoPlan           a plan has ended without a result
"""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.errors import Issue


class ApiError(Exception):
    """Base of every error that this floor raises; the message says what to do."""


class BadSettings(ApiError):  # noqa: N818 - reads as what it is
    """A setting of the service is not what it should be."""


class BadDatabase(ApiError):  # noqa: N818 - reads as what it is
    """The store's address can't be used, or nobody answers there."""


class OldSchema(ApiError):  # noqa: N818 - reads as what it is
    """The store's tables are not those of this version."""


class UnknownKey(ApiError):  # noqa: N818 - reads as what it is
    """No API key has this id."""


class Unreachable(ApiError):  # noqa: N818 - reads as what it is
    """A client finds no server, or lost it."""


class Refused(ApiError):  # noqa: N818 - reads as what it is
    """A server answers a client with a problem.

    Attributes:
        status: of HTTP.
        detail: in a sentence.
        issues: with what was sent.
        retry_after_s: when it may pass, if the server says so.
        request_id: finds the request in the server's log.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        issues: Sequence[Issue] = (),
        retry_after_s: int | None = None,
        request_id: str | None = None,
    ) -> None:
        self.status, self.detail, self.issues = status, detail, tuple(issues)
        self.retry_after_s, self.request_id = retry_after_s, request_id
        super().__init__(f"The server refuses, {status}: {detail}")


class NoPlan(ApiError):  # noqa: N818 - reads as what it is
    """A plan has ended without a result: failed, cancelled or invalid."""
