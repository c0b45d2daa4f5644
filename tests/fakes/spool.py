"""A spool in memory; it passes the suite that the real one passes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from services.contracts.messages import MessageV1
from services.ingest.clock import Clock
from services.ingest.spool import Admitted, SpoolFull


class MemorySpool:
    """Survives nothing, keeps the order."""

    def __init__(self, capacity: int = 10_000, spool_id: str = "gateway-1") -> None:
        self.spool_id = spool_id
        self.clock = Clock()
        self._capacity = capacity
        self._newest = 0
        self._promised = datetime(1970, 1, 1, tzinfo=UTC)
        self._owed: dict[int, Admitted] = {}

    async def append(self, items: Sequence[Admitted]) -> list[int]:
        """Keep all of *items*."""
        if len(self._owed) + len(items) > self._capacity:
            raise SpoolFull
        seqs = list(range(self._newest + 1, self._newest + 1 + len(items)))
        for seq, (message, at) in zip(seqs, items, strict=True):
            stamped = message.model_copy(update={"spool_id": self.spool_id, "seq": seq})
            self._owed[seq] = (stamped, max(at, self._promised))
        self._newest += len(items)
        self.clock = replace(self.clock, used=True)
        return seqs

    async def unsent(self, after: int, limit: int) -> list[MessageV1]:
        """The next ones."""
        return [message for seq, (message, _) in self._owed.items() if seq > after][:limit]

    async def still_owed(self, seqs: Collection[int]) -> list[MessageV1]:
        """Those that are left."""
        return [message for seq, (message, _) in self._owed.items() if seq in seqs]

    async def settle(self, seqs: Collection[int]) -> int:
        """Forget them."""
        return sum(self._owed.pop(seq, None) is not None for seq in seqs)

    async def settled_below(self) -> int:
        """The lowest that is owed, or the next one."""
        return min(self._owed, default=self._newest + 1)

    async def oldest_event_time(self) -> datetime | None:
        """The least of all."""
        return min((held for _, held in self._owed.values()), default=None)

    def promise(self, until: datetime) -> None:
        """Hold later arrivals there."""
        self._promised = max(self._promised, until)

    async def set_clock(self, clock: Clock) -> None:
        """Keep it, until the end of the process."""
        self.clock = clock

    def held(self) -> int:
        """How many are owed."""
        return len(self._owed)

    def newest(self) -> int:
        """The last number given."""
        return self._newest
