"""One run: a feed in disorder, faults in the middle of it, and what is left in the end."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, select

from models.climate.windows import Cadence
from services.alerts import database
from services.alerts.delivery import signature
from services.alerts.tables.operations import DELIVERY
from services.alerts.tables.released import WINDOW_SUMMARY
from services.cli.endpoints import add_endpoint
from services.cli.feed_client import Tally
from tests.chaos import verdict
from tests.chaos.feeds import ClosedWeeks, Feed, OpenHours, people
from tests.chaos.inflict import inflict
from tests.chaos.plan import Fault, faults, requests
from tests.chaos.verdict import Check
from tests.chaos.watch import Watch, back_after
from tests.fakes.receiver import Receiver, Say, serving
from tests.journey.line import until
from tests.journey.stack import Stack, stack

BATCH: Final = 50
DRAINED_WITHIN_S: Final = 900
CLOSED_WITHIN_S: Final = 120
UNRELIABLE: Final = Say(500)
"""The receiver's first answer: it has taken the webhook and says that it has not."""
CONFIRMED_WITHIN_S: Final = 120


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run is.

    Attributes:
        stack: Its name.
        windows: ``open``, or ``closed`` if they close under way.
        events: How many different ones are sent.
        rate: Events a second.
        faults: How many happen meanwhile.
        seed: Of the faults and of the disorder.
    """

    stack: str
    windows: str
    events: int
    rate: float
    faults: int
    seed: int


@dataclass(slots=True)
class Found:
    """What a run came to.

    Attributes:
        checks: What was promised, and whether it was kept.
        back: For each fault how long it took to make progress again, in seconds.
        seconds: From the first event to an empty spool.
    """

    checks: list[Check] = field(default_factory=list)
    back: list[tuple[Fault, float]] = field(default_factory=list)
    seconds: float = 0

    @property
    def exact(self) -> bool:
        """Whether every promise was kept."""
        return all(check.holds for check in self.checks)


async def run(terms: Terms, folder: Path, say: Callable[[str], None]) -> Found:
    """Run everything in *folder*, which is empty."""
    found, receiver, secret = Found(), Receiver(answers=[UNRELIABLE]), signature.generate()
    now = datetime.now(UTC)
    feed = (ClosedWeeks if terms.windows == "closed" else OpenHours)(terms.events, now)
    with serving(receiver.app()) as port:
        async with stack(terms.stack, folder) as running, _watched(running) as watch:
            installation = running.line.installation
            url = f"http://127.0.0.1:{port}/"
            add_endpoint(
                installation.climate, installation.endpoint_key, url=url, secret=secret, now=now
            )
            await running.line.feed.put_directory(people(now))
            began = time.monotonic()
            inflicted, _ = await asyncio.gather(
                _inflict(running, terms, say), _send(running, terms, feed, found, say)
            )
            say("all events are sent; waiting for the spool to empty")
            await running.line.settled(seconds=DRAINED_WITHIN_S)
            found.seconds = time.monotonic() - began
            times = [at for _, at in inflicted]
            back = back_after(times, watch.growth, time.monotonic())
            found.back = [(fault, after) for (fault, _), after in zip(inflicted, back, strict=True)]
            if isinstance(feed, ClosedWeeks):
                await _closed(running, watch, feed)
                await until(partial(_all_delivered, watch.engine), seconds=CONFIRMED_WITHIN_S)
            with database.reading(watch.engine).begin() as climate:
                found.checks += verdict.any_run(climate)
                if isinstance(feed, ClosedWeeks):
                    found.checks += verdict.closed_weeks(climate, feed)
                    found.checks += verdict.alerts(receiver.seen, secret)
                else:
                    found.checks += verdict.open_hours(climate, terms.events)
            if isinstance(feed, ClosedWeeks):
                found.checks.append(
                    Check("published cells were watched", bool(watch.published), due=True)
                )
            await asyncio.to_thread(watch.look_at_cells)
            found.checks.append(Check("cells that were restated", len(watch.restated), 0))
    with sqlite3.connect(folder / "spool.db") as spool:
        [[owed]] = spool.execute("SELECT count(*) FROM spool")
    found.checks.append(Check("messages left in the spool", owed, 0))
    return found


@asynccontextmanager
async def _watched(running: Stack) -> AsyncIterator[Watch]:
    watch = Watch(database.open_engine(running.line.installation.climate))
    watching = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watch.over = True
        try:
            await watching  # raises what ended it too early
        finally:
            watch.engine.dispose()


async def _send(
    running: Stack,
    terms: Terms,
    feed: Feed,
    found: Found,
    say: Callable[[str], None],
) -> None:
    """Send everything, in disorder and partly twice, and declare how far it is."""
    client, clock = running.line.feed, datetime.min.replace(tzinfo=UTC)
    taken: set[int] = set()
    tally, sent = Tally(), 0
    began = time.monotonic()
    for numbers, again in requests(terms.seed, terms.events, BATCH, feed.disorder):
        at = feed.clock(max(numbers))
        if at is not None and at > clock:
            await client.declare(clock := at)
        for _ in range(1 + again):
            tally.add(await client.send([feed.line(number) for number in numbers]))
        taken.update(numbers)
        sent += len(numbers)
        if sent // 5_000 > (sent - len(numbers)) // 5_000:
            say(f"{time.monotonic() - began:6.0f} s  {sent:,} events sent")
        await asyncio.sleep(max(0.0, began + sent / terms.rate - time.monotonic()))
    found.checks.append(Check("different events sent", len(taken), terms.events))
    found.checks.append(Check("why events were not accepted", dict(tally.reasons), {}))


async def _closed(running: Stack, watch: Watch, feed: ClosedWeeks) -> None:
    """Let the last window close; return once all have."""
    await running.line.feed.declare(feed.closed)
    due = len({window for window, _ in feed.sent()})

    def closed() -> bool:
        with database.reading(watch.engine).begin() as climate:
            cadences = climate.execute(select(WINDOW_SUMMARY.c.cadence)).scalars()
            return len([each for each in cadences if each != Cadence.DAY.value]) == due

    await until(closed, seconds=CLOSED_WITHIN_S)


def _all_delivered(engine: Engine) -> bool:
    with database.reading(engine).begin() as climate:
        states = climate.execute(select(DELIVERY.c.status)).scalars().all()
    return set(states) == {"delivered"}


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
