"""A producer that keeps what it is given, and fails when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zlib import crc32

from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError

PARTITIONS = 4


class Place(NamedTuple):
    """Where a record went."""

    topic: str
    partition: int


@dataclass
class MemorySender:
    """Delivers to ``sent``.

    Attributes:
        refuses: How many records are refused at once before any is taken.
        loses: How many records are taken and then not delivered.
        silent: Whether records are taken and nothing is ever heard of them.
    """

    refuses: int = 0
    loses: int = 0
    silent: bool = False
    sent: list[tuple[str, bytes, bytes | None, int]] = field(default_factory=list)

    async def send(
        self, topic: str, value: bytes, key: bytes | None, partition: int | None
    ) -> Awaitable[Any]:
        """Take one record."""
        delivery: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        if self.refuses:
            self.refuses -= 1
            raise KafkaConnectionError
        if self.silent:
            return delivery
        if self.loses:
            self.loses -= 1
            delivery.set_exception(KafkaTimeoutError())
            return delivery
        place = crc32(key or b"") % PARTITIONS if partition is None else partition
        self.sent.append((topic, value, key, place))
        delivery.set_result(Place(topic, place))
        return delivery

    def values(self, topic: str) -> list[bytes]:
        """What was delivered to *topic*, in order."""
        return [value for there, value, _, _ in self.sent if there == topic]
