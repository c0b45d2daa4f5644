"""Readings into the spool: all of a request's events in one flush, each with its own outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.contracts.failures import Fault, Unavailable
from services.contracts.problems import INVALID, NOT_ADMITTED, NOT_JSON, SPOOL_FULL, Problem
from services.ingest.api.admission import Admission
from services.ingest.api.state import Edge
from services.ingest.feed_event import FeedEvent
from services.ingest.intake import Refused
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
        Unavailable: a dependency does not answer, and nothing of the request was kept; or no policy
            is in force, and nothing of it was kept but what takes a message back.
    """
    results: list[Result] = []
    admission = Admission(edge.intake, edge.recent, edge.now(), edge.wall())
    without_policy: Unavailable | None = None
    with metrics.ADMISSION_SECONDS.time():
        for index, reading in enumerate(readings, 1):
            if index % _IN_ONE_GO == 0:
                await asyncio.sleep(0)  # a large batch does not keep the others waiting
            if not isinstance(reading, FeedEvent):
                results.append(_unread(reading))
                continue
            try:
                results.append(_of_admission(await admission.admit(reading)))
            except Unavailable as missing:
                if missing.dependency != "policy":
                    raise
                without_policy = missing
        await keep(edge, await admission.rows())
    if without_policy:
        raise without_policy
    for result in results:
        metrics.event(door, result.outcome, result.reason)
    return results


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
