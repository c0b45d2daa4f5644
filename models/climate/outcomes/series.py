"""A unit's climate and one business indicator, month by month, side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.disclosure.released_statistic import MICRO, ReleasedStatistic

LEAST_MONTHS: Final = 36
"""Months from which a coefficient exists: over 24, one of 0.5 is found in a quarter of cases
(design study)."""
LEAST_PEOPLE: Final = 50
"""Smallest unit whose business indicator is taken in (design study)."""
LEAST_EVENTS: Final = 5
"""Fewest events behind a value: who knows one of fewer would know whose it is (design study)."""


@dataclass(frozen=True, slots=True)
class BusinessMonth:
    """One value of a business indicator, added up before it came here.

    Attributes:
        unit: Division or department.
        month: Its first day.
        value: The indicator, in a unit of its own: a rate, a score, an index.
        people: Headcount of the unit in the month.
        events: Leavers, accidents and the like that the value counts; None where it counts
            nothing, or where the source gave a band of rates.

    Raises:
        ValueError: ``month`` is not the first day of one.
    """

    unit: str
    month: date
    value: float
    people: int
    events: int | None

    def __post_init__(self) -> None:
        if self.month.day != 1:
            raise ValueError("a month is named by its first day")

    @property
    def is_admitted(self) -> bool:
        """Whether enough people, and events, are behind it; a month that is not is a gap."""
        return self.people >= LEAST_PEOPLE and (self.events is None or self.events >= LEAST_EVENTS)


@dataclass(frozen=True, slots=True, eq=False)
class MonthlyPair:
    """Two lines over the months that both span; as such they may always be shown.

    Attributes:
        unit: Whose.
        months: First days of consecutive months, ``n`` of them, from the later beginning to the
            earlier end.
        climate: Shape ``(n,)``, valence; NaN in a gap.
        business: Shape ``(n,)``, the indicator; NaN in a gap.
    """

    unit: str
    months: tuple[date, ...]
    climate: NDArray[np.float64]
    business: NDArray[np.float64]

    @property
    def known(self) -> int:
        """Months without a gap in either line."""
        return int(np.isfinite(self.climate + self.business).sum())


class Reason(StrEnum):
    """Why two lines have no coefficient."""

    FEW_MONTHS = "few_months"
    MANY_GAPS = "many_gaps"
    NOTHING_LEFT = "nothing_left"
    FEW_UNITS = "few_units"


@dataclass(frozen=True, slots=True)
class LinesOnly:
    """The lines may be shown beside each other, and nothing may be computed from them.

    Attributes:
        units: Whose lines.
        months: Months without a gap; of several units, in the shortest.
        reason: Why no more is said.
    """

    units: tuple[str, ...]
    months: int
    reason: Reason


def paired(
    unit: str, history: Sequence[ReleasedStatistic], business: Sequence[BusinessMonth]
) -> MonthlyPair:
    """The two lines of *unit*; nothing is filled in where one has no value.

    Args:
        unit: Whose lines.
        history: Its released windows, in any order.
        business: Its indicator, in any order.

    Raises:
        ValueError: something is of another unit, or a month of the indicator comes twice.
    """
    if ({released.unit for released in history} | {row.unit for row in business}) - {unit}:
        raise ValueError("lines of different units")
    if len({row.month for row in business}) < len(business):
        raise ValueError("a month comes twice")
    climate = by_month(history)
    indicator = {row.month: row.value for row in business if row.is_admitted}
    months: tuple[date, ...] = ()
    if climate and indicator:
        months = _months(max(min(climate), min(indicator)), min(max(climate), max(indicator)))
    return MonthlyPair(unit, months, _line(climate, months), _line(indicator, months))


def by_month(history: Sequence[ReleasedStatistic]) -> dict[date, float]:
    """Valence by month, from sums that were released.

    A window belongs to the month that holds its middle day.  No month is shorter than the longest
    window, so a unit that is published throughout has at least one window in every month.
    """
    weights: defaultdict[date, int] = defaultdict(int)
    sums: defaultdict[date, int] = defaultdict(int)
    for statistic in history:
        middle = statistic.window.start + timedelta(days=statistic.window.cadence.days // 2)
        month = middle.replace(day=1)
        weights[month] += statistic.weight
        sums[month] += statistic.weighted_micro
    return {month: sums[month] / weight / MICRO for month, weight in weights.items()}


def _months(first: date, last: date) -> tuple[date, ...]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(date(number // 12, number % 12 + 1, 1) for number in numbers)


def _line(values: Mapping[date, float], months: Sequence[date]) -> NDArray[np.float64]:
    return np.array([values.get(month, np.nan) for month in months], dtype=np.float64)
