"""Says on ``units.v1`` what the unit tree of the quarter is: at each start, change and quarter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from models.climate.windows import quarter_of
from services.contracts import bus
from services.contracts.bus import Outgoing, Sends
from services.contracts.units import TOPIC
from services.ingest import telling
from services.ingest.directory import Directory
from services.ingest.registry import Registry


@dataclass(slots=True)
class Units:
    """One task that says the tree whenever it is another than was said last.

    Attributes:
        registry: Who works where.
        sender: Where it is said.
        now: The gateway's time, which names the quarter.
        deadline_s: For one delivery.
    """

    registry: Registry
    sender: Sends
    now: Callable[[], datetime]
    deadline_s: float = 10
    _said: tuple[str, Directory] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, *, every_s: float = 1) -> None:
        """Look again and again, until cancelled; a broker that is away hears it later."""
        await telling.again_and_again(self.say, every_s)

    async def say_soon(self) -> None:
        """Say what is new now, or leave it to the task while the broker is away."""
        await telling.soon(self.say)

    async def say(self) -> bool:
        """Say the tree once; False where it was said already, or there is none.

        Raises:
            Unavailable: the broker did not confirm.
        """
        async with self._turn:
            directory, day = self.registry.directory, self.now().date()
            quarter = quarter_of(day)
            said = self._said
            if not directory.units or (said and said[0] == quarter and said[1] is directory):
                return False
            record = await asyncio.to_thread(directory.units_record, quarter)
            outgoing = Outgoing(TOPIC, quarter.encode(), record.to_bytes())
            await bus.deliver(self.sender, [outgoing], deadline_s=self.deadline_s)
            self._said = (quarter, directory)
            return True
