"""What goes on beside the requests: erasure, the unit tree, and tasks that fail."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.contracts.failures import Unavailable
from services.contracts.text_keys import TextKeys, hour_at
from services.ingest import background, directory_formats
from services.ingest.block_keys import BlockKeys
from services.ingest.gateway_database import open_gateway_database
from services.ingest.link import KafkaLink
from services.ingest.recent_messages import open_recent_messages
from services.ingest.registry import Registry
from services.ingest.units import Units
from tests.fakes.bus import MemorySender
from tests.fakes.spool import MemorySpool

NOW = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
CSV = b"person,unit,identities,since\np1,acme.sales,feed:u1,2024-01-01\n"


async def test_a_texts_key_is_erased_when_its_life_is_over_and_not_before(tmp_path: Path) -> None:
    wall = [NOW]
    engine = open_gateway_database(tmp_path / "gateway.db")
    text_keys, block_keys = TextKeys(tmp_path / "text_keys.db"), BlockKeys(engine)
    text_keys.current(NOW)
    block_keys.key(26, NOW)
    async with open_recent_messages(tmp_path / "gateway.db") as recent:
        erasure = background.Erasure(
            text_keys, block_keys, recent, MemorySpool(), lambda: wall[0], DAY
        )

        kept = await erasure.erase()
        wall[0] = NOW + DAY
        still_kept = await erasure.erase()
        wall[0] = NOW + DAY + timedelta(hours=1)
        erased = await erasure.erase()
        wall[0] = NOW + 60 * DAY
        closed = await erasure.erase()

    assert (kept, still_kept, erased, closed) == (0, 0, 1, 1)
    assert text_keys.key(hour_at(NOW)) is None
    text_keys.close()
    engine.dispose()


async def test_a_tree_is_said_once_and_again_in_another_quarter_or_when_it_changes(
    tmp_path: Path,
) -> None:
    now, sender = [NOW], MemorySender()
    engine = open_gateway_database(tmp_path / "gateway.db")
    registry = Registry(engine, k=5)
    units = Units(registry, sender, lambda: now[0])

    nothing = await units.say()
    registry.replace(directory_formats.parse(CSV, "text/csv"))
    told = [await units.say(), await units.say()]
    now[0] += 60 * DAY
    told.append(await units.say())
    registry.replace(directory_formats.parse(CSV, "text/csv"))
    told.append(await units.say())

    assert (nothing, told) == (False, [True, False, True, True])
    assert len({key for _, _, key, _ in sender.sent}) == 2
    engine.dispose()


async def test_a_tree_that_was_not_delivered_is_said_later(tmp_path: Path) -> None:
    sender = MemorySender(refuses=1)
    engine = open_gateway_database(tmp_path / "gateway.db")
    registry = Registry(engine, k=5)
    registry.replace(directory_formats.parse(CSV, "text/csv"))
    units = Units(registry, sender, lambda: NOW)

    await units.say_soon()
    assert await units.say()
    engine.dispose()


async def test_a_task_that_fails_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AGAIN_S", 0.0)
    tries: list[int] = []
    done = asyncio.Event()

    async def task() -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            raise Unavailable("broker")
        if len(tries) == 2:
            raise KeyError("canary")
        done.set()
        await asyncio.Event().wait()

    async with background.running([task]), asyncio.timeout(5):
        await done.wait()

    assert tries == [0, 1, 2]


async def test_before_the_broker_has_answered_nothing_is_sent() -> None:
    link = KafkaLink("127.0.0.1:1", embedded=True)

    with pytest.raises(Unavailable):
        await link.sender.send("topic", b"", None, None)
    assert not await link.connected()
    await link.close()
