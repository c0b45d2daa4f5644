"""The catalogue of indicators as the page lists it."""

from __future__ import annotations

from dataclasses import dataclass

from models.climate.catalogue import CATALOGUE, Indicator
from services.alerts.console.wording import Wording


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator in the words of a reader.

    Attributes:
        name: What it is called.
        meaning: What it measures.
        scale: From which value to which.
        levels: Of which units it is told.
        windows: Lengths of the windows it is told of.
        smallest: How many people it needs.
        method: Where its formula is.
    """

    name: str
    meaning: str
    scale: str
    levels: str
    windows: str
    smallest: str
    method: str


def measured(wording: Wording, k: int) -> tuple[Measured, ...]:
    """Every indicator of the catalogue, under a policy with this *k*."""
    return tuple(_measured(one, wording, k) for one in CATALOGUE)


def _measured(one: Indicator, wording: Wording, k: int) -> Measured:
    smallest = (
        wording.say("smallest_policy", k=k) if one.smallest is None else str(max(one.smallest, k))
    )
    return Measured(
        name=wording.indicator(one.id),
        meaning=wording.meaning(one.id),
        scale=wording.say(
            "scale_of",
            low=_end(one.low, wording),
            high=_end(one.high, wording),
        ),
        levels=wording.say(f"told_{one.scope}"),
        windows=", ".join(wording.say(f"cadence_{cadence}") for cadence in one.cadences)
        or wording.say("cadence_hour"),
        smallest=smallest,
        method=wording.say("method_page", page=one.page),
    )


def _end(value: float | None, wording: Wording) -> str:
    return wording.say("no_bound") if value is None else wording.number(value)
