"""Every indicator that can be published, as data: what is not here is published nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from models.climate.windows import Cadence
from models.language.labels import Driver, Language, Signal


class Measure(StrEnum):
    """The unit of measure of an indicator."""

    SCORE = "score"
    """Signed: 0 is neither."""
    RATIO = "ratio"
    """A share, from 0 to 1."""
    NUMBER = "number"
    """How many of something, from 0 up."""


class Family(StrEnum):
    """Indicators that are made, explained and shown alike."""

    VALENCE = "valence"
    SIGNAL = "signal"
    DRIVER = "driver"
    PARTICIPATION = "participation"
    NETWORK = "network"
    COVERAGE = "coverage"
    ANSWERS = "answers"
    ADOPTION = "adoption"
    PULSE = "pulse"


class Scope(StrEnum):
    """Of which units an indicator is told."""

    UNITS = "units"
    """Every unit."""
    REPLY_LEVEL = "reply_level"
    """Units of the one level at which the policy lets replies between units be told."""
    ORGANISATION = "organisation"
    """The whole organisation alone."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator and the rules that it is published under.

    Attributes:
        id: Its name in policies, tables, metrics and the interface.
        family: What it is made, explained and shown like.
        measure: Its unit of measure.
        low: Smallest value it can have; None where there is no bound.
        high: Largest value it can have; None where there is no bound.
        scope: Of which units it is told.
        cadences: Lengths of the windows it is told of; none where it is told by the hour.
        smallest: Fewest contributors that it needs by its own rule; None where the k of the
            policy is the only rule.
        interval: Whether it is told with an interval.
        page: The page in ``docs/methods`` with its formula, without its ending.
    """

    id: str
    family: Family
    measure: Measure
    low: float | None
    high: float | None
    scope: Scope
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
        scope=Scope.UNITS,
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
    scope=Scope.UNITS,
    cadences=tuple(Cadence),
    smallest=None,
    interval=False,
    page="valence",
)
SIGNALS: Final = tuple(_share(str(signal), Family.SIGNAL, "signals") for signal in Signal)
DRIVERS: Final = tuple(_share(f"driver_{driver}", Family.DRIVER, "drivers") for driver in Driver)
AFTER_HOURS: Final = _share("after_hours", Family.PARTICIPATION, "after-hours")

PARTICIPATION: Final = Indicator(
    id="participation",
    family=Family.PARTICIPATION,
    measure=Measure.RATIO,
    low=0,
    high=1,
    scope=Scope.UNITS,
    cadences=tuple(Cadence),
    smallest=None,
    interval=False,
    page="participation",
)
"""Told in tenths; it needs 25 people who could contribute, so ``smallest`` says nothing of it."""


def _of_replies(  # noqa: PLR0913, PLR0917  a row of the table below
    name: str,
    measure: Measure,
    low: float | None,
    high: float | None,
    scope: Scope,
    smallest: int | None,
    page: str,
) -> Indicator:
    return Indicator(
        id=name,
        family=Family.NETWORK,
        measure=measure,
        low=low,
        high=high,
        scope=scope,
        cadences=(Cadence.WEEK,),
        smallest=smallest,
        interval=False,
        page=page,
    )


_UNIT: Final = Scope.REPLY_LEVEL
_WHOLE: Final = Scope.ORGANISATION
EI_INDEX: Final = _of_replies("ei_index", Measure.SCORE, -1, 1, _UNIT, 25, "silo")
EI_EXCESS: Final = _of_replies("ei_excess", Measure.SCORE, -2, 2, _UNIT, 25, "silo")
COLLABORATION: Final = _of_replies("collaboration", Measure.RATIO, 0, 1, _UNIT, 25, "silo")
PARTNERS: Final = _of_replies("effective_partners", Measure.NUMBER, 1, None, _UNIT, 25, "silo")
MODULARITY_LOW: Final = _of_replies(
    "modularity_low", Measure.SCORE, -1, 1, _WHOLE, None, "modularity"
)
MODULARITY_HIGH: Final = _of_replies(
    "modularity_high", Measure.SCORE, -1, 1, _WHOLE, None, "modularity"
)
RECIPROCITY: Final = _of_replies("reciprocity", Measure.RATIO, 0, 1, _WHOLE, None, "reciprocity")
RECIPROCITY_EXCESS: Final = _of_replies(
    "reciprocity_excess", Measure.SCORE, None, 1, _WHOLE, None, "reciprocity"
)
NETWORK: Final = (
    EI_INDEX,
    EI_EXCESS,
    COLLABORATION,
    PARTNERS,
    MODULARITY_LOW,
    MODULARITY_HIGH,
    RECIPROCITY,
    RECIPROCITY_EXCESS,
)


def _of_messages(name: str, family: Family, page: str) -> Indicator:
    return Indicator(
        id=name,
        family=family,
        measure=Measure.RATIO,
        low=0,
        high=1,
        scope=Scope.ORGANISATION,
        cadences=(Cadence.WEEK,),
        smallest=None,
        interval=False,
        page=page,
    )


LANGUAGES: Final = tuple(
    _of_messages(f"language_{language}", Family.COVERAGE, "coverage") for language in Language
)
UNSCORED: Final = _of_messages("unscored", Family.COVERAGE, "coverage")
COVERAGE: Final = (*LANGUAGES, UNSCORED)
ANSWERED_HOUR: Final = _of_messages("answered_hour", Family.ANSWERS, "answer-time")
ANSWERED_DAY: Final = _of_messages("answered_day", Family.ANSWERS, "answer-time")
ANSWERS: Final = (ANSWERED_HOUR, ANSWERED_DAY)


def _of_adoption(  # noqa: PLR0913, PLR0917  a row of the table below
    name: str,
    measure: Measure,
    high: float | None,
    cadence: Cadence,
    smallest: int | None,
    page: str,
) -> Indicator:
    return Indicator(
        id=name,
        family=Family.ADOPTION,
        measure=measure,
        low=0,
        high=high,
        scope=Scope.ORGANISATION,
        cadences=(cadence,),
        smallest=smallest,
        interval=False,
        page=page,
    )


RETURN_RATE: Final = _of_adoption(
    "return_rate", Measure.RATIO, 1, Cadence.FOUR_WEEKS, 25, "return-rate"
)
"""Told in tenths, of people of the first week."""
CONVERSATION: Final = _of_adoption(
    "conversation_index", Measure.RATIO, 1, Cadence.WEEK, None, "conversation"
)
GHOST_TOWNS: Final = _of_adoption(
    "ghost_towns", Measure.RATIO, 1, Cadence.FOUR_WEEKS, None, "participation"
)
"""Told in tenths, of channels."""
INEQUALITY: Final = _of_adoption("inequality", Measure.RATIO, 1, Cadence.WEEK, 100, "inequality")
ACTIVITY: Final = _of_adoption(
    "messages_per_contributor", Measure.NUMBER, None, Cadence.WEEK, None, "chilling-effect"
)
ADOPTION: Final = (RETURN_RATE, CONVERSATION, INEQUALITY, ACTIVITY, GHOST_TOWNS)

PULSE: Final = Indicator(
    id="pulse",
    family=Family.PULSE,
    measure=Measure.SCORE,
    low=-1,
    high=1,
    scope=Scope.ORGANISATION,
    cadences=(),
    smallest=250,
    interval=False,
    page="pulse",
)
"""The valence of the whole organisation by the hour (``disclosure/pulse.py``)."""

CATALOGUE: Final = (
    VALENCE,
    *SIGNALS,
    *DRIVERS,
    AFTER_HOURS,
    PARTICIPATION,
    *NETWORK,
    *COVERAGE,
    *ANSWERS,
    *ADOPTION,
    PULSE,
)
"""Every indicator, in the order in which they are published and listed."""
INDICATORS: Final = tuple(indicator.id for indicator in CATALOGUE)
BY_ID: Final[Mapping[str, Indicator]] = MappingProxyType({one.id: one for one in CATALOGUE})

assert len(BY_ID) == len(CATALOGUE)
