"""Reads topics of a live broker from their beginning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from services.contracts import bus
from services.contracts.failures import Malformed
from services.contracts.record import Record

R = TypeVar("R", bound=Record)


async def read(
    broker: str, topic: str, kind: type[R], mine: Callable[[R], bool], count: int
) -> list[R]:
    """The first *count* records of *topic* that are *mine*, in the order of their partitions.

    Raises:
        TimeoutError: there are fewer.
    """
    found: list[R] = []
    async with bus.reader(broker, wait_ms=100) as reader, asyncio.timeout(25):
        reader.subscribe([topic])
        while len(found) < count:
            taken: dict[Any, list[Any]] = await reader.getmany(timeout_ms=100)
            for record in (one for part in taken.values() for one in part):
                try:
                    decoded = kind.from_bytes(record.value)
                except Malformed:
                    continue
                if mine(decoded):
                    found.append(decoded)
    return found
