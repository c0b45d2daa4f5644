"""Whether a worker still gets on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import faust
from aiokafka.errors import KafkaError


@dataclass(slots=True)
class Liveness:
    """Notices a worker that has records waiting and does not get on.

    Consumers are known to stop fetching a partition for ever, silently; a restart cures it.

    Attributes:
        limit_s: How long no batch may be acknowledged while there are records to read.
        clock: Seconds, never going back.
    """

    limit_s: float = 120
    clock: Callable[[], float] = time.monotonic
    _at: float = field(default=0, init=False)
    _next: dict[tuple[str, int], int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Begin with a full limit."""
        self.touch()

    def touch(self) -> None:
        """Say that the worker is well, such as while it knowingly waits for a key store."""
        self._at = self.clock()

    def acknowledged(self, topic: str, partition: int, following: int) -> None:
        """Hear that everything before the offset *following* is done."""
        self._next[topic, partition] = following
        self.touch()

    def overdue(self) -> bool:
        """Whether nothing was acknowledged for longer than the limit, whatever the reason."""
        return self.clock() - self._at > self.limit_s

    async def stuck(self, app: faust.App) -> bool:
        """Whether *app* is overdue although its partitions hold records that it has not done.

        A broker that does not answer is no reason: a restart of ours would not bring it back.
        """
        if not self.overdue():
            return False
        places = sorted(app.consumer.assignment())
        if not places:
            return False
        try:
            async with asyncio.timeout(20):
                ends = await app.consumer.highwaters(*places)
                begins = await app.consumer.earliest_offsets(*places)
                offsets = cast("Any", app.consumer)._committed_offset  # noqa: SLF001  not told else
                committed = {tp: offsets.get(tp) or begins[tp] for tp in places}
        except (KafkaError, TimeoutError):
            return False
        return any(
            (ends[tp] or 0) > max(self._next.get((tp.topic, tp.partition), 0), committed[tp])
            for tp in places
        )
