"""Laws that hold for every crowd; drawn from the edges, where code goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.cell import Cell, cell_of, weights_of_days
from models.climate.person_day import NO_DRIVERS, NO_SIGNALS, PersonDay
from models.climate.windows import Cadence, window_of
from tests.fakes.trees import FOUR_WEEKS, MONDAY

Days = dict[date, PersonDay]

valences = st.lists(st.sampled_from([-1_000_000, 0, 1, 1_000_000]), min_size=1, max_size=7)
written = valences.map(
    lambda micro: PersonDay(
        len(micro), sum(micro), (len(micro) // 2, *NO_SIGNALS[1:]), after_hours=len(micro) // 3
    )
)
days = st.integers(0, 27).map(lambda day: MONDAY + timedelta(days=day))
people = st.dictionaries(days, written, min_size=1, max_size=12)
busy = st.dictionaries(
    st.integers(0, 8).map(lambda day: MONDAY + timedelta(days=day)), written, min_size=6
)
"""Some whose week is full before its last day."""
crowds = st.lists(people, max_size=8)


def cell(crowd: Sequence[Days]) -> Cell:
    return sum((cell_of(person, FOUR_WEEKS) for person in crowd), Cell())


@given(crowds, st.randoms(use_true_random=False), st.integers(0, 8))
def test_order_and_grouping_do_not_matter(crowd: list[Days], rng: Random, cut: int) -> None:
    shuffled = rng.sample(crowd, len(crowd))

    assert cell(shuffled[:cut]) + cell(shuffled[cut:]) == cell(crowd)


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_days_does_not_matter(person: Days, rng: Random) -> None:
    shuffled = dict(rng.sample(list(person.items()), len(person)))

    assert cell_of(shuffled, FOUR_WEEKS) == cell_of(person, FOUR_WEEKS)


@given(people)
def test_what_weighs_adds_up_over_weeks(person: Days) -> None:
    weeks = [
        cell_of({day: w for day, w in person.items() if window.holds(day)}, window)
        for window in FOUR_WEEKS.split(Cadence.WEEK)
    ]
    whole = cell_of(person, FOUR_WEEKS)

    assert whole.messages == sum(week.messages for week in weeks)
    assert whole.weight == sum(week.weight for week in weeks)
    assert whole.weighted_micro == sum(week.weighted_micro for week in weeks)


@given(people)
def test_what_weighs_adds_up_over_days_of_which_later_ones_are_not_known(person: Days) -> None:
    days = [
        cell_of({day: w for day, w in person.items() if day < window.end_exclusive}, window)
        for window in FOUR_WEEKS.split(Cadence.DAY)
    ]
    whole = cell_of(person, FOUR_WEEKS)

    assert whole.messages == sum(day.messages for day in days)
    assert whole.weight == sum(day.weight for day in days)
    assert whole.weighted_micro == sum(day.weighted_micro for day in days)


@given(crowds, people)
def test_one_person_moves_a_cell_by_no_more_than_the_bound(crowd: list[Days], person: Days) -> None:
    before, after = cell(crowd), cell([*crowd, person])

    bound = min(4 * len(person), 80)
    assert 0 < after.weight - before.weight <= bound
    assert abs(after.weighted_micro - before.weighted_micro) <= bound * 1_000_000
    assert after.contributors - before.contributors in {0, 1}


@given(crowds)
def test_squares_are_those_of_the_means_of_people(crowd: list[Days]) -> None:
    exact = Fraction(0)
    for person in crowd:
        alone = cell_of(person, FOUR_WEEKS)
        mean = Fraction(alone.weighted_micro, alone.weight * 1_000_000)
        exact += alone.weight * mean**2

    assert abs(cell(crowd).squares_micro - exact * 1_000_000) <= Fraction(len(crowd), 2)


@given(crowds)
def test_squares_are_no_less_than_people_who_all_agree_would_have(crowd: list[Days]) -> None:
    found = cell(crowd)

    agreeing = found.weighted_micro**2
    assert (found.squares_micro + len(crowd)) * found.weight * 1_000_000 >= agreeing
    assert 0 <= found.squares_micro <= found.weight * 1_000_000


@given(crowds, people, people)
def test_the_two_heaviest_people_are_remembered(crowd: list[Days], one: Days, other: Days) -> None:
    everybody = [*crowd, one, other]
    weights = [cell_of(person, FOUR_WEEKS).weight for person in everybody]

    assert cell(everybody).heaviest == tuple(sorted(weights)[:-3:-1])


@given(crowds)
def test_effective_contributors_are_at_most_the_people(crowd: list[Days]) -> None:
    assert cell(crowd).effective_contributors <= len(crowd) * (1 + 1e-12)


def test_a_week_weighs_twenty_at_most_and_its_first_days_count() -> None:
    busy = {
        MONDAY + timedelta(days=day): PersonDay(10, 10 * micro)
        for day, micro in enumerate([1_000_000] * 3 + [-500_000] * 3)
    }

    found = cell_of(busy, FOUR_WEEKS)
    sixth = cell_of(busy, window_of(Cadence.DAY, MONDAY + timedelta(days=5)))

    assert (found.weight, found.weighted_micro) == (20, 12_000_000 - 4_000_000)
    assert (found.weight_squares, found.heaviest) == (400, (20, 0))
    assert (sixth.contributors, sixth.messages, sixth.weight) == (0, 10, 0)


def test_a_day_of_which_a_part_counts_keeps_its_mean() -> None:
    busy = {MONDAY + timedelta(days=day): PersonDay(3, -900_000) for day in range(7)}

    found = cell_of(busy, window_of(Cadence.DAY, MONDAY + timedelta(days=6)))

    assert (found.weight, found.weighted_micro) == (2, -600_000)


@given(busy, st.sampled_from(list(Cadence)), days)
def test_a_day_weighs_as_much_in_every_window(person: Days, cadence: Cadence, day: date) -> None:
    window = window_of(cadence, day)

    assert weights_of_days(person, window) == {
        day: cell_of(person, window_of(Cadence.DAY, day)).weight
        for day in person
        if window.holds(day)
    }


def test_every_week_has_a_bound_of_its_own() -> None:
    busy = {MONDAY + timedelta(days=day): PersonDay(9, 0) for day in range(28)}

    assert cell_of(busy, FOUR_WEEKS).weight == 80


@pytest.mark.parametrize(("messages", "contributors"), [(2, 0), (3, 1)])
def test_three_messages_make_a_contributor_and_one_that_of_a_day(
    messages: int, contributors: int
) -> None:
    found = cell_of({MONDAY: PersonDay(messages, 0)}, FOUR_WEEKS)
    of_the_day = cell_of({MONDAY: PersonDay(messages, 0)}, window_of(Cadence.DAY, MONDAY))

    assert (found.contributors, found.messages, found.weight) == (contributors, messages, messages)
    assert of_the_day.contributors == 1


def test_a_signal_counts_contributors_not_messages() -> None:
    often = PersonDay(3, 0, (3, 0, 0, 0, 0, 0, 0, 1), (2, *NO_DRIVERS[1:]))
    little = PersonDay(2, 0, (2, *NO_SIGNALS[1:]))

    found = cell([{MONDAY: often}, {MONDAY: often}, {MONDAY: little}])

    assert found.signal_contributors == (2, 0, 0, 0, 0, 0, 0, 2)
    assert found.driver_contributors == (2, *NO_DRIVERS[1:])


def test_counts_over_other_lists_are_no_counts() -> None:
    with pytest.raises(ValueError, match="different lists"):
        PersonDay(1, 0, (1,)) + PersonDay()


@given(written, written)
def test_days_of_two_platforms_add_up_to_one(one: PersonDay, other: PersonDay) -> None:
    both = one + other

    assert both.weight == min(one.messages + other.messages, 4)
    assert abs(both.weighted_micro) <= 4_000_000


def test_somebody_who_writes_after_hours_counts_once_and_only_as_a_contributor() -> None:
    often = {MONDAY: PersonDay(6, 0, after_hours=6), MONDAY + timedelta(days=1): PersonDay(2, 0)}
    seldom = {MONDAY: PersonDay(2, 0, after_hours=2)}

    assert cell_of(often, FOUR_WEEKS).after_hours_contributors == 1
    assert cell_of(seldom, FOUR_WEEKS).after_hours_contributors == 0
    assert cell([often, often, seldom]).after_hours_contributors == 2
