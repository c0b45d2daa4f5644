"""Hears on ``settled.v1`` what is no longer owed, and lets the spool forget it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from services.contracts.failures import Malformed, Unavailable
from services.contracts.settled import TOPIC, SettledV1, Settlement
from services.ingest.spool import Spool
from services.telemetry import logs
from services.telemetry.metrics import spool as metrics


class Hears(Protocol):
    """Whoever else wants to know, such as the relay."""

    def settled(self, seqs: set[int]) -> None:
        """Hear that *seqs* are no longer owed."""
        ...


async def settle(spool: Spool, records: Iterable[bytes], hears: Hears) -> int:
    """Forget what *records* settle of this spool, and say how many messages that was.

    What other spools are told is passed over, and so is what cannot be read: the message in
    question is sent again later, and settled again.

    Raises:
        Unavailable: the spool's disk failed; trying again is harmless.
    """
    found: defaultdict[Settlement, set[int]] = defaultdict(set)
    for raw in records:
        try:
            settled = SettledV1.from_bytes(raw)
        except Malformed:
            logs.emit("record.malformed", level="warning", reason=TOPIC)
            continue
        if settled.spool_id == spool.spool_id:
            found[settled.settlement].update(settled.seqs)
    count = 0
    for settlement, seqs in found.items():
        forgotten = await spool.settle(seqs)
        metrics.settled(settlement, forgotten)
        count += forgotten
        hears.settled(seqs)
    return count


async def listen(
    spool: Spool, open_reader: Callable[[], AIOKafkaConsumer], hears: Hears, *, retry_s: float = 1
) -> None:
    """Settle for ever, until cancelled.

    The reader belongs to no group and begins at the topic's beginning at every start: each
    gateway needs every record, and one that was settled while we were down must not be missed,
    or the relay would send its message again and again until the collector repeated itself.  The
    topic is kept for two days and one record names hundreds of messages, so that is soon read;
    settling twice changes nothing.  (The embedded broker is wrong about a topic's end, too.)
    """
    while True:
        try:
            async with open_reader() as reader:
                reader.subscribe([TOPIC])
                while True:
                    taken: dict[Any, list[Any]] = await reader.getmany(timeout_ms=500)
                    raw = [record.value or b"" for part in taken.values() for record in part]
                    if raw and (count := await settle(spool, raw, hears)):
                        logs.emit("spool.settled", count=count)
        except (KafkaError, Unavailable) as missing:
            dependency = missing.dependency if isinstance(missing, Unavailable) else "broker"
            metrics.waits(dependency)
            logs.emit("batch.waiting", level="warning", waiting_for=dependency)
        await asyncio.sleep(retry_s)
