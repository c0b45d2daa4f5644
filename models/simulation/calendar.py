"""When people of three countries work: weekdays, public holidays, school holidays, hours."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Country(StrEnum):
    """Whose public holidays a person has."""

    BE = "be"
    NL = "nl"
    FR = "fr"


TIME_ZONES: Final = {
    Country.BE: "Europe/Brussels",
    Country.NL: "Europe/Amsterdam",
    Country.FR: "Europe/Paris",
}

WEEKDAYS: Final = (0.19, 0.215, 0.2, 0.205, 0.155, 0.015, 0.02)
"""Share of a week's messages by day, from Monday."""

HOLIDAY: Final = 0.06
"""What is still written on a public holiday, as a share of that weekday."""
SCHOOL_HOLIDAY: Final = 0.9
"""Parents are away."""

HOURS: Final = (
    0, 0, 0, 0, 0, 0.2, 0.6, 2.5, 8, 11, 12, 10, 5, 8.5, 11, 10.5, 9, 5.5, 2, 1.2, 1.2, 1, 0.6, 0.2,
)  # fmt: skip
"""Weight of each local hour: a working day with a lunch dip and a thin evening."""


def easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian algorithm, Nature 1876).

    Example:
        >>> easter(2026)
        datetime.date(2026, 4, 5)
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def public_holidays(country: Country, year: int) -> frozenset[date]:
    """The national days off of *year*."""
    sunday = easter(year)
    moving = {sunday + timedelta(days) for days in (0, 1, 39, 49, 50)}
    # Easter, Easter Monday, Ascension, Whit Sunday, Whit Monday: the same in the three countries.
    fixed = {
        Country.BE: ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)),
        Country.NL: ((1, 1), (12, 25), (12, 26)),
        Country.FR: ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)),
    }[country]
    days = moving | {date(year, month, day) for month, day in fixed}
    if country is Country.NL:
        kings_day = date(year, 4, 27)
        days.add(kings_day - timedelta(kings_day.weekday() == _SUNDAY))
        if year % 5 == 0:
            days.add(date(year, 5, 5))  # Liberation Day is a day off every fifth year
    return frozenset(days)


_SUNDAY: Final = 6


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


@lru_cache(maxsize=2_000)
def school_holiday(day: date) -> bool:
    """Whether schools are closed in about this week.

    The regions of the three countries differ by a week or two, and decree their dates
    year by year; the weeks that most of them share are enough for a dip.
    """
    week, year, sunday = _monday(day), day.year, easter(day.year)
    autumn = _monday(date(year, 11, 1) + timedelta(date(year, 11, 1).weekday() == _SUNDAY))
    carnival = _monday(sunday - timedelta(47))
    spring = _monday(sunday)
    return (
        week in {autumn, carnival, spring, spring + timedelta(7)}
        or (day.month, day.day) >= (12, 22)
        or (day.month, day.day) <= (1, 4)
        or day.month in {7, 8}
    )


@lru_cache(maxsize=6_000)
def working(day: date, country: Country) -> float:
    """How much is written on *day*, where an ordinary week adds up to 1."""
    share = WEEKDAYS[day.weekday()]
    if day in public_holidays(country, day.year):
        return share * HOLIDAY
    return share * (SCHOOL_HOLIDAY if school_holiday(day) else 1.0)
