"""Two lines stand side by side over the months that both span, and gaps stay gaps."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.outcomes.series import BusinessMonth, LinesOnly, by_month, paired
from models.climate.windows import Cadence, window_of

MONDAY = date(2026, 1, 5)


def released(day: date, valence: float, *, weight: int = 100, unit: str = "a") -> ReleasedStatistic:
    week = window_of(Cadence.WEEK, day)
    return ReleasedStatistic(unit, week, weight, round(weight * valence * 1_000_000), 30, 30.0)


def business(
    month: date, value: float, *, people: int = 80, events: int | None = None
) -> BusinessMonth:
    return BusinessMonth("a", month, value, people, events)


def weeks(first: date, count: int) -> list[ReleasedStatistic]:
    return [released(first + timedelta(weeks=week), 0.1) for week in range(count)]


def test_a_week_belongs_to_the_month_of_its_thursday() -> None:
    # The week from Monday 29 June has its Thursday on 2 July.
    assert [*by_month([released(date(2026, 6, 29), 0.2)])] == [date(2026, 7, 1)]
    assert [*by_month([released(date(2026, 6, 22), 0.2)])] == [date(2026, 6, 1)]


def test_a_month_weighs_its_windows_as_they_were_released() -> None:
    history = [released(MONDAY, 0.4, weight=300), released(MONDAY + timedelta(weeks=1), 0.0)]

    assert by_month(history) == {date(2026, 1, 1): pytest.approx(0.3)}


@pytest.mark.parametrize("cadence", Cadence)
def test_a_unit_that_is_published_throughout_has_no_month_without_a_value(cadence: Cadence) -> None:
    windows = {window_of(cadence, date(2024, 1, 1) + timedelta(days=day)) for day in range(3_000)}
    history = [ReleasedStatistic("a", window, 10, 0, 30, 30.0) for window in windows]

    months = sorted(by_month(history))

    assert len(months) == (months[-1].year - months[0].year) * 12 + months[-1].month


def test_the_lines_span_what_both_span() -> None:
    indicator = [business(date(2026, month, 1), month) for month in range(2, 7)]

    both = paired("a", weeks(MONDAY, 17), indicator)

    assert both.months == tuple(date(2026, month, 1) for month in (2, 3, 4))
    assert both.business.tolist() == [2, 3, 4]
    assert both.known == 3


def test_nothing_is_filled_in() -> None:
    history = [released(date(2025, 11, 10), 0.1), released(date(2026, 2, 10), 0.3)]
    indicator = [business(date(2025, month, 1), 1.0) for month in (11, 12)]
    indicator += [business(date(2026, 2, 1), 2.0)]

    both = paired("a", history, indicator)

    assert both.months[0] == date(2025, 11, 1)
    assert np.isnan(both.climate).tolist() == [False, True, True, False]
    assert np.isnan(both.business).tolist() == [False, False, True, False]
    assert both.known == 2


@pytest.mark.parametrize(
    ("people", "events", "admitted"),
    [(50, None, True), (49, None, False), (50, 5, True), (50, 4, False), (50, 0, False)],
)
def test_a_value_with_few_people_or_events_behind_it_is_a_gap(
    people: int, events: int | None, *, admitted: bool
) -> None:
    indicator = [
        business(date(2026, 1, 1), 1.0),
        business(date(2026, 2, 1), 2.0, people=people, events=events),
        business(date(2026, 3, 1), 3.0),
    ]

    both = paired("a", weeks(MONDAY, 12), indicator)

    assert np.isfinite(both.business).tolist() == [True, admitted, True]


@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(rng: Random) -> None:
    history = weeks(MONDAY, 30)
    indicator = [business(date(2026, month, 1), month) for month in range(1, 8)]
    shuffled = paired("a", rng.sample(history, 30), rng.sample(indicator, 7))

    both = paired("a", history, indicator)

    assert both.months == shuffled.months
    assert both.climate.tolist() == shuffled.climate.tolist()
    assert both.business.tolist() == shuffled.business.tolist()


def test_lines_that_never_meet_have_no_month() -> None:
    assert paired("a", [], []).known == 0
    assert paired("a", weeks(MONDAY, 9), []).months == ()
    assert paired("a", weeks(MONDAY, 9), [business(date(2025, 1, 1), 1.0)]).months == ()


def test_lines_of_different_units_are_refused() -> None:
    with pytest.raises(ValueError, match="different units"):
        paired("a", [released(MONDAY, 0.1, unit="b")], [])
    with pytest.raises(ValueError, match="different units"):
        paired("b", [], [business(date(2026, 1, 1), 1.0)])


def test_a_month_comes_once_and_by_its_first_day() -> None:
    with pytest.raises(ValueError, match="twice"):
        paired("a", [], [business(date(2026, 1, 1), 1.0)] * 2)
    with pytest.raises(ValueError, match="first day"):
        business(date(2026, 1, 2), 1.0)


def test_lines_alone_have_no_place_for_a_coefficient() -> None:
    assert set(LinesOnly.__slots__) == {"units", "months", "reason"}
