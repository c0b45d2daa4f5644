"""Topic ``channels.v1``: which places could be ghost towns in a block.  No channel, no person."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from services.contracts.envelope import Keyed, Slug
from services.contracts.record import Record

TOPIC: Final = "channels.v1"


class ChannelsV1(Record):
    """All of them that one gateway knows of; it takes the place of what it said of the block."""

    spool_id: Slug
    """Which gateway: the key of the digests is its own."""
    block: Annotated[int, Field(ge=0, le=99_999)]
    """The last one ends before the calendar does."""
    places: Annotated[tuple[Keyed, ...], Field(repr=False)]
    """As ``place`` of a message of that block; sorted, so that their order says nothing."""
