"""A key store in memory that can be taken away."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.contracts.failures import Unavailable
from tests.fakes.records import HOUR, KEY


@dataclass
class MemoryKeys:
    """Holds the key of the records that tests make.

    Attributes:
        known: Keys by hour.
        silences: How many questions are left unanswered before the first answer.
    """

    known: dict[int, bytes] = field(default_factory=lambda: {HOUR: KEY})
    silences: int = 0

    def key(self, hour: int) -> bytes | None:
        """The key of *hour*."""
        if self.silences:
            self.silences -= 1
            raise Unavailable("key_store")
        return self.known.get(hour)
