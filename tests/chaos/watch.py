"""Looks at a running line from outside: when it went on, and whether it took anything back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError

from services.alerts import database
from services.alerts.tables.pseudonymous import OPEN_SCORE
from services.alerts.tables.released import PUBLISHED_CELL

EVERY_S: Final = 0.1
CELLS_EVERY_S: Final = 2
"""Every cell that there is: that costs more than a count."""


@dataclass(slots=True)
class Watch:
    """What was seen of a database, look by look.

    Attributes:
        engine: Of the database.
        growth: When there were more collected messages than at the look before.
        published: Every cell that was ever seen, as it was seen first.
        restated: Of a cell that was seen to change or to be gone, its key.
        over: Whether the look that is under way is the last one.
    """

    engine: Engine
    growth: list[float] = field(default_factory=list)
    published: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    restated: set[tuple[Any, ...]] = field(default_factory=set)
    over: bool = False
    _rows: int = 0
    _looked: float = 0

    async def run(self) -> None:
        """Look until it is over; a database that is away shows nothing.

        To cancel this would leave a thread behind, with a connection that nobody closes.
        """
        while not self.over:
            with contextlib.suppress(DBAPIError):
                await asyncio.to_thread(self._look_at_rows)
                if time.monotonic() > self._looked + CELLS_EVERY_S:
                    await asyncio.to_thread(self.look_at_cells)
            await asyncio.sleep(EVERY_S)

    def _look_at_rows(self) -> None:
        with database.reading(self.engine).begin() as climate:
            rows = climate.scalar(select(func.count()).select_from(OPEN_SCORE)) or 0
        if rows > self._rows:
            self.growth.append(time.monotonic())
        self._rows = rows  # fewer than before: days became sums

    def look_at_cells(self) -> None:
        """Compare what is published with what was seen before."""
        with database.reading(self.engine).begin() as climate:
            cells = {
                (row.indicator, row.unit, row.cadence, row.window_start): tuple(row)
                for row in climate.execute(select(PUBLISHED_CELL))
            }
        self.restated |= {key for key, cell in self.published.items() if cells.get(key) != cell}
        self.published = cells | self.published
        self._looked = time.monotonic()


def back_after(happened: Sequence[float], growth: Sequence[float], end: float) -> Iterator[float]:
    """For each fault how long it took to make progress again, in seconds.

    That is the longest silence between it and the next one: what a fault stops may be felt only
    when what was on its way has arrived.

    Args:
        happened: When the faults did, in order.
        growth: When there was progress, in order.
        end: When the last one's time is over.
    """
    for at, until in zip(happened, [*happened, end][1:], strict=True):
        moments = [at, *(moment for moment in growth if moment > at)]
        silences = (then - before for before, then in pairwise(moments) if before < until)
        yield max(silences, default=until - at)
