"""Topic ``settled.v1``: what a spool no longer owes, because its effect is committed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from services.contracts.envelope import Slug
from services.contracts.record import Record

TOPIC: Final = "settled.v1"


class Settlement(StrEnum):
    """What became of the messages."""

    COLLECTED = "collected"
    LATE = "late"
    """Counted, but the window had closed."""
    EXPIRED = "expired"
    """Not scored within ``text_life``: lost coverage."""
    DEAD_LETTER = "dead_letter"


class SettledV1(Record):
    """Rows of one spool that may be deleted; saying it twice changes nothing."""

    spool_id: Slug
    seqs: tuple[Annotated[int, Field(ge=1)], ...]
    settlement: Settlement
