"""Topic ``units.v1``: a quarter's unit tree.  No person, only how many are eligible."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from services.contracts.envelope import Slug
from services.contracts.record import Record

TOPIC: Final = "units.v1"

Quarter = Annotated[str, StringConstraints(pattern=r"^\d{4}Q[1-4]$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class UnitNames(Record):
    """What the unit is called in each language of the pages."""

    en: Name
    nl: Name
    fr: Name


class UnitV1(Record):
    """One node of the organisation."""

    id: Slug
    parent: Slug | None
    """None for the whole organisation, and for it alone."""
    names: UnitNames
    eligible: Annotated[int, Field(ge=0)]
    """People of this unit and everything below it who may count."""


class UnitsV1(Record):
    """The whole tree of one quarter, parents before children."""

    quarter: Quarter
    units: tuple[UnitV1, ...]
