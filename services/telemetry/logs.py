"""Structured logs that cannot carry a person's words: events and keys are closed lists."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, Literal, TypedDict, Unpack

import structlog
from structlog.typing import Processor
from typing_extensions import override

from services.contracts.failures import Dependency

Event = Literal[
    # ingest
    "event.accepted",
    "event.refused",
    "batch.accepted",
    "policy.loaded",
    "directory.replaced",
    "channels.replaced",
    "keys.erased",
    "relay.resent",
    "spool.settled",
    # sentiment
    "batch.scored",
    "batch.waiting",
    "worker.halted",
    "worker.ready",
    "model.loaded",
    # alerts
    "scores.collected",
    "window.closed",
    "days.folded",
    "cells.published",
    "publication.refused",
    "rules.evaluated",
    "alert.changed",
    "delivery.attempted",
    "outcomes.imported",
    "outcomes.computed",
    "outcomes.refused",
    # every process
    "record.malformed",
    "http.request",
    "process.ready",
    "process.stopping",
    "process.failed",
    "library.warning",
]
Level = Literal["info", "warning", "critical"]


class Fields(TypedDict, total=False):
    """Every key a line may carry.  A new one is a reviewed change; none is free text."""

    count: int
    bytes: int
    duration_ms: int
    waiting_for: Dependency
    error_type: str
    """Name of an exception's class."""
    service: str
    """Which of our processes."""
    status: int
    """HTTP status."""
    method: str
    """HTTP method."""
    route: str
    """Template of the route, such as ``/v1/events``; never the path as it came."""
    reason: str
    """A member of a closed list."""
    window: str
    """Cadence and first day of a window."""
    published: int
    withheld: int
    late: int
    library: str
    """Name of a library's logger."""
    address: str
    """Host and port that we listen on."""


KEYS: Final = Fields.__annotations__.keys() | {"event", "level", "timestamp", "request_id"}


class UnlistedKey(KeyError):
    """A log call used a key that nobody has reviewed."""


def emit(event: Event, /, *, level: Level = "info", **fields: Unpack[Fields]) -> None:
    """Write one line; a misspelt event or key is a type error before it is a line.

    A line that cannot be written is lost: a full disk must not end what the line tells of.
    """
    with contextlib.suppress(OSError):
        getattr(structlog.get_logger(), level)(event, **fields)


def allow_listed(*, strict: bool) -> Processor:
    """Let only listed keys through: raise on others (tests) or drop them (production).

    An exception is reduced to its type: its message and its locals may quote
    the text that caused it.
    """

    def processor(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        failure = line.pop("exc_info", None)
        if failure is True:
            failure = sys.exc_info()[1]
        if isinstance(failure, BaseException):
            line["error_type"] = type(failure).__qualname__
        unlisted = sorted(line.keys() - KEYS)
        if unlisted and strict:
            raise UnlistedKey(*unlisted)
        for key in unlisted:
            del line[key]
        return line

    return processor


class LibraryHandler(logging.Handler):
    """Reduces what libraries log to who said it and how loud: their words may quote ours."""

    def __init__(self, quiet_s: float = 10) -> None:
        super().__init__(logging.WARNING)
        self._quiet_s = quiet_s
        self._last: dict[tuple[str, int], float] = {}

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Write one line a logger, level and ten seconds: a broker outage makes 100 a second."""
        kind = (record.name, record.levelno)
        if record.created - self._last.get(kind, -self._quiet_s) < self._quiet_s:
            return
        self._last[kind] = record.created
        failure = record.exc_info[0] if record.exc_info else None
        line: Fields = {"library": record.name}
        if failure is not None:
            line["error_type"] = failure.__qualname__
        emit("library.warning", level="warning", **line)


def configure(*, strict: bool = False) -> None:
    """Install the processors; called once per process, from ``main``."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            allow_listed(strict=strict),
            structlog.processors.JSONRenderer(),
        ],
        cache_logger_on_first_use=not strict,
    )


def capture_libraries() -> None:
    """Send the root logger through ``LibraryHandler`` alone; called once per process."""
    root = logging.getLogger()
    root.handlers[:] = [LibraryHandler()]
    root.setLevel(logging.WARNING)
