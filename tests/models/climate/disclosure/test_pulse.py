"""The pulse against linear algebra: beside everything else that is published it tells nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from os import environ
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.cell import Cell
from models.climate.disclosure import pulse as module
from models.climate.disclosure.pulse import (
    Hour,
    HourStatistic,
    Overlap,
    least,
    published_hour,
    pulse,
    released_hour,
)
from tests.fakes.trees import MONDAY, Organisation, random_block
from tests.models.climate.disclosure.row_space import Hours, exposed_groups

BLOCKS = int(environ.get("BLOCKS", "90"))
K = 5
LEAST = 7
"""Small organisations have no hour of 250 people."""


def cell(people: int, micro: int = 100_000) -> Cell:
    """People who wrote one message each."""
    return Cell(
        people, people, people, people * micro, people, heaviest=(min(people, 1), int(people > 1))
    )


def hour(number: int, **leaves: int) -> Hour:
    return Hour(number, {leaf: cell(people) for leaf, people in leaves.items()})


def told(*hours: Hour, k: int = 10) -> list[int]:
    return [one.hour for one in pulse(MONDAY, hours, k)]


def some_hours(organisation: Organisation, seed: int) -> Hours:
    rng = Random(seed)  # noqa: S311  a test, not a secret
    early = rng.choice((0.0, 0.2, 0.5))
    return {
        (number, day): [
            8 if rng.random() < early else rng.choice((9, 9, 10)) for _ in range(written.messages)
        ]
        for number, person in enumerate(organisation.people)
        for day, written in person.days.items()
    }


def by_hour(organisation: Organisation, hours: Hours) -> Iterator[tuple[date, list[Hour]]]:
    """What each day has seen by hour."""
    seen: dict[date, dict[int, dict[str, set[int]]]] = {}
    for (number, day), at in hours.items():
        for each in at:
            leaves = seen.setdefault(day, {}).setdefault(each, {})
            leaves.setdefault(organisation.people[number].leaf, set()).add(number)
    for day, found in sorted(seen.items()):
        yield day, [hour(each, **_counts(leaves)) for each, leaves in sorted(found.items())]


def _counts(leaves: Mapping[str, set[int]]) -> dict[str, int]:
    return {leaf: len(people) for leaf, people in leaves.items()}


def test_pulse_and_everything_else_together_tell_no_group_below_k(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LEAST", LEAST)
    leaks, published = [], 0
    for seed in range(BLOCKS):
        organisation = random_block(seed)
        hours = some_hours(organisation, seed)
        shown = {
            (day, one.hour)
            for day, seen in by_hour(organisation, hours)
            for one in pulse(day, seen, K)
        }
        published += len(shown)
        if exposed_groups(organisation, organisation.published(), K, hours, shown):
            leaks.append(seed)

    assert leaks == []
    assert published > BLOCKS / 2


def test_hours_of_enough_people_alone_tell_such_groups() -> None:
    leaks = 0
    for seed in range(40):
        organisation = random_block(seed)
        hours = some_hours(organisation, seed)
        enough = {
            (day, one.hour)
            for day, seen in by_hour(organisation, hours)
            for one in seen
            if sum(leaf.contributors for leaf in one.leaves.values()) >= LEAST
        }
        leaks += exposed_groups(organisation, organisation.published(), K, hours, enough) > 0

    assert leaks > 5


def test_the_first_hour_is_kept_back() -> None:
    assert told(hour(8, a=300), hour(9, a=300), hour(10, a=300)) == [9, 10]


def test_an_hour_of_fewer_than_250_is_not_published() -> None:
    assert told(hour(8, a=200), hour(9, a=249), hour(10, a=250)) == [10]


def test_an_hour_needs_leaves_in_common_with_hours_that_are_kept_back() -> None:
    assert told(hour(8, a=200, b=9), hour(9, b=300)) == []
    assert told(hour(8, a=200, b=10), hour(9, b=300)) == [9]
    assert told(hour(8, a=200, b=10), hour(9, b=9, c=300)) == []


def test_one_who_dominates_an_hour_keeps_it_back() -> None:
    quiet = cell(300)
    loud = Cell(401, 301, 401, 0, 10_000 + 300, heaviest=(101, 1))

    assert told(hour(8, a=300), Hour(9, {"a": quiet})) == [9]
    assert told(hour(8, a=300), Hour(9, {"a": loud})) == []


@given(st.integers(-1_000_000, 1_000_000), st.integers(250, 2_000))
def test_a_value_lies_on_a_step_of_a_twentieth(micro: int, people: int) -> None:
    (found,) = pulse(MONDAY, [hour(8, a=300), Hour(9, {"a": cell(people, micro)})], 10)

    assert abs(found.value - micro / 1e6) <= 0.025 + 1e-9
    assert found.value * 20 == pytest.approx(round(found.value * 20))
    assert (found.day, found.hour, found.band) == (MONDAY, 9, "100+")


hour_cells = st.dictionaries(
    st.sampled_from("abc"), st.sampled_from([0, 4, 10, 130, 260]).map(cell)
)


@given(st.lists(hour_cells, max_size=8), st.integers(0, 8))
def test_what_comes_later_in_the_day_changes_nothing(
    leaves: list[dict[str, Cell]], cut: int
) -> None:
    hours = [Hour(number, held) for number, held in enumerate(leaves)]

    whole = pulse(MONDAY, hours, 10)

    assert pulse(MONDAY, hours[:cut], 10) == tuple(one for one in whole if one.hour < cut)


def test_the_sums_of_an_hour_make_its_value_and_those_before_it_decide() -> None:
    one = hour(9, a=300)
    found = HourStatistic(MONDAY, 9, 300, 30_000_000, 300)

    assert released_hour(MONDAY, one, {}, 10) is None
    assert released_hour(MONDAY, one, {"a": 9, "b": 99}, 10) is None
    assert released_hour(MONDAY, one, {"a": 10}, 10) == found
    assert pulse(MONDAY, [hour(8, a=10), one], 10) == (published_hour(found),)
    assert published_hour(found).value == 0.1


def test_an_overlap_hides_only_with_k_people_where_of_each_leaf_the_fewer_count() -> None:
    assert Overlap({"a": 6, "b": 5}, {"a": 7, "b": 4}).hides(10)
    assert not Overlap({"a": 6, "b": 4}, {"a": 7, "b": 3}).hides(10)
    assert not Overlap({"a": 1, "b": 99}, {"a": 99, "b": 1}).hides(10)
    assert not Overlap({"a": 6, "b": 3}, {"a": 7, "b": 3}).hides(10)
    assert not Overlap({"a": 6, "b": 4}, {"a": 7, "b": 2}).hides(10)
    assert not Overlap({"a": 6, "b": 4}, {"a": 99, "b": 0}).hides(5 + 2)
    assert not Overlap({"a": 0, "b": 99}, {"a": 99, "b": 4}).hides(10)
    assert not Overlap({}, {"a": 99}).hides(10)


def test_a_larger_k_asks_for_more_people() -> None:
    assert (least(10), least(400)) == (250, 400)
    assert told(hour(8, a=400), hour(9, a=399), hour(10, a=400), k=400) == [10]


@pytest.mark.parametrize(
    ("hours", "k", "words"),
    [
        pytest.param([hour(9, a=1), hour(8, a=1)], 10, "order", id="backwards"),
        pytest.param([hour(9, a=1), hour(9, a=1)], 10, "order", id="twice"),
        pytest.param([hour(24, a=1)], 10, "hours", id="no hour"),
        pytest.param([], 4, "at least 5", id="k below the floor"),
    ],
)
def test_what_the_rule_does_not_hold_for_is_refused(hours: list[Hour], k: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pulse(MONDAY, hours, k)
