"""Lines for whoever runs the service: JSON, or for people where they look at a terminal.

They tell ids, templates of paths, states and times; never an address, a name, a body, a query or a
secret. An error is told by its kind and its place in the code, not by its message, which may quote
what was sent.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import TextIO

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.types import EventDict, WrappedLogger

OURS = ("citywave", "uvicorn.error")
"""Loggers that are heard from INFO on; others from WARNING on, so never uvicorn's access lines."""

SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
)


def get_logger(name: str) -> BoundLogger:
    """Takes a sentence and named values; what is bound in the context comes with every line."""
    logger: BoundLogger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=BoundLogger,
    )
    return logger


def log_to(stream: TextIO) -> logging.Handler:
    """From now on all loggers of this process, of libraries too, write there."""
    people = stream.isatty()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[
                ProcessorFormatter.remove_processors_meta,
                told_without_message,
                structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.getLogger().addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    return handler


def told_without_message(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An error and those that led to it: kinds and places."""
    told = event.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else sys.exception() if told is True else told
    if isinstance(error, BaseException):
        event["error"] = "\n".join(_lines(error))
    return event


def _lines(error: BaseException) -> Iterator[str]:
    led_here = error.__cause__ or error.__context__
    if led_here is not None:
        yield from _lines(led_here)
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"
