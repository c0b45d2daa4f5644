"""Readings into the spool: all of a request's events in one flush, each with its own outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.contracts.envelope import Kind
from services.contracts.failures import Fault
from services.contracts.messages import MessageV1
from services.contracts.problems import INVALID, NOT_ADMITTED, NOT_JSON, SPOOL_FULL, Problem
from services.ingest.api.state import Edge
from services.ingest.feed_event import FeedEvent
from services.ingest.intake import Refused
from services.ingest.recent_messages import RecentMessages
from services.ingest.sources.json_text import NotJson
from services.ingest.sources.reading import Ignored, Reading, SourceError
from services.ingest.spool import Admitted, SpoolFull
from services.telemetry import logs
from services.telemetry.metrics import ingest as metrics

FULL_WAIT_S: Final = 5
_IN_ONE_GO: Final = 50
"""Events admitted before others have a turn: about 5 ms."""
AS_IF_ACCEPTED: Final = frozenset(
    {Refused.OPTED_OUT, Refused.UNKNOWN_MESSAGE, Refused.DELETED_BEFORE}
)
"""Nobody can learn from an answer who opted out: neither from that of a message, nor from that
of its deletion, which finds nothing to delete."""

Read = Reading | SourceError | NotJson
"""What reading one event came to; a failure is a value here, for the others go on."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one event."""

    outcome: metrics.Outcome
    reason: str = ""
    errors: tuple[Fault, ...] = ()

    def item(self, index: int) -> dict[str, Any]:
        """The result as a batch tells it."""
        item: dict[str, Any] = {"index": index, "outcome": self.outcome}
        if self.reason:
            item["reason"] = self.reason
        if self.errors:
            item["errors"] = [{"pointer": one.pointer, "detail": one.code} for one in self.errors]
        return item

    def raise_if_refused(self) -> None:
        """Answer the sender of a single event with a problem.

        Raises:
            Problem: the event was refused.
        """
        if self.outcome != "refused":
            return
        logs.emit("event.refused", reason=self.reason)
        if self.reason == "not_json":
            raise Problem(NOT_JSON)
        if self.reason == "invalid":
            raise Problem(INVALID, errors=self.errors)
        raise Problem(NOT_ADMITTED, detail=self.reason)


async def receive(edge: Edge, door: metrics.Door, readings: Iterable[Read]) -> list[Result]:
    """Admit what may enter, and return once all of it would survive a power cut.

    Raises:
        Problem: the spool is full, and nothing of the request was kept.
        Unavailable: a dependency does not answer, and nothing of the request was kept.
    """
    now, wall = edge.now(), edge.wall()
    results: list[Result] = []
    rows: list[Admitted] = []
    fresh = _Fresh(edge.recent, now)
    with metrics.ADMISSION_SECONDS.time():
        for index, reading in enumerate(readings, 1):
            if index % _IN_ONE_GO == 0:
                await asyncio.sleep(0)  # a large batch does not keep the others waiting
            if not isinstance(reading, FeedEvent):
                results.append(_unread(reading))
                continue
            await fresh.known_to(reading)
            admitted = edge.intake.admit(reading, now, wall=wall)
            fresh.add(reading, admitted)
            if not isinstance(admitted, Refused):
                rows += admitted
            results.append(_of_admission(admitted))
        await fresh.remember()
        await keep(edge, rows)
    for result in results:
        metrics.event(door, result.outcome, result.reason)
    return results


class _Fresh:
    """What a request has told and the index of recent messages does not hold yet."""

    def __init__(self, recent: RecentMessages, now: datetime) -> None:
        self._recent, self._now = recent, now
        self._admitted: list[tuple[FeedEvent, MessageV1]] = []
        self._deleted: list[FeedEvent] = []
        self._names: set[tuple[str, str | None]] = set()

    def add(self, event: FeedEvent, admitted: tuple[Admitted, ...] | Refused) -> None:
        """Note what became of *event*."""
        if not isinstance(admitted, Refused):
            self._admitted += [(event, message) for message, _ in admitted]
        elif event.kind is Kind.DELETE:
            self._deleted.append(event)
        else:
            return
        self._names.add((event.source, event.source_id))

    async def known_to(self, event: FeedEvent) -> None:
        """Let *event* find what stands before it in the same request, if it looks for that."""
        looked_for = {(event.source, event.source_id), (event.source, event.in_reply_to)}
        if self._names & looked_for:
            await self.remember()

    async def remember(self) -> None:
        """Keep all of it.

        Raises:
            Unavailable: the file cannot be written.
        """
        await self._recent.remember(self._admitted)
        await self._recent.remember_deleted(self._deleted, self._now)
        for kept in (self._admitted, self._deleted, self._names):
            kept.clear()


async def keep(edge: Edge, rows: Sequence[Admitted]) -> None:
    """Return once *rows* would survive a power cut.

    Raises:
        Problem: the spool is full, and nothing was kept.
    """
    if not rows:
        return
    try:
        await edge.spool.append(rows)
    except SpoolFull:
        metrics.SPOOL_FULL.inc()
        raise Problem(SPOOL_FULL, retry_after_s=FULL_WAIT_S) from None


def _of_admission(admitted: tuple[Admitted, ...] | Refused) -> Result:
    if isinstance(admitted, Refused) and admitted not in AS_IF_ACCEPTED:
        return Result("refused", admitted.value)
    return Result("accepted")


def _unread(reading: Ignored | SourceError | NotJson) -> Result:
    if isinstance(reading, Ignored):
        return Result("ignored", reading.reason.value)
    if isinstance(reading, NotJson):
        return Result("refused", "not_json")
    return Result("refused", "invalid", reading.faults)
