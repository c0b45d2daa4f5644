"""Both spools against one suite; what only a file can do, apart."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from threading import Event, Timer
from typing import Self

import pytest
from typing_extensions import override

from services.contracts.failures import Unavailable
from services.ingest.spool import Spool, open_spool
from tests.fakes.records import AT, message
from tests.fakes.spool import MemorySpool
from tests.suites.spool import SpoolSuite


class Watched:
    """A connection that takes its time, and notices when it is closed meanwhile."""

    def __init__(self) -> None:
        self.busy, self.go_on = Event(), Event()
        self.closed_while_busy: bool | None = None

    def execute(self, *_: object) -> Self:
        """Be busy until told to go on."""
        self.busy.set()
        self.go_on.wait(10)
        return self

    def fetchall(self) -> list[tuple[object, ...]]:
        """Be done."""
        self.busy.clear()
        return []

    def close(self) -> None:
        """Note whether that was safe."""
        self.closed_while_busy = self.busy.is_set()


class TestSqliteSpool(SpoolSuite):
    """The real one."""

    @override
    def opened(self, folder: Path, capacity: int) -> AbstractAsyncContextManager[Spool]:
        """A file in *folder*."""
        return open_spool(folder / "spool.db", capacity=capacity)

    async def test_everything_survives_a_restart(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            name = spool.spool_id
            seqs = await spool.append([(message(), AT)] * 3)
            await spool.settle(seqs[2:])
            await spool.set_clock(spool.clock.declare(AT, "importer", AT))
        async with self.opened(tmp_path, capacity=9) as spool:
            assert [owed.seq for owed in await spool.unsent(0, 9)] == seqs[:2]
            assert (spool.spool_id, spool.held(), spool.newest()) == (name, 2, seqs[2])
            assert (spool.clock.declared, spool.clock.holder) == (AT, "importer")
            assert await spool.oldest_event_time() == AT

    async def test_numbers_go_on_after_a_restart_of_an_empty_spool(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            seqs = await spool.append([(message(), AT)])
            await spool.settle(seqs)
        async with self.opened(tmp_path, capacity=9) as spool:
            used = spool.clock.used
            [later] = await spool.append([(message(), AT)])

        assert used
        assert later == seqs[0] + 1

    async def test_it_is_not_closed_under_a_read_whose_caller_is_gone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """SQLite crashes the process when a connection is closed while a thread uses it."""
        async with open_spool(tmp_path / "spool.db", capacity=9) as spool:
            watched = Watched()
            monkeypatch.setattr(spool, "_reading", watched)
            caller = asyncio.create_task(spool.unsent(0, 9))
            await asyncio.to_thread(watched.busy.wait, 10)
            caller.cancel()
            await asyncio.gather(caller, return_exceptions=True)
            Timer(0.3, watched.go_on.set).start()
        assert watched.closed_while_busy is False

    async def test_two_spools_have_two_names(self, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        async with (
            self.opened(tmp_path, capacity=9) as one,
            self.opened(tmp_path / "other", capacity=9) as other,
        ):
            assert one.spool_id != other.spool_id

    async def test_a_disk_that_fails_keeps_nothing_and_loses_no_count(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            await spool.append([(message(), AT)])
            with sqlite3.connect(tmp_path / "spool.db") as outside:
                outside.execute(
                    "CREATE TRIGGER full BEFORE INSERT ON spool"
                    " WHEN NEW.seq = 3 BEGIN SELECT raise(ABORT, 'disk'); END"
                )
            with pytest.raises(Unavailable):
                await spool.append([(message(), AT)] * 2)
            after = spool.held(), spool.newest()
            with sqlite3.connect(tmp_path / "spool.db") as outside:
                outside.execute("DROP TRIGGER full")

            assert after == (1, 1)
            assert await spool.append([(message(), AT)] * 2) == [2, 3]

    async def test_only_its_owner_may_read_the_file(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9):
            assert (tmp_path / "spool.db").stat().st_mode & 0o077 == 0


class TestMemorySpool(SpoolSuite):
    """The fake, so that other tests may believe it."""

    @override
    @asynccontextmanager
    async def opened(self, folder: Path, capacity: int) -> AsyncIterator[Spool]:
        """Nothing on disk."""
        yield MemorySpool(capacity)
