"""Topic ``progress.v1``: the time up to which a gateway owes nothing."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AwareDatetime, Field

from services.contracts.envelope import Slug
from services.contracts.record import Record

TOPIC: Final = "progress.v1"


class ProgressV1(Record):
    """Published about once a second by each gateway that has admitted or declared something."""

    spool_id: Slug
    owes_nothing_until: AwareDatetime
    """Event time of its oldest unsettled message, else its clock."""
    settled_below: Annotated[int, Field(ge=1)]
    """Every message that its spool numbered lower is settled: one that comes again is a repeat."""
    declared: bool
    """The clock was declared by an import or a simulation, rather than read off the wall."""
    said_at: AwareDatetime
    """Wall-clock time of this record."""
    lease_until: AwareDatetime
    """Wall-clock time after which a silent gateway is left out of the watermark."""
