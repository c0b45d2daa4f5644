"""What runs beside the API for as long as the service does."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine

from models.climate.windows import Cadence, Window, window_of
from services.alerts import database, indicators
from services.alerts.closing import Closer
from services.alerts.exposition import Looked
from services.contracts.failures import Unavailable
from services.telemetry import logs
from services.telemetry.metrics import alerts as metrics

EVERY_S: Final = 1.0
AFTER_FAULT_S: Final = 5.0
REMEMBERED: Final = 26
"""Closed windows of each length that a start evaluates again: those already seen change nothing."""
Evaluate = Callable[[Connection, Window, datetime], object]


@dataclass(slots=True)
class Closing:
    """Looks for due windows every second, and lets the rules see each one that closed.

    Attributes:
        engine: The database.
        closer: Closes windows.
        evaluate: Lets every rule see one window, in one transaction; idempotent.
        now: The wall clock.
        looked: Told when that went well, for ``/readyz``.
    """

    engine: Engine
    closer: Closer
    evaluate: Evaluate
    now: Callable[[], datetime]
    looked: Looked
    _unseen: deque[Window] = field(default_factory=deque)

    async def run(self) -> None:
        """Run until cancelled; no fault ends it."""
        started = False
        while True:
            wait_s = EVERY_S
            try:
                if not started:
                    await asyncio.to_thread(self._remember)
                    started = True
                await asyncio.to_thread(self.tick)
            except Unavailable as missing:
                logs.emit("batch.waiting", level="warning", waiting_for=missing.dependency)
                wait_s = AFTER_FAULT_S
            except Exception as failure:  # noqa: BLE001  a loop that ended would publish nothing more
                logs.emit(
                    "publication.refused",
                    level="critical",
                    error_type=type(failure).__qualname__,
                )
                wait_s = AFTER_FAULT_S
            await asyncio.sleep(wait_s)

    def tick(self) -> None:
        """Close what is due and evaluate what closed, oldest first."""
        self._unseen.extend(self.closer.close_due(self.now()))
        while self._unseen:
            with database.writing(self.engine) as connection:
                self.evaluate(connection, self._unseen[0], self.now())
            logs.emit("rules.evaluated", window=self._unseen[0].label)
            self._unseen.popleft()
        self.looked.at = self.now()
        metrics.LAST_CLOSING.set(self.looked.at.timestamp())

    def _remember(self) -> None:
        """Begin with windows that closed before: we may have ended between the two steps."""
        with database.reading(self.engine).begin() as connection:
            newest = [
                window_of(each.cadence, each.start)
                for cadence in Cadence
                for each in indicators.windows(connection, cadence, limit=REMEMBERED)
            ]
        self._unseen.extend(sorted(newest, key=lambda w: (w.end_exclusive, w.cadence.days)))
