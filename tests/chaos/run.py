"""One run: a feed in disorder, faults in the middle of it, and what is left in the end."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError

from models.language.corpus.loader import load
from models.language.corpus.split import held_out
from services.alerts import database, ledger
from services.alerts.tables.pseudonymous import OPEN_SCORE
from services.alerts.tables.released import LATE
from tests.chaos.inflict import inflict
from tests.chaos.plan import Disorder, Fault, faults, requests
from tests.journey.feed import directory, event, identity, long_ago
from tests.journey.stack import Stack, stack

UNITS: Final = [f"acme.u{number}" for number in range(10)]
A_UNIT: Final = 40
BATCH: Final = 50
SPREAD: Final = timedelta(hours=20)
"""Messages were written within that time before the start: in windows that are all open."""
DRAINED_WITHIN_S: Final = 900


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run is.

    Attributes:
        stack: Its name.
        events: How many different ones are sent.
        rate: Events a second.
        faults: How many happen meanwhile.
        seed: Of the faults and of the disorder.
    """

    stack: str
    events: int
    rate: float
    faults: int
    seed: int


@dataclass(slots=True)
class Found:
    """What a run came to.

    Attributes:
        accepted: Different events that the gateway took.
        refused: Events that it did not take.
        collected: Rows in open windows.
        late: Messages that a window no longer took.
        owed: Messages left in the spool.
        ledger: Whether the ledger holds.
        silences: For each fault, the longest time in which no row was added, in seconds.
        seconds: From the first event to an empty spool.
    """

    accepted: int = 0
    refused: int = 0
    collected: int = 0
    late: int = 0
    owed: int = 0
    ledger: bool = False
    silences: list[tuple[Fault, float]] = field(default_factory=list)
    seconds: float = 0

    def exact(self, terms: Terms) -> bool:
        """Whether every event was taken and stands in its window once."""
        return (
            self.accepted == self.collected == terms.events
            and self.refused == self.late == self.owed == 0
            and self.ledger
        )


async def run(terms: Terms, folder: Path, say: Callable[[str], None]) -> Found:
    """Run everything in *folder*, which is empty."""
    found = Found()
    async with stack(terms.stack, folder) as running:
        now = datetime.now(UTC)
        people = directory(UNITS, A_UNIT, since=long_ago(now))
        await running.line.feed.put_directory(people)
        engine = database.open_engine(running.line.installation.climate)
        growth: list[float] = []
        watching = asyncio.create_task(_watch(engine, growth))
        began = time.monotonic()
        inflicted, _ = await asyncio.gather(
            _inflict(running, terms, say), _feed(running, terms, now, found, say)
        )
        say("all events are sent; waiting for the spool to empty")
        await running.line.settled(seconds=DRAINED_WITHIN_S)
        found.seconds = time.monotonic() - began
        watching.cancel()
        found.silences = list(_silences(inflicted, [began, *growth, time.monotonic()]))
        found.collected = _rows(engine)
        with engine.connect() as climate:
            found.late = climate.scalar(select(func.coalesce(func.sum(LATE.c["count"]), 0))) or 0
        engine.dispose()
        found.ledger = ledger.verify(running.line.installation.climate).holds
    with sqlite3.connect(folder / "spool.db") as spool:
        [[found.owed]] = spool.execute("SELECT count(*) FROM spool")
    return found


async def _feed(
    running: Stack, terms: Terms, now: datetime, found: Found, say: Callable[[str], None]
) -> None:
    texts = [example.text for example in load() if held_out(example.id)]
    taken: set[int] = set()

    def line(number: int) -> bytes:
        unit = UNITS[number % len(UNITS)]
        at = now - SPREAD * ((number * 7_919) % terms.events) / terms.events
        who = identity(unit, number // len(UNITS) % A_UNIT)
        return event(number, who, texts[number % len(texts)], at)

    began = time.monotonic()
    sent = 0
    for numbers, again in requests(terms.seed, terms.events, BATCH, Disorder()):
        for _ in range(1 + again):
            answer = await running.line.feed.send([line(number) for number in numbers])
            found.refused += answer.refused
        taken.update(numbers)
        sent += len(numbers)
        if sent // 5_000 > (sent - len(numbers)) // 5_000:
            say(f"{time.monotonic() - began:6.0f} s  {sent:,} events sent")
        await asyncio.sleep(max(0.0, began + sent / terms.rate - time.monotonic()))
    found.accepted = len(taken)


async def _inflict(
    running: Stack, terms: Terms, say: Callable[[str], None]
) -> list[tuple[Fault, float]]:
    """Let every fault happen at its time; return when each one really did."""
    began = time.monotonic()
    victims = ["ingest", "sentiment-1", "sentiment-2", "collector", "alerts"]
    victims = [name for name in victims if name in running.line.supervisor.pids()]
    happened = []
    for fault in faults(terms.seed, terms.faults, terms.events / terms.rate, victims):
        await asyncio.sleep(max(0.0, began + fault.at_s - time.monotonic()))
        while fault.victim and fault.victim not in running.line.supervisor.pids():
            await asyncio.sleep(0.1)  # it is on its way back from the last one
        say(f"{time.monotonic() - began:6.0f} s  {fault.kind.value} {fault.victim}")
        happened.append((fault, time.monotonic()))
        await inflict(running, fault)
    return happened


async def _watch(engine: Engine, growth: list[float]) -> None:
    """Note each time at which there were more rows than before."""
    before = 0
    while True:
        rows = await asyncio.to_thread(_rows, engine)
        if rows > before:
            before = rows
            growth.append(time.monotonic())
        await asyncio.sleep(0.1)


def _rows(engine: Engine) -> int:
    """How many messages are collected; 0 while the database is away."""
    try:
        with database.reading(engine).connect() as climate:
            return climate.scalar(select(func.count()).select_from(OPEN_SCORE)) or 0
    except DBAPIError:
        return 0


def _silences(
    happened: list[tuple[Fault, float]], growth: list[float]
) -> Iterator[tuple[Fault, float]]:
    ends = [*(at for _, at in happened), growth[-1]][1:]
    for (fault, at), end in zip(happened, ends, strict=True):
        gaps = (after - before for before, after in pairwise(growth) if before < end and after > at)
        yield fault, max(gaps, default=0.0)
