"""People write when people work."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.simulation.calendar import (
    HOURS,
    WEEKDAYS,
    Country,
    easter,
    public_holidays,
    school_holiday,
    working,
)


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1961, date(1961, 4, 2)),
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter_is_when_the_church_says(year: int, day: date) -> None:
    assert easter(year) == day


@pytest.mark.parametrize(
    ("country", "day", "off"),
    [
        (Country.BE, date(2026, 7, 21), True),
        (Country.NL, date(2026, 7, 21), False),
        (Country.FR, date(2026, 7, 14), True),
        (Country.FR, date(2026, 5, 8), True),
        (Country.BE, date(2026, 11, 11), True),
        (Country.NL, date(2026, 11, 11), False),
        (Country.NL, date(2026, 4, 27), True),
        (Country.NL, date(2025, 4, 26), True),  # the 27th is a Sunday
        (Country.NL, date(2025, 5, 5), True),
        (Country.NL, date(2026, 5, 5), False),
        (Country.NL, date(2026, 12, 26), True),
        (Country.BE, date(2026, 5, 14), True),  # Ascension
        (Country.FR, date(2026, 5, 25), True),  # Whit Monday
    ],
)
def test_each_country_has_its_own_days_off(country: Country, day: date, *, off: bool) -> None:
    assert (day in public_holidays(country, day.year)) is off


def test_an_ordinary_week_adds_up_to_one() -> None:
    monday = date(2026, 9, 28)

    assert sum(WEEKDAYS) == pytest.approx(1)
    assert sum(working(monday + timedelta(n), Country.BE) for n in range(7)) == pytest.approx(1)


def test_almost_nothing_is_written_on_a_day_off() -> None:
    armistice = date(2026, 11, 11)

    assert working(armistice, Country.BE) < 0.1 * working(armistice, Country.NL)


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (date(2026, 11, 3), True),
        (date(2026, 11, 10), False),
        (date(2026, 12, 28), True),
        (date(2027, 1, 3), True),
        (date(2026, 7, 30), True),
        (date(2026, 9, 15), False),
        (date(2026, 4, 8), True),
    ],
)
def test_schools_are_closed_in_the_weeks_that_most_regions_share(
    day: date, *, closed: bool
) -> None:
    assert school_holiday(day) is closed


def test_most_is_written_in_working_hours() -> None:
    assert sum(HOURS[8:18]) / sum(HOURS) > 0.85
