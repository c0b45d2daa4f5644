"""Topic ``scores.v1``: one scored message.  No field can hold text."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from models.language.labels import Driver, Language, Signal
from services.contracts.envelope import Envelope, Slug
from services.contracts.record import Record

TOPIC: Final = "scores.v1"

Micro = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class Outputs(Record):
    """What the models found."""

    valence_micro: Micro
    """Valence in millionths: an integer, so sums do not depend on the order of arrival."""
    signals: tuple[Signal, ...] = ()
    """Those that are 1, in the order of the closed list; the others are 0."""
    drivers: tuple[Driver, ...] = ()
    """Those that are 1, in the order of the closed list; the others are 0."""


class ScoreV1(Envelope):
    """A message without its words; a deletion or withdrawal has no outputs."""

    language: Language | None = None
    outputs: Outputs | None = None
    model: Slug
