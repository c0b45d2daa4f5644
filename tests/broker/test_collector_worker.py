"""The whole collecting process, against a broker and a database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import func, select

from services.alerts import database
from services.alerts.settings import CollectorSettings
from services.alerts.tables.pseudonymous import CHANNEL_PLACE, GATEWAY, OPEN_SCORE
from services.alerts.tables.released import UNIT
from services.alerts.worker import run
from services.contracts import bus, channels, progress, scores, settled, units
from services.contracts.bus import Outgoing
from services.contracts.channels import ChannelsV1
from services.contracts.settled import SettledV1, Settlement
from tests.broker.conftest import Broker, free_address
from tests.broker.reading import read
from tests.fakes import scores as fakes
from tests.fakes.scores import score
from tests.fakes.stage import ELIGIBLE, PARENTS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@asynccontextmanager
async def collecting(broker: Broker, place: Path, group: str) -> AsyncIterator[str]:
    """The process, in this one; yields the address of its probes."""
    address = free_address()
    settings = CollectorSettings(
        broker=broker.address,
        embedded=broker.embedded,
        group=group,
        database=str(place),
        probe_port=int(address.rsplit(":", 1)[1]),
    )
    stop = asyncio.Event()
    task = asyncio.create_task(run(settings, stop))
    try:
        yield address
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def test_scores_are_settled_and_a_second_worker_collects_none_of_them_again(
    broker: Broker, tmp_path: Path
) -> None:
    place, spool, group = tmp_path / "climate.db", f"spool-{uuid4().hex}", uuid4().hex
    sent = [
        score(message=f"{spool} {n}", person=f"{n % 5}", seq=n, spool_id=spool)
        for n in range(1, 41)
    ]
    word = fakes.progress(fakes.NOON, spool_id=spool)
    tree = fakes.units(PARENTS, ELIGIBLE, "2024Q1")
    listed = ChannelsV1(spool_id=spool, block=1, places=(fakes.mac("a"), fakes.mac("b")))
    outgoing = [
        *(Outgoing(scores.TOPIC, s.digest.encode(), s.to_bytes()) for s in sent),
        Outgoing(scores.TOPIC, b"broken", b'{"canary"'),
        Outgoing(progress.TOPIC, spool.encode(), word.to_bytes()),
        Outgoing(units.TOPIC, b"2024Q1", tree.to_bytes()),
        Outgoing(channels.TOPIC, spool.encode(), listed.to_bytes()),
    ]

    async with collecting(broker, place, group) as probes:
        async with bus.producer(broker.address, embedded=broker.embedded) as producer:
            await bus.deliver(producer, outgoing)
        told: set[int] = set()
        heard = 0
        while len(told) < len(sent):
            heard += 1
            found = await read(
                broker.address, settled.TOPIC, SettledV1, lambda r: r.spool_id == spool, heard
            )
            told = {seq for record in found for seq in record.seqs}
            assert {record.settlement for record in found} == {Settlement.COLLECTED}
        async with httpx2.AsyncClient() as client:
            health = await client.get(f"http://{probes}/healthz")
        await asyncio.sleep(1)  # acknowledged, and the other topics too
    async with collecting(broker, place, group):
        await asyncio.sleep(2)

    engine = database.open_engine(place)
    with database.reading(engine).begin() as connection:
        theirs = select(func.count()).where(OPEN_SCORE.c.spool_id == spool)
        gateway = select(GATEWAY.c.owes_nothing_until).where(GATEWAY.c.spool_id == spool)
        assert connection.execute(theirs).scalar_one() == len(sent)
        assert connection.execute(gateway).scalar_one() == fakes.NOON
        places = select(func.count()).where(CHANNEL_PLACE.c.spool_id == spool)
        assert connection.execute(places).scalar_one() == len(listed.places)
        known = select(func.count()).where(UNIT.c.quarter == "2024Q1")
        assert connection.execute(known).scalar_one() == len(PARENTS)
    engine.dispose()
    assert told == {each.seq for each in sent}
    assert health.status_code == 204
