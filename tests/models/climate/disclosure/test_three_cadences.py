"""Days, weeks and four weeks in one tree, against linear algebra: nothing can be subtracted.

``BLOCKS=3000 pytest tests/models/climate/disclosure/test_three_cadences.py`` tries so many random
blocks, with and without withdrawals, at about a tenth of a second each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from os import environ
from random import Random

import pytest

from models.climate.disclosure.counting_gate import Shown, exposed
from models.climate.windows import Cadence, Window
from tests.fakes.trees import (
    FOUR_WEEKS,
    MONDAY,
    ORDER,
    WEEK,
    WEEKS,
    Organisation,
    cells,
    crowd,
    random_block,
    tree,
)
from tests.models.climate.disclosure.row_space import exposed_groups
from tests.models.climate.disclosure.touched import fewest_touched

BLOCKS = int(environ.get("BLOCKS", "90"))
K = 5
DAY, BY_WEEK, FOUR = Cadence.DAY, Cadence.WEEK, Cadence.FOUR_WEEKS
WORKDAYS = [MONDAY + timedelta(days=day) for day in range(5)]
SATURDAY = MONDAY + timedelta(days=5)


@pytest.mark.parametrize("withdrawals", [False, True])
def test_nothing_released_can_be_combined_to_fewer_than_k_people(*, withdrawals: bool) -> None:
    told: dict[int, int] = {}
    touched: dict[int, int] = {}
    cadences = Counter[int]()
    for seed in range(BLOCKS):
        organisation = random_block(seed, withdrawals=withdrawals)
        published = organisation.published()
        cadences[sum(any(published[w] for w in ORDER if w.cadence is c and w in published)
                     for c in Cadence)] += 1  # fmt: skip
        if found := exposed_groups(organisation, published, K):
            told[seed] = found
        if (people := fewest_touched(organisation, published, K)) < K:
            touched[seed] = people

    assert told == {}
    assert touched == {}
    assert min(cadences[2], cadences[3]) > BLOCKS / 50


@pytest.mark.parametrize("withdrawals", [False, True])
def test_what_a_unit_by_the_day_tells_of_its_week_is_the_sum_of_its_days(
    *, withdrawals: bool
) -> None:
    # So the computation above may leave it out: whatever else stood there, it would have to know.
    weeks = 0
    for seed in range(BLOCKS):
        organisation = random_block(seed, withdrawals=withdrawals)
        for window in ORDER:
            for found in organisation.release(window).statistics:
                if organisation.plan[found.unit] is window.cadence:
                    continue
                days = [
                    day
                    for part in window.split(DAY)
                    for day in organisation.release(part).statistics
                    if day.unit == found.unit
                ]
                weeks += 1
                assert window.cadence is BY_WEEK
                assert found.weight == sum(day.weight for day in days)
                assert found.weighted_micro == sum(day.weighted_micro for day in days)

    assert weeks > BLOCKS


def test_a_threshold_alone_tells_such_groups() -> None:
    leaking = 0
    for seed in range(60):
        organisation = random_block(seed)
        found = {w: cells(organisation.units, organisation.left(w), w) for w in ORDER}
        enough = {
            window: frozenset(
                unit
                for unit, cell in found[window].items()
                if organisation.plan[unit] is window.cadence and cell.contributors >= K
            )
            for window in ORDER
        }
        leaking += exposed_groups(organisation, enough, K) > 0

    assert leaking > 20


def some_units(organisation: Organisation, seed: int) -> Shown:
    """A week or four that would show any closed set of units above the threshold."""
    rng = Random(seed)  # noqa: S311  a test, not a secret
    window = rng.choice([FOUR_WEEKS, *(w for w in WEEKS if organisation.left(w))])
    found = cells(organisation.units, organisation.left(window), window)
    shown = Shown(
        organisation.units, organisation.plan, window, found, frozenset(),
        organisation.finer(window),
    )  # fmt: skip
    for unit in organisation.units.top_down():
        parent = organisation.units.parent(unit)
        due = organisation.plan[unit] is window.cadence and found[unit].contributors >= K
        if due and (parent is None or shown.covers(parent)) and rng.random() < 0.8:
            shown = replace(shown, units=shown.units | {unit})
    return shown


def test_whatever_it_lets_through_is_safe_and_it_refuses_little_else() -> None:
    verdicts = Counter[tuple[bool, bool]]()
    for seed in range(3 * BLOCKS):
        organisation = random_block(seed, withdrawals=seed % 2 == 1)
        shown = some_units(organisation, seed)
        if shown.units:
            before = ORDER[: ORDER.index(shown.window)]
            published = {w: u for w, u in organisation.published().items() if w in before}
            touched = fewest_touched(organisation, {**published, shown.window: shown.units}, K)
            verdicts[not exposed(shown, K), touched >= K] += 1

    assert verdicts[True, False] == 0
    assert verdicts[True, True] > BLOCKS / 4
    assert verdicts[False, False] > BLOCKS / 8
    assert verdicts[False, True] < 0.5 * verdicts[True, True]


def block(
    shape: Mapping[str, str | None],
    plan: Mapping[str, Cadence],
    *crowds: tuple[str, int, Sequence[date]],
) -> Organisation:
    people = [
        person for leaf, count, days in crowds for person in crowd(leaf, count, days=list(days))
    ]
    return Organisation(tree(shape), plan, people)


def shown(organisation: Organisation, window: Window) -> set[str]:
    return set(organisation.published()[window])


TWO = {"o": None, "a": "o", "b": "o"}
DAYS_ABOVE_WEEKS = {"o": DAY, "a": BY_WEEK, "b": BY_WEEK}


def test_days_that_hang_together_stand_above_weeks_as_their_week_would() -> None:
    organisation = block(TWO, DAYS_ABOVE_WEEKS, ("a", 8, WORKDAYS), ("b", 8, WORKDAYS))

    assert shown(organisation, WEEK) == {"a", "b"}


def test_a_saturday_of_few_cannot_be_had_from_weeks_minus_days() -> None:
    # Both weeks minus the five days that are published are the two who wrote on Saturday.
    organisation = block(
        TWO, DAYS_ABOVE_WEEKS, ("a", 8, WORKDAYS), ("a", 2, [*WORKDAYS, SATURDAY]),
        ("b", 8, WORKDAYS),
    )  # fmt: skip

    assert shown(organisation, WEEK) == {"a"}


def few_on_saturday() -> Organisation:
    """Two of a write on Saturday; c, which is not published by the week, on workdays."""
    return block(
        TWO | {"c": "o"}, DAYS_ABOVE_WEEKS | {"c": FOUR}, ("a", 2, [*WORKDAYS, SATURDAY]),
        ("a", 8, WORKDAYS), ("b", 8, WORKDAYS), ("c", 6, WORKDAYS),
    )  # fmt: skip


def test_where_enough_people_stand_in_the_days_alone_a_saturday_of_few_does_no_harm() -> None:
    organisation = few_on_saturday()

    assert shown(organisation, WEEK) == {"a", "b"}


def test_a_saturday_that_two_units_share_above_is_counted_for_both() -> None:
    # On Saturday only o is published; o then plus the workdays of a and b minus all weeks below
    # is what c wrote on Saturday.
    shape = {"o": None, "a": "o", "b": "o", "c": "o", "a1": "a", "b1": "b"}
    plan = {"o": DAY, "a": DAY, "b": DAY, "c": BY_WEEK, "a1": BY_WEEK, "b1": BY_WEEK}
    week = [*WORKDAYS, SATURDAY]
    organisation = block(
        shape, plan, ("a1", 4, week), ("a1", 8, WORKDAYS), ("b1", 4, week),
        ("b1", 8, WORKDAYS), ("c", 3, [SATURDAY]),
    )  # fmt: skip

    assert shown(organisation, WEEK.split(DAY)[0]) == {"o", "a", "b"}
    assert shown(organisation, WEEK.split(DAY)[5]) == {"o"}
    assert shown(organisation, WEEK) == set()


def test_two_days_are_not_as_one_where_few_of_the_second_wrote_on_the_first() -> None:
    # Saturday minus the week of b is the two of a.
    organisation = block(
        TWO, DAYS_ABOVE_WEEKS, ("a", 8, [MONDAY]), ("a", 2, [SATURDAY]), ("b", 6, [SATURDAY])
    )

    assert shown(organisation, WEEK.split(DAY)[5]) == {"o"}
    assert shown(organisation, WEEK) == set()


def test_weeks_that_are_safe_no_longer_keep_back_the_four_that_share_days_with_them() -> None:
    # Five of a2 keep the days of a from telling anything; one of them withdraws after the week.
    # On Saturday, by which o is published, a and b are parts of the same sum.
    shape = {"o": None, "a": "o", "b": "o", "r": "o", "a1": "a", "a2": "a"}
    shape |= dict.fromkeys(("b1", "b2", "b3"), "b")
    plan = dict.fromkeys(shape, FOUR) | dict.fromkeys("oab", DAY) | {"a1": BY_WEEK}
    stayed = block(
        shape, plan, ("a2", 2, [*WORKDAYS[1:], SATURDAY]), ("a2", 3, WORKDAYS),
        ("a1", 8, WORKDAYS), ("b1", 8, WORKDAYS), ("b2", 4, WORKDAYS), ("b3", 4, WORKDAYS),
    )  # fmt: skip
    stayed = replace(stayed, people=[*stayed.people, *crowd("r", 12, 1, days=[SATURDAY])])
    withdrew = replace(stayed, gone={4: len(ORDER) - 1})

    assert [shown(each, WEEK) for each in (stayed, withdrew)] == [{"a1"}, {"a1"}]
    assert shown(stayed, FOUR_WEEKS) == {"b1"}
    assert shown(withdrew, FOUR_WEEKS) == set()


def test_who_withdrew_between_a_day_and_its_week_is_not_what_is_left_of_both() -> None:
    stayed = block(TWO, DAYS_ABOVE_WEEKS, ("a", 8, WORKDAYS), ("b", 9, WORKDAYS))
    withdrew = replace(stayed, gone={0: 5})

    assert shown(stayed, WEEK) == {"a", "b"}
    assert shown(withdrew, WEEK) == {"b"}


def test_four_weeks_may_stand_directly_below_days() -> None:
    days = [week.start + timedelta(days=day) for week in WEEKS for day in range(3)]
    plan = {"o": DAY, "a": BY_WEEK, "b": FOUR}
    organisation = block(TWO, plan, ("a", 8, days), ("b", 8, days))

    assert [shown(organisation, week) for week in WEEKS] == [{"a"}] * 4
    assert shown(organisation, FOUR_WEEKS) == {"b"}


def test_four_weeks_below_weeks_below_days_are_released() -> None:
    days = [week.start + timedelta(days=day) for week in WEEKS for day in range(3)]
    shape = {"o": None, "a": "o", "a1": "a", "a2": "a", "b": "o"}
    plan = {"o": DAY, "a": BY_WEEK, "a1": FOUR, "a2": FOUR, "b": DAY}
    organisation = block(shape, plan, ("a1", 8, days), ("a2", 8, days), ("b", 8, days))

    assert shown(organisation, ORDER[0]) == {"o", "b"}
    assert shown(organisation, WEEK) == {"a"}
    assert shown(organisation, FOUR_WEEKS) == {"a1", "a2"}


def test_days_that_are_not_known_cover_nothing() -> None:
    organisation = block(TWO, DAYS_ABOVE_WEEKS, ("a", 8, WORKDAYS), ("b", 8, WORKDAYS))
    finer = organisation.finer(WEEK)
    found = cells(organisation.units, organisation.people, WEEK)
    week = Shown(organisation.units, organisation.plan, WEEK, found, frozenset("ab"), finer)

    assert exposed(week, K) == ()
    assert exposed(replace(week, finer=()), K) == ("o",)
