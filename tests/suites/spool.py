"""What every spool does, whatever it is made of."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from services.ingest.spool import Spool, SpoolFull
from tests.fakes.records import AT, message

HOUR = timedelta(hours=1)


class SpoolSuite(ABC):
    """Subclass it and say how to open one; pytest collects the rest."""

    @abstractmethod
    def opened(self, folder: Path, capacity: int) -> AbstractAsyncContextManager[Spool]:
        """A spool of that *capacity*, empty unless *folder* was used before."""

    async def test_a_message_is_owed_until_it_is_settled(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            seqs = await spool.append([(message(digest=d * 32), AT) for d in "abcd"])
            settled = await spool.settle([seqs[0], seqs[0]])
            again = await spool.settle([seqs[0], 999])
            owed = await spool.still_owed([seqs[0], seqs[1], seqs[3]])

            assert (settled, again, spool.held()) == (1, 0, 3)
            assert [owed.seq for owed in await spool.unsent(0, 9)] == seqs[1:]
            assert [one.digest[0] for one in owed] == ["b", "d"]
            assert await spool.still_owed([]) == []

    async def test_what_is_owed_is_stamped_and_read_on_from_a_place(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            seqs = await spool.append([(message(spool_id="unknown"), AT)] * 4)
            owed = await spool.unsent(seqs[0], 2)

            assert [(one.spool_id, one.seq) for one in owed] == [
                (spool.spool_id, seq) for seq in seqs[1:3]
            ]

    async def test_a_number_is_never_given_twice(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            first = await spool.append([(message(), AT)] * 3)
            await spool.settle(first)
            [later] = await spool.append([(message(), AT)])

            assert later > max(first)
            assert spool.newest() == later

    async def test_many_callers_at_once_each_get_numbers_of_their_own(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=500) as spool:
            given = await asyncio.gather(*(spool.append([(message(), AT)] * 3) for _ in range(50)))

            assert sorted(seq for seqs in given for seq in seqs) == list(range(1, 151))
            assert all(seqs == sorted(seqs) for seqs in given)
            assert spool.held() == 150

    async def test_a_full_spool_keeps_nothing_more_until_there_is_room(
        self, tmp_path: Path
    ) -> None:
        async with self.opened(tmp_path, capacity=3) as spool:
            seqs = await spool.append([(message(), AT)] * 2)
            with pytest.raises(SpoolFull):
                await spool.append([(message(), AT)] * 2)
            held = spool.held()
            await spool.settle(seqs[:1])
            await spool.append([(message(), AT)] * 2)

            assert held == 2
            assert len(await spool.unsent(0, 9)) == 3

    async def test_the_oldest_unsettled_event_holds_the_progress(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            nothing = await spool.oldest_event_time()
            seqs = await spool.append([(message(), AT + HOUR), (message(), AT)])
            both = await spool.oldest_event_time()
            await spool.settle(seqs[1:])

            assert (nothing, both) == (None, AT)
            assert await spool.oldest_event_time() == AT + HOUR

    async def test_it_tells_below_which_number_everything_is_settled(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            fresh = await spool.settled_below()
            seqs = await spool.append([(message(), AT)] * 3)
            await spool.settle(seqs[1:2])
            gap = await spool.settled_below()
            await spool.settle(seqs)

            assert (fresh, gap) == (1, seqs[0])
            assert await spool.settled_below() == seqs[-1] + 1

    async def test_what_comes_late_holds_the_progress_where_it_is_and_not_before(
        self, tmp_path: Path
    ) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            spool.promise(AT)
            spool.promise(AT - 9 * HOUR)
            await spool.append([(message(), AT - 5 * HOUR)])

            assert await spool.oldest_event_time() == AT

    async def test_a_clock_that_was_set_is_the_clock(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            fresh = spool.clock.used
            await spool.set_clock(spool.clock.declare(AT, "importer", AT))
            await spool.append([(message(), AT)])

            assert not fresh
            assert spool.clock.now(AT + HOUR) == AT
            assert spool.clock.holder == "importer"

    async def test_a_spool_that_has_kept_something_was_used(self, tmp_path: Path) -> None:
        async with self.opened(tmp_path, capacity=9) as spool:
            await spool.append([(message(), AT)])

            assert spool.clock.used
