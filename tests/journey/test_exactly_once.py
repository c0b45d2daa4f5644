"""Whatever is killed in mid-stream, each accepted event stands in its open window once."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services.alerts import database
from services.alerts.tables.pseudonymous import OPEN_SCORE
from services.alerts.tables.released import LATE
from tests.journey.feed import directory, event, identity, long_ago
from tests.journey.line import Line
from tests.journey.stack import PARAMETERS, Stack, stack

EVENTS = 5_000
BATCH = 100
PEOPLE = 40
VICTIMS = ("sentiment-1", "collector", "ingest", "alerts")


async def feed(running: Line) -> int:
    """Send everything as a platform does, asking again while nobody answers; count accepted."""
    now = datetime.now(UTC)
    await running.feed.put_directory(directory(["acme.one"], PEOPLE, since=long_ago(now)))
    accepted = 0
    for first in range(0, EVENTS, BATCH):
        lines = [
            event(n, identity("acme.one", n % PEOPLE), f"Thanks, part {n} is done.", now)
            for n in range(first, first + BATCH)
        ]
        answer = await running.feed.send(lines)
        accepted += answer.accepted
    return accepted


async def kill_each(running: Stack) -> None:
    for victim in VICTIMS:
        await asyncio.sleep(4)
        running.line.kill(victim)
    await asyncio.sleep(4)
    await running.kill_broker()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", PARAMETERS)
async def test_a_kill_of_each_process_loses_nothing_and_counts_nothing_twice(
    name: str, tmp_path: Path
) -> None:
    async with stack(name, tmp_path) as running:
        began = datetime.now(UTC)
        accepted, _ = await asyncio.gather(feed(running.line), kill_each(running))
        await running.line.settled(seconds=300)
        took = datetime.now(UTC) - began
        engine = database.open_engine(running.line.installation.climate)
        with engine.connect() as climate:
            posts = select(func.count()).where(OPEN_SCORE.c.kind == "post")
            rows = climate.scalar(posts)
            late = climate.scalar(select(func.count()).select_from(LATE))
        engine.dispose()
    with sqlite3.connect(tmp_path / "spool.db") as spool:
        [[owed]] = spool.execute("SELECT count(*) FROM spool")

    print(
        f"accepted {accepted}, collected {rows}, owed {owed}, {took / timedelta(seconds=1):.0f} s"
    )
    assert accepted == EVENTS
    assert rows == EVENTS
    assert late == owed == 0
