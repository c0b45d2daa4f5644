"""Topic ``dead-letters.v1``: where a record failed and why, never what it held."""

from __future__ import annotations

from typing import Final

from services.contracts.record import Record

TOPIC: Final = "dead-letters.v1"


class DeadLetterV1(Record):
    """Points at a record; does not contain it."""

    topic: str
    partition: int
    offset: int
    faults: tuple[tuple[str, str], ...]
    """Pairs of a JSON pointer and a code; a pointer never holds a name out of the record."""
