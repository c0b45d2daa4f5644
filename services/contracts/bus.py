"""Clients of the broker that carry our settings, and a delivery that is either certain or not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from services.contracts.failures import Unavailable

DEADLINE_S: Final = 30.0
"""For one batch of deliveries.  A client waits far longer than its own timeout while a broker has
too few replicas (measured: 25 s with a timeout of 10), so the deadline is ours."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One record as it came; its value may be anything."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to deliver; ``partition`` None leaves the choice to the key."""

    topic: str
    key: bytes | None
    value: bytes
    partition: int | None = None


class Sends(Protocol):
    """The one thing that we ask of a producer."""

    async def send(
        self, topic: str, value: bytes, key: bytes | None, partition: int | None
    ) -> Awaitable[Any]:
        """Queue one record; the result is awaited for its delivery."""
        ...


def producer(broker: str, *, embedded: bool, linger_ms: int = 5) -> AIOKafkaProducer:
    """A producer for *broker* (``host:port``, several joined by commas); start it before use.

    The embedded broker refuses idempotent producers; who reads us removes duplicates in any case.
    Texts are sealed, hence do not shrink: there is no compression.
    """
    return AIOKafkaProducer(
        bootstrap_servers=broker,
        acks="all",
        enable_idempotence=not embedded,
        linger_ms=linger_ms,
        max_batch_size=131_072,
        request_timeout_ms=30_000,
    )


def reader(broker: str, *, wait_ms: int = 500) -> AIOKafkaConsumer:
    """A consumer outside every group: of the topics it subscribes to, it reads all partitions.

    It begins at their beginning, at every start.

    Args:
        broker: ``host:port``, several joined by commas.
        wait_ms: Longest wait of the broker for a record.  The embedded one sleeps half of it.
    """
    return AIOKafkaConsumer(
        bootstrap_servers=broker,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=wait_ms,
        metadata_max_age_ms=5_000,  # else a topic made after us is not read for five minutes
    )


async def deliver(
    sender: Sends, records: Sequence[Outgoing], *, deadline_s: float = DEADLINE_S
) -> list[int]:
    """Return the partition of each of *records*, once every one of them is on the bus.

    Raises:
        Unavailable: at least one may not be; sending all of them again is harmless.
        MessageSizeTooLargeError: a record can never be delivered, which is a mistake of ours.
    """
    try:
        async with asyncio.timeout(deadline_s):
            sent = [await sender.send(r.topic, r.value, r.key, r.partition) for r in records]
            return [place.partition for place in await asyncio.gather(*sent)]
    except MessageSizeTooLargeError:
        raise
    except (KafkaError, TimeoutError):
        raise Unavailable("broker") from None
