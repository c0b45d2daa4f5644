"""The gateway's link to the broker: it may come late, and go, while events are taken all along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.contracts import bus, settled
from services.contracts.bus import Sends
from services.contracts.failures import Unavailable

_ANSWER_WITHIN_S: Final = 2.0
_TRY_AGAIN_S: Final = 0.5


class Link(Protocol):
    """What the gateway asks of a broker."""

    sender: Sends
    open_reader: Callable[[], AIOKafkaConsumer]

    async def connected(self) -> bool:
        """Whether the broker answers just now."""
        ...


@dataclass(slots=True)
class _Sender:
    """A producer that may not be there yet."""

    producer: AIOKafkaProducer | None = None

    async def send(
        self, topic: str, value: bytes, key: bytes | None, partition: int | None
    ) -> Awaitable[Any]:
        """Queue one record.

        Raises:
            Unavailable: the broker has not been reached since the start.
        """
        if self.producer is None:
            raise Unavailable("broker")
        sent: Awaitable[Any] = await self.producer.send(topic, value, key, partition)
        return sent


class KafkaLink:
    """One producer, started as soon as the broker answers."""

    def __init__(self, broker: str, *, embedded: bool) -> None:
        self._broker, self._embedded = broker, embedded
        self._sender = _Sender()
        self.sender: Sends = self._sender
        self.open_reader: Callable[[], AIOKafkaConsumer] = partial(
            bus.reader, broker, wait_ms=250 if embedded else 500
        )

    async def connect(self) -> None:
        """Start the producer, trying for as long as it takes; then there is no more to do."""
        while True:
            producer = bus.producer(self._broker, embedded=self._embedded)
            try:
                await producer.start()
            except KafkaError:
                await producer.stop()
                await asyncio.sleep(_TRY_AGAIN_S)
                continue
            except asyncio.CancelledError:
                await producer.stop()
                raise
            self._sender.producer = producer
            return

    async def close(self) -> None:
        """Deliver what is queued, or give it up: the spool still owes it."""
        producer, self._sender.producer = self._sender.producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), _ANSWER_WITHIN_S)
            except (TimeoutError, KafkaError):
                return

    async def connected(self) -> bool:
        """Whether the broker answers just now."""
        producer = self._sender.producer
        if producer is None:
            return False
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await producer.partitions_for(settled.TOPIC)
                return bool(await producer.client.force_metadata_update())
        except (TimeoutError, KafkaError):
            return False


@asynccontextmanager
async def open_link(broker: str, *, embedded: bool) -> AsyncIterator[Link]:
    """A link that is there at once, and carries as soon as the broker does."""
    link = KafkaLink(broker, embedded=embedded)
    connecting = asyncio.create_task(link.connect())
    try:
        yield link
    finally:
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await link.close()
