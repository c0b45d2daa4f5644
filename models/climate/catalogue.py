"""Every indicator that can be published, as data: what is not here is published nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.climate.windows import Cadence
from models.language.labels import Driver, Signal


class Measure(StrEnum):
    """The unit of measure of an indicator."""

    SCORE = "score"
    """Signed, 0 is neither; at most from -2 to 2."""
    RATIO = "ratio"
    """A share, from 0 to 1."""
    NUMBER = "number"
    """How many of something, from 0 up."""


class Family(StrEnum):
    """Indicators that are made, explained and shown alike."""

    VALENCE = "valence"
    SIGNAL = "signal"
    DRIVER = "driver"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator and the rules that it is published under.

    Attributes:
        id: Its name in policies, tables, metrics and the interface.
        family: What it is made, explained and shown like.
        measure: Its unit of measure.
        low: Smallest value it can have.
        high: Largest value it can have; None where there is no bound.
        deepest: Deepest level of the tree it is told of, 0 the whole organisation; None for all.
        cadences: Lengths of the windows it is told of.
        smallest: Fewest contributors that it needs by its own rule; None where the k of the
            policy is the only rule.
        interval: Whether it is told with an interval.
        page: The page in ``docs/methods`` with its formula, without its ending.
    """

    id: str
    family: Family
    measure: Measure
    low: float
    high: float | None
    deepest: int | None
    cadences: tuple[Cadence, ...]
    smallest: int | None
    interval: bool
    page: str


def _share(name: str, family: Family, page: str) -> Indicator:
    return Indicator(
        id=name,
        family=family,
        measure=Measure.RATIO,
        low=0,
        high=1,
        deepest=None,
        cadences=tuple(Cadence),
        smallest=None,
        interval=False,
        page=page,
    )


VALENCE: Final = Indicator(
    id="valence",
    family=Family.VALENCE,
    measure=Measure.SCORE,
    low=-1,
    high=1,
    deepest=None,
    cadences=tuple(Cadence),
    smallest=None,
    interval=False,
    page="valence",
)
SIGNALS: Final = tuple(_share(str(signal), Family.SIGNAL, "signals") for signal in Signal)
DRIVERS: Final = tuple(_share(f"driver_{driver}", Family.DRIVER, "drivers") for driver in Driver)

CATALOGUE: Final = (VALENCE, *SIGNALS, *DRIVERS)
"""Every indicator, in the order in which they are published and listed."""
INDICATORS: Final = tuple(indicator.id for indicator in CATALOGUE)
BY_ID: Final[Mapping[str, Indicator]] = MappingProxyType({one.id: one for one in CATALOGUE})

assert len(BY_ID) == len(CATALOGUE)
