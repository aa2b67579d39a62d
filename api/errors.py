"""What can go wrong on the service's floor.

ApiError
├── BadDatabase      the store's address can't be used, or nobody answers there
├── OldSchema        the store was made by another version; `citywave db upgrade` mends it
└── UnknownKey       no API key has this id
"""

from __future__ import annotations


class ApiError(Exception):
    """Base of every error that this floor raises; the message says what to do."""


class BadDatabase(ApiError):  # noqa: N818 - reads as what it is
    """The store's address can't be used, or nobody answers there."""


class OldSchema(ApiError):  # noqa: N818 - reads as what it is
    """The store's tables are not those of this version."""


class UnknownKey(ApiError):  # noqa: N818 - reads as what it is
    """No API key has this id."""
