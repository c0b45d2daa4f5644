"""Keeps what readers see of business figures in step with what was imported and released."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from services.alerts import database
from services.alerts.outcomes import computing, findings, inputs, registrations
from services.contracts.failures import Unavailable
from services.contracts.governance import Policy
from services.telemetry import logs

EVERY_S: Final = 5.0


@dataclass(slots=True)
class Refreshing:
    """Looks every few seconds whether something has come in, and computes anew when it has.

    It is the one that reads released sums for this; whoever asks over HTTP reads findings alone.

    Attributes:
        engine: The database, with the rights of the alerts process.
        policy: In force, with what it registers.
        now: The wall clock.
    """

    engine: Engine
    policy: Policy
    now: Callable[[], datetime]
    _seen: inputs.Marker | None = field(default=None, init=False)

    async def run(self) -> None:
        """Run until cancelled; no fault ends it."""
        while True:
            try:
                await _to_its_end(self.tick)
            except Unavailable as missing:
                logs.emit("batch.waiting", level="warning", waiting_for=missing.dependency)
            except Exception as failure:  # noqa: BLE001  a loop that ended would show old findings
                logs.emit(
                    "outcomes.refused", level="critical", error_type=type(failure).__qualname__
                )
            await asyncio.sleep(EVERY_S)

    def tick(self) -> bool:
        """Compute anew where something has changed; whether it has."""
        with database.reading(self.engine).begin() as connection:
            marker = inputs.marker(connection)
            if marker == self._seen:
                return False
            read = inputs.read(connection)
        outcomes, events = self.policy.outcomes, self.policy.interventions
        with database.writing(self.engine) as connection:
            since = registrations.first_days(connection, findings.OUTCOME, outcomes, self.now())
            days = registrations.first_days(connection, findings.INTERVENTION, events, self.now())
        found = computing.outcome_findings(outcomes, read, since)
        changes = computing.intervention_findings(events, read, days)
        with database.writing(self.engine) as connection:
            findings.replace(connection, found, changes)
        self._seen = marker
        logs.emit("outcomes.computed", count=len(found) + len(changes))
        return True


async def _to_its_end(tick: Callable[[], object]) -> None:
    """Run *tick* in a thread; who is cancelled waits for it, as the database is closed next."""
    running = asyncio.ensure_future(asyncio.to_thread(tick))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        with suppress(Exception):
            await running
        raise
