"""Plays a simulated organisation into the gateway, and then lets live messages trickle in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NoReturn
from zoneinfo import ZoneInfo

from models.climate.windows import LAST_MIDNIGHT, LATENESS, Cadence
from models.simulation.planting.play import OptedOut
from models.simulation.play import World
from models.simulation.trickle import Trickle
from services.cli.feed_client import FeedClient, GatewayRefused, GatewayUnavailable, Tally
from services.cli.played_feed import Feed, Line, NewDirectory, cloud_event

ZONE: Final = ZoneInfo("Europe/Brussels")
"""Weeks begin and end at this midnight."""
STEP: Final = timedelta(hours=4)
"""How far the declared clock moves at a time."""
CLOSED_AFTER: Final = LAST_MIDNIGHT + LATENESS[Cadence.WEEK] + timedelta(hours=3)
"""When a week has closed for certain; midnight here is up to two hours before that in UTC."""
BATCH: Final = 200


@dataclass
class Progress:
    """How far the feed has come.

    Attributes:
        week: Number of the simulated week, from 1.
        weeks: How many there are.
        at: The simulated time.
        expected: About how many events there will be.
        tally: What became of the events so far.
    """

    week: int
    weeks: int
    at: datetime
    expected: int
    tally: Tally = field(default_factory=Tally)


def last_monday(now: datetime) -> date:
    """The Monday that ends the last week which can be closed *now*.

    Args:
        now: Any aware time.
    """
    day = (now - CLOSED_AFTER).astimezone(ZONE).date()
    return day - timedelta(day.weekday())


def midnight(day: date) -> datetime:
    """The start of *day* in UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


async def play_feed(
    client: FeedClient,
    feed: Feed,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    with_directory: bool = True,
    rate: float | None = None,
) -> Tally:
    """Post every event of *feed* in simulated time, and close its last week.

    The gateway's clock is ours meanwhile; it lives again when this returns or fails.

    Args:
        client: The gateway.
        feed: What is played; its last week can be closed now.
        on_progress: Called after each batch.
        with_directory: Whether to put the directory and the channels first.
        rate: Most events a second; None for as many as the gateway takes.

    Raises:
        GatewayRefused: the gateway does not take the feed.
        GatewayUnavailable: the gateway cannot be reached.
    """
    if with_directory:
        await client.put_directory(feed.directory)
        await client.put_channels(feed.channels)
    clock = midnight(feed.first_day)
    progress = Progress(1, feed.weeks, clock, feed.messages)
    end = midnight(feed.first_day + timedelta(weeks=feed.weeks))
    await client.declare(clock)
    try:
        batch: list[bytes] = []
        for step in feed.steps:
            if step.at >= clock + STEP or len(batch) >= BATCH or not isinstance(step, Line):
                await _send(client, batch, progress, rate)
                on_progress(progress)
            while step.at >= clock + STEP:
                clock += STEP
                await client.declare(clock)
            match step:
                case Line(raw=raw):
                    batch.append(raw)
                case NewDirectory(directory=directory) if with_directory:
                    await client.put_directory(directory)
                case OptedOut(identity=identity):
                    await client.opt_out(identity)
                case _:
                    pass
            progress.at = step.at
            progress.week = min(feed.weeks, 1 + (clock - midnight(feed.first_day)).days // 7)
        await _send(client, batch, progress, rate)
        await client.declare(end + CLOSED_AFTER)
        on_progress(progress)
    finally:
        await client.release()
    return progress.tally


async def _send(
    client: FeedClient, batch: list[bytes], progress: Progress, rate: float | None
) -> None:
    """Post *batch*, empty it, and take as long as *rate* demands."""
    if not batch:
        return
    started = asyncio.get_running_loop().time()
    progress.tally.add(await client.send(batch))
    if rate:
        took = asyncio.get_running_loop().time() - started
        await asyncio.sleep(max(0.0, len(batch) / rate - took))
    batch.clear()


async def trickle(
    client: FeedClient,
    world: World,
    *,
    per_minute: float,
    now: Callable[[], datetime],
    on_sent: Callable[[], None] = lambda: None,
) -> NoReturn:
    """Post live messages of *world* until cancelled; a gateway that is away is waited for.

    Args:
        client: The gateway.
        world: Whose people write.
        per_minute: How many messages.
        now: The wall's clock.
        on_sent: Called after each of them.

    Raises:
        GatewayRefused: the gateway does not take them.
    """
    source = Trickle(world)
    while True:
        try:
            await client.send([cloud_event(source.event(now()))])
            on_sent()
        except GatewayUnavailable:
            continue
        await asyncio.sleep(60 / per_minute)


__all__ = ["GatewayRefused", "GatewayUnavailable", "Progress", "Tally", "play_feed", "trickle"]
