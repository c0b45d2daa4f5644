"""The pairs of broker and database that Barograph runs on, each with a way to break it."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from sqlalchemy import make_url

from tests.broker import kafka
from tests.database import postgresql
from tests.journey.line import Backends, Line, line

NODES: Final = {"kafka": 1, "cluster": 3}
BROKER_AWAY_S: Final = 2
DATABASE_AWAY_S: Final = 4
LOCKED_S: Final = 12
"""A file does not go away; it may be locked, and for longer than writers wait."""
PARAMETERS: Final = [
    "embedded",
    pytest.param("kafka", marks=pytest.mark.skipif(kafka.program() is None, reason=kafka.ABSENT)),
]


@dataclass(frozen=True, slots=True)
class Stack:
    """A running line, and how what it stands on fails.

    Attributes:
        line: All of our processes.
        kill_broker: Ends it without a warning and brings it back.
        take_database_away: Makes it unusable for some seconds.
    """

    line: Line
    kill_broker: Callable[[], Awaitable[None]]
    take_database_away: Callable[[], Awaitable[None]]


@asynccontextmanager
async def stack(name: str, folder: Path, **options: Any) -> AsyncIterator[Stack]:
    """Start everything.

    Args:
        name: ``embedded`` is Tansu and SQLite, ``kafka`` is Kafka and PostgreSQL, and ``cluster``
            the same with three brokers and three copies of each record.
        folder: Empty.
        options: Those of ``line``.
    """
    if name == "embedded":
        async with line(folder, **options) as running:

            async def killed() -> None:
                running.kill("broker")  # its supervisor brings it back

            async def locked() -> None:
                await asyncio.to_thread(_lock, running.installation.climate)

            yield Stack(running, killed, locked)
        return
    nodes = NODES[name]
    with (
        TemporaryDirectory() as data,
        kafka.cluster(Path(data), nodes=nodes) as members,
        postgresql.server() as server,
        postgresql.granted(server) as (owner, roles),
    ):
        brokers = ",".join(node.address for node in members)
        await kafka.prepared(brokers, replication=nodes)
        turns = cycle(members)

        async def node_killed() -> None:
            node = next(turns)
            node.signal(signal.SIGKILL)
            await asyncio.sleep(BROKER_AWAY_S)
            node.start()

        async def server_stopped() -> None:
            await asyncio.to_thread(postgresql.control, "stop", folder_of(server))
            await asyncio.sleep(DATABASE_AWAY_S)
            await asyncio.to_thread(postgresql.control, "start", folder_of(server))

        async with line(folder, on=Backends(brokers, owner, roles), **options) as running:
            yield Stack(running, node_killed, server_stopped)


def folder_of(url: str) -> str:
    """Where a server of our own keeps its data: beside its socket."""
    return str(make_url(url).query["host"])


def _lock(place: str) -> None:
    with sqlite3.connect(place, isolation_level=None, timeout=30) as climate:
        climate.execute("BEGIN EXCLUSIVE")
        time.sleep(LOCKED_S)
        climate.execute("ROLLBACK")
