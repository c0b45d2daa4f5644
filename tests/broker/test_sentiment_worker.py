"""The whole scoring process, against a broker."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from services.contracts import bus, dead_letters, messages, scores, settled
from services.contracts.bus import Outgoing
from services.contracts.dead_letters import DeadLetterV1
from services.contracts.envelope import Kind
from services.contracts.scores import ScoreV1
from services.contracts.sealing import seal
from services.contracts.settled import SettledV1, Settlement
from services.contracts.text_keys import TextKeys
from services.process.exits import SOFTWARE
from services.sentiment.main import run
from services.sentiment.settings import SentimentSettings
from tests.broker.conftest import Broker, free_address
from tests.broker.reading import read
from tests.fakes.records import numbered
from tests.fakes.scorer import SignScorer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

CANARY = "canary"


@asynccontextmanager
async def scoring(broker: Broker, keys: Path, group: str | None = None) -> AsyncIterator[str]:
    """The process, in this one; yields the address of its probes."""
    address = free_address()
    settings = SentimentSettings(
        broker=broker.address,
        embedded=broker.embedded,
        group=group or uuid4().hex,
        session_s=2 if broker.embedded else 6,
        text_keys=keys,
        probe_port=int(address.rsplit(":", 1)[1]),
    )
    stop = asyncio.Event()
    task = asyncio.create_task(run(settings, SignScorer(), stop))
    try:
        yield address
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def test_everything_that_comes_is_scored_passed_on_or_set_aside_and_nothing_stops_it(
    broker: Broker, tmp_path: Path
) -> None:
    keys, gateway = TextKeys(tmp_path / "keys.db"), uuid4().hex
    hour, key = keys.current(datetime(2026, 2, 2, 9, tzinfo=UTC))
    good = [numbered(n, spool_id=gateway, sealed=seal(f"+-++ {CANARY}", key, hour)) for n in (1, 2)]
    gone = numbered(3, spool_id=gateway, sealed=seal(CANARY, key, hour + 1))
    wrong = numbered(4, spool_id=gateway, sealed=seal(CANARY, bytes(32), hour))
    deleted = numbered(5, None, spool_id=gateway, kind=Kind.DELETE)
    broken = f'{{"seq": 6, "spool_id": "{gateway}", "text": "{CANARY}"'.encode()
    values = [good[0].to_bytes(), broken, *(m.to_bytes() for m in (gone, wrong, deleted, good[1]))]

    async with scoring(broker, tmp_path / "keys.db") as probes:
        async with bus.producer(broker.address, embedded=broker.embedded) as producer:
            sent = [Outgoing(messages.TOPIC, gateway.encode(), value) for value in values]
            [place, *_] = await bus.deliver(producer, sent)
        found = await read(
            broker.address, scores.TOPIC, ScoreV1, lambda s: s.spool_id == gateway, 3
        )
        told = await read(
            broker.address, settled.TOPIC, SettledV1, lambda s: s.spool_id == gateway, 2
        )
        dead = await read(
            broker.address, dead_letters.TOPIC, DeadLetterV1, lambda d: d.partition == place, 2
        )
        async with httpx2.AsyncClient(base_url=f"http://{probes}") as client:
            health, metrics = await client.get("/healthz"), await client.get("/metrics")

    assert [(score.seq, score.outputs is None) for score in found] == [
        (1, False),
        (5, True),
        (2, False),
    ]
    assert {(one.seqs, one.settlement) for one in told} == {
        ((3,), Settlement.EXPIRED),
        ((4,), Settlement.DEAD_LETTER),
    }
    assert CANARY not in repr([found, told, dead]) + metrics.text
    assert health.status_code == 204
    assert 'barograph_sentiment_records_total{outcome="expired"}' in metrics.text
    keys.close()


async def test_a_bug_ends_the_process_at_once_and_the_next_one_scores_its_batch(
    broker: Broker, tmp_path: Path
) -> None:
    keys, gateway, group = TextKeys(tmp_path / "keys.db"), uuid4().hex, uuid4().hex
    hour, key = keys.current(datetime(2026, 2, 2, 9, tzinfo=UTC))
    message = numbered(1, spool_id=gateway, sealed=seal(f"+ {CANARY}", key, hour))
    async with bus.producer(broker.address, embedded=broker.embedded) as producer:
        await bus.deliver(producer, [Outgoing(messages.TOPIC, b"k", message.to_bytes())])
    settings = {
        "BROKER": broker.address,
        "EMBEDDED": str(broker.embedded),
        "GROUP": group,
        "SESSION_S": "2" if broker.embedded else "6",
        "TEXT_KEYS": str(tmp_path / "keys.db"),
        "PROBE_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.broker.buggy_scorer",
        env=os.environ | {f"BAROGRAPH_SENTIMENT_{name}": value for name, value in settings.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    async with scoring(broker, tmp_path / "keys.db", group):
        [found] = await read(
            broker.address, scores.TOPIC, ScoreV1, lambda s: s.spool_id == gateway, 1
        )

    assert process.returncode == SOFTWARE
    assert b"worker.halted" in output
    assert b"ZeroDivisionError" in output
    assert CANARY.encode() not in output
    assert found.seq == 1
    keys.close()


async def test_a_key_store_that_does_not_exist_yet_is_waited_for(
    broker: Broker, tmp_path: Path
) -> None:
    path, gateway = tmp_path / "keys.db", uuid4().hex
    later = TextKeys(tmp_path / "later.db")
    hour, key = later.current(datetime(2026, 2, 2, 9, tzinfo=UTC))
    later.close()
    message = numbered(1, spool_id=gateway, sealed=seal("+", key, hour))
    async with scoring(broker, path):
        async with bus.producer(broker.address, embedded=broker.embedded) as producer:
            await bus.deliver(producer, [Outgoing(messages.TOPIC, b"k", message.to_bytes())])
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await read(
                    broker.address, scores.TOPIC, ScoreV1, lambda s: s.spool_id == gateway, 1
                )
        (tmp_path / "later.db").rename(path)
        [found] = await read(
            broker.address, scores.TOPIC, ScoreV1, lambda s: s.spool_id == gateway, 1
        )

    assert found.outputs is not None
    assert found.outputs.valence_micro == 1_000_000
