"""Callers that share a transaction share its fate."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from services.contracts.failures import Unavailable
from services.ingest.group_commit import Writer


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "db", isolation_level=None, check_same_thread=False)
    connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY)")
    yield connection
    connection.close()


def keep(db: sqlite3.Connection, number: int) -> int:
    return db.execute("INSERT INTO kept VALUES (?)", (number,)).rowcount


def kept(db: sqlite3.Connection) -> list[int]:
    return [number for (number,) in db.execute("SELECT number FROM kept ORDER BY number")]


class Together:
    """Holds the writer back until every job of the next transaction is there."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.undone = 0
        self.writer = Writer(db, self._count)
        self._open = Event()

    def _count(self, _: sqlite3.Connection) -> None:
        self.undone += 1

    async def keep(self, *numbers: int) -> list[int | BaseException]:
        """Ask for all of them at once."""
        first = asyncio.create_task(self.writer.run(lambda _: self._open.wait()))
        await asyncio.sleep(0.05)
        jobs = [asyncio.create_task(self.writer.run(partial(keep, number=n))) for n in numbers]
        await asyncio.sleep(0.05)
        self._open.set()
        await first
        return await asyncio.gather(*jobs, return_exceptions=True)


async def test_everything_is_kept_when_all_goes_well(db: sqlite3.Connection) -> None:
    together = Together(db)
    async with together.writer:
        found = await together.keep(1, 2, 3)

    assert found == [1, 1, 1]
    assert kept(db) == [1, 2, 3]
    assert together.undone == 0


async def test_a_failing_statement_undoes_the_whole_transaction_and_says_so(
    db: sqlite3.Connection,
) -> None:
    together = Together(db)
    async with together.writer:
        found = await together.keep(1, 1, 2)
        later = await together.writer.run(lambda d: keep(d, 4))

    assert [type(one) for one in found] == [Unavailable] * 3
    assert (kept(db), later) == ([4], 1)
    assert together.undone == 1


async def test_a_refusal_concerns_its_caller_alone(db: sqlite3.Connection) -> None:
    def refuse(_: sqlite3.Connection) -> int:
        raise LookupError

    async with Writer(db, lambda _: None) as writer:
        refused, done = await asyncio.gather(
            writer.run(refuse), writer.run(lambda d: keep(d, 1)), return_exceptions=True
        )

    assert isinstance(refused, LookupError)
    assert done == 1
    assert kept(db) == [1]


async def test_a_caller_that_has_gone_disturbs_nobody(db: sqlite3.Connection) -> None:
    async with Writer(db, lambda _: None) as writer:
        gone = asyncio.create_task(writer.run(lambda d: keep(d, 1)))
        await asyncio.sleep(0)
        gone.cancel()
        await writer.run(lambda d: keep(d, 2))

    assert 2 in kept(db)
