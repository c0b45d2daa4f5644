"""Cadences follow size, and never become finer further down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.disclosure.cadence_plan import Quarter, check, first_quarter, next_quarter
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import Cadence, Window, four_weeks_of, week_of
from tests.fakes.trees import MONDAY, SHAPES, tree

LINE = {"o": None, "a": "o", "b": "o", "b1": "b"}
DAY, WEEK, FOUR = Cadence.DAY, Cadence.WEEK, Cadence.FOUR_WEEKS


def test_units_below_twenty_five_are_published_by_four_weeks() -> None:
    plan = first_quarter(tree(LINE, {"o": 60, "a": 25, "b": 24, "b1": 24}))

    assert plan == {"o": WEEK, "a": WEEK, "b": FOUR, "b1": FOUR}


def test_a_child_is_never_finer_than_its_parent() -> None:
    plan = first_quarter(tree(LINE, {"o": 60, "a": 30, "b": 10, "b1": 30}))

    assert plan["b1"] is FOUR


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param({"o": WEEK, "a": WEEK, "b": WEEK}, id="a unit without"),
        pytest.param({"o": FOUR, "a": WEEK, "b": FOUR, "b1": FOUR}, id="finer than its parent"),
    ],
)
def test_a_plan_that_the_gate_cannot_vouch_for_is_refused(plan: dict[str, Cadence]) -> None:
    with pytest.raises(ValueError, match=r"cadence|finer"):
        check(tree(LINE), plan)


def test_three_cadences_may_meet_on_one_line() -> None:
    check(tree(LINE), {"o": DAY, "a": DAY, "b": WEEK, "b1": FOUR})


def test_the_first_plan_is_one_that_the_gate_can_vouch_for() -> None:
    units = tree(LINE, {"o": 60, "a": 30, "b": 10, "b1": 30})

    check(units, first_quarter(units))


QUARTER = [week_of(MONDAY + timedelta(weeks=week)) for week in range(11)]
ALONE = tree({"o": None}, 500)


def sums(unit: str, window: Window, contributors: int) -> ReleasedStatistic:
    return ReleasedStatistic(unit, window, contributors, 0, contributors, float(contributors))


def after_weeks(*contributors: int, eligible: int = 500, k: int = 10) -> Cadence:
    """The cadence of a unit by the week after these; 0 was withheld."""
    weeks = QUARTER[: len(contributors)]
    released = [sums("o", w, n) for w, n in zip(weeks, contributors, strict=True) if n]
    return next_quarter(tree({"o": None}, eligible), Quarter({"o": WEEK}, weeks, released), k)["o"]


@pytest.mark.parametrize(
    ("tenth", "expected"),
    [(100, DAY), (99, WEEK), (12, WEEK), (11, FOUR), (0, FOUR)],
)
def test_nine_weeks_in_ten_decide(tenth: int, expected: Cadence) -> None:
    assert after_weeks(tenth, *[300] * 9) is expected
    assert after_weeks(0, tenth, *[300] * 9) is expected  # of eleven the second


def test_a_withheld_week_counts_as_one_of_nobody() -> None:
    assert after_weeks(*[300] * 8, 0, 0) is FOUR


def test_nobody_counts_beyond_the_new_headcount() -> None:
    assert after_weeks(*[300] * 10, eligible=99) is WEEK


def test_a_week_of_days_counts_as_its_fullest_day() -> None:
    days = [day for week in QUARTER for day in week.split(DAY)]
    weekdays = [day for day in days if day.start.weekday() < 5]
    stays = [sums("o", day, 100 if day.start.weekday() == 2 else 60) for day in weekdays]
    falls = [sums("o", day, 99) for day in weekdays]

    plans = [
        next_quarter(ALONE, Quarter({"o": DAY}, days, found), 10)["o"] for found in (stays, falls)
    ]

    assert plans == [DAY, WEEK]


@pytest.mark.parametrize(("contributors", "expected"), [(25, WEEK), (24, FOUR), (300, WEEK)])
def test_four_weeks_of_enough_people_become_weeks(contributors: int, expected: Cadence) -> None:
    block = four_weeks_of(MONDAY)
    before = Quarter({"o": FOUR}, [*QUARTER, block], [sums("o", block, contributors)])

    assert next_quarter(ALONE, before, 10)["o"] is expected


def test_a_unit_of_which_nothing_is_known_goes_by_its_headcount() -> None:
    units = tree(LINE, {"o": 60, "a": 30, "b": 30, "b1": 10})
    before = Quarter({"o": WEEK}, QUARTER, [sums("o", week, 50) for week in QUARTER])

    assert next_quarter(units, before, 10) == first_quarter(units)
    assert next_quarter(units, Quarter({"o": WEEK}, [], []), 10) == first_quarter(units)


@given(st.sampled_from(SHAPES), st.data())
def test_every_next_plan_is_one_that_the_gate_can_vouch_for(
    shape: dict[str, str | None], data: st.DataObject
) -> None:
    units = tree(shape, 400)
    plan = {unit: data.draw(st.sampled_from([DAY, WEEK, FOUR])) for unit in shape}
    windows = [*QUARTER, *(day for week in QUARTER for day in week.split(DAY))]
    released = [
        sums(unit, window, data.draw(st.sampled_from([5, 12, 100, 400])))
        for unit in shape
        for window in QUARTER[:2]
    ]

    check(units, next_quarter(units, Quarter(plan, windows, released), 10))
