"""Posts what is left of a feed in a file, and lets the gateway's clock follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.cli import feed_file
from services.cli.feed_client import FeedClient, Item, Outcome, Tally
from services.cli.feed_file import Contents, File, Line

BATCH: Final = 200
BATCH_BYTES: Final = 500_000
STEP: Final = timedelta(hours=12)
"""How far the declared clock moves at a time."""


@dataclass
class Report:
    """What became of a file."""

    tally: Tally = field(default_factory=Tally)
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Number of each refused line, and the reason."""
    answered: bool = False
    """Whether the gateway has taken a batch."""
    before: int = 0
    """Lines that an interrupted import of the same file has sent."""

    def stays_here(self, line: Line) -> None:
        """Count a message of an export that is not sent."""
        outcome: Outcome = "refused" if line.refused else "ignored"
        self.tally.outcomes[outcome] += 1
        self.tally.reasons[outcome, str(line.reading)] += 1
        if line.refused:
            self.refused.append((line.number, str(line.reading)))


async def post(
    client: FeedClient,
    file: File,
    contents: Contents,
    *,
    now: Callable[[], datetime],
    on_progress: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Post every line of *file*; the gateway's clock follows the events meanwhile.

    An import that does not come to its end leaves the clock where it is: that is the bookmark of
    the next one, for everything before it has been sent.

    Args:
        client: The gateway.
        file: The file.
        contents: What ``scan`` found in it.
        now: The wall's clock; nothing later is declared.
        on_progress: Called after each batch.

    Raises:
        GatewayRefused: the gateway takes nothing of the feed.
        GatewayUnavailable: it cannot be reached.
    """
    report = Report()
    clock, bookmark = _declarable(contents.first, contents, now()), await client.declared()
    if clock is not None:
        clock = max(clock, bookmark or clock)
        await client.declare(clock)
    try:
        batch: list[Line] = []
        latest, size = contents.first, 0
        for line in _left(file, bookmark, report):
            if len(batch) >= BATCH or size + len(line.raw) > BATCH_BYTES:
                await _send(client, batch, report)
                on_progress(report)
                size = 0
            if line.at is not None and latest is not None:
                latest = max(latest, line.at)
            reached = _declarable(latest, contents, now())
            if clock is not None and reached is not None and reached >= clock + STEP:
                await _send(client, batch, report)
                await client.declare(reached)
                clock = reached
            batch.append(line)
            size += len(line.raw)
        await _send(client, batch, report)
        on_progress(report)
    except BaseException:
        if clock is not None and bookmark is None and not report.answered:
            await client.release()  # nothing was sent that could be gone on with
        raise
    if clock is not None:
        await client.release()
    return report


def _left(file: File, bookmark: datetime | None, report: Report) -> Iterator[Line]:
    """Lines that are to be sent; *report* counts the others."""
    for line in feed_file.read(file):
        if bookmark is not None and line.at is not None and line.at < bookmark:
            report.before += 1
        elif not line.raw:
            report.stays_here(line)
        else:
            yield line


def _declarable(latest: datetime | None, contents: Contents, now: datetime) -> datetime | None:
    """Before when no event of the file will come any more, once *latest* has been reached."""
    return None if latest is None else min(latest - contents.disorder, now)


async def _send(client: FeedClient, batch: list[Line], report: Report) -> None:
    if not batch:
        return
    answer = await client.send([line.raw for line in batch])
    report.answered = True
    report.tally.add(answer)
    report.refused += [
        (batch[item.index].number, item.reason or "unknown") for item in _refused(answer.results)
    ]
    batch.clear()


def _refused(results: tuple[Item, ...]) -> list[Item]:
    return [item for item in results if item.outcome == "refused"]
