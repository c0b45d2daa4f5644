"""A file of figures from whoever holds a key: all of it is kept, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from services.alerts import database
from services.alerts.outcomes import figures, inputs, keys, values
from services.alerts.outcomes.values import Stored
from services.contracts.access import ApiKey
from services.contracts.registration import Outcome
from services.telemetry import logs


@dataclass(frozen=True, slots=True)
class Importing:
    """What the route that takes figures needs.

    Attributes:
        engine: The database, with the rights of the alerts process.
        outcomes: Those that the policy in force registers, by id.
        now: The wall clock.
    """

    engine: Engine
    outcomes: Mapping[str, Outcome]
    now: Callable[[], datetime]

    def key(self, token: str) -> ApiKey | None:
        """The key that *token* is the secret of, if it is in force."""
        with database.reading(self.engine).begin() as connection:
            return keys.authenticate(connection, token, self.now())

    def take(self, content: bytes, key_id: str) -> Stored:
        """Keep every figure of the file *content*.

        Raises:
            FiguresRefused: something in it is wrong, and nothing was kept.
            Unavailable: the database does not answer; nothing was kept.
        """
        now = self.now()
        with database.writing(self.engine) as connection:
            units = inputs.units(connection)
            read = figures.read(content, self.outcomes, units, now.date())
            stored = values.store(connection, read, now=now, key_id=key_id)
        logs.emit("outcomes.imported", count=len(read))
        return stored
