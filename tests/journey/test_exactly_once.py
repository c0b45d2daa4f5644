"""Whatever is killed in mid-stream, each accepted event stands in its open window once."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.journey.feed import directory, event, identity, long_ago
from tests.journey.line import Line, line

EVENTS = 5_000
BATCH = 100
PEOPLE = 40
VICTIMS = ("sentiment-1", "collector", "ingest", "alerts", "broker")


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


async def kill_each(running: Line) -> None:
    for victim in VICTIMS:
        await asyncio.sleep(4)
        running.kill(victim)


@pytest.mark.timeout(400)
async def test_a_kill_of_each_process_loses_nothing_and_counts_nothing_twice(
    tmp_path: Path,
) -> None:
    async with line(tmp_path) as running:
        began = datetime.now(UTC)
        accepted, _ = await asyncio.gather(feed(running), kill_each(running))
        await running.settled(seconds=300)
        took = datetime.now(UTC) - began
    with sqlite3.connect(tmp_path / "climate.db") as climate:
        [[rows]] = climate.execute("SELECT count(*) FROM open_score WHERE kind = 'post'")
        [[late]] = climate.execute("SELECT count(*) FROM late")
    with sqlite3.connect(tmp_path / "spool.db") as spool:
        [[owed]] = spool.execute("SELECT count(*) FROM spool")

    print(
        f"accepted {accepted}, collected {rows}, owed {owed}, {took / timedelta(seconds=1):.0f} s"
    )
    assert accepted == EVENTS
    assert rows == EVENTS
    assert late == owed == 0
