"""The tenth of channels in which hardly anybody writes, when there is none, and what it hides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.networks.ghost_towns import could_be_one, ghost_towns
from models.climate.windows import four_weeks_of

FOUR = four_weeks_of(date(2026, 11, 25))
DEAD, ALIVE = frozenset({1, 2, 3, 4}), frozenset({1, 2, 3, 4, 5, 6})
EDGE = frozenset({1, 2, 3, 4, 5})

channels = st.lists(st.frozensets(st.integers(0, 12), max_size=8), min_size=18, max_size=60)
person = st.integers(0, 12)


def told(found: Sequence[frozenset[int]]) -> Fraction | None:
    ratio = ghost_towns(found)
    return None if ratio is None else ratio.share


def without(found: Sequence[frozenset[int]], one: int) -> list[frozenset[int]]:
    return [authors - {one} for authors in found]


@pytest.mark.parametrize(
    ("dead", "alive", "expected"),
    [
        (0, 20, Fraction(0)),
        (1, 19, Fraction(0)),
        (5, 15, Fraction(2, 10)),
        (39, 61, Fraction(3, 10)),
        (40, 60, Fraction(4, 10)),
        (20, 0, Fraction(9, 10)),
    ],
)
def test_it_is_the_lower_end_of_the_tenth(dead: int, alive: int, expected: Fraction) -> None:
    assert told([DEAD] * dead + [ALIVE] * alive) == expected


def test_five_authors_are_no_ghost_town_and_nobody_at_all_is_one() -> None:
    assert told([EDGE, *[ALIVE] * 20]) == 0
    assert told([frozenset()] * 10 + [ALIVE] * 10) == Fraction(5, 10)


def test_of_nineteen_channels_nothing_is_told() -> None:
    assert told([DEAD] * 19) is None
    assert told([]) is None


@pytest.mark.parametrize(
    ("members", "days", "counts"),
    [(10, 90, True), (9, 90, False), (10, 89, False), (500, 3_000, True), (10, -5, False)],
)
def test_small_and_young_channels_do_not_count(members: int, days: int, *, counts: bool) -> None:
    assert could_be_one(members, FOUR.end_exclusive - timedelta(days=days), FOUR) is counts


def test_a_tenth_that_hangs_on_one_author_is_not_told() -> None:
    """One of five stays silent, and three of 20 are ghost towns, or four: a tenth more."""
    assert told([*[DEAD] * 3, *[ALIVE] * 16, EDGE]) is None
    assert told([*[DEAD] * 2, *[ALIVE] * 17, EDGE]) == Fraction(1, 10)


def test_who_is_the_fifth_of_several_channels_weighs_in_all_of_them() -> None:
    """Two channels of five that share an author, and two that share none."""
    other = frozenset({6, 7, 8, 9, 10})

    assert told([*[DEAD] * 4, *[ALIVE] * 24, EDGE, frozenset({5, 7, 8, 9, 10})]) is None
    assert told([*[DEAD] * 4, *[ALIVE] * 24, EDGE, other]) == Fraction(1, 10)


@given(channels)
def test_the_share_lies_in_the_tenth_that_is_told(found: list[frozenset[int]]) -> None:
    share = told(found)
    exact = Fraction(sum(len(authors) < 5 for authors in found), len(found))

    if share is not None:
        assert share <= exact
        assert exact < share + Fraction(1, 10) or exact == share + Fraction(1, 10) == 1


@given(channels, person)
def test_two_figures_that_differ_by_one_person_are_alike_where_both_are_told(
    found: list[frozenset[int]], one: int
) -> None:
    with_them, without_them = told(found), told(without(found, one))

    assert None in {with_them, without_them} or with_them == without_them


@given(channels, person, st.data())
def test_two_lists_that_differ_by_a_channel_do_not_tell_whether_somebody_wrote(
    found: list[frozenset[int]], one: int, data: st.DataObject
) -> None:
    """All four figures that could be held beside each other, of which one is ever made."""
    left_out = data.draw(st.integers(0, len(found) - 1))
    shorter = found[:left_out] + found[left_out + 1 :]
    if_they_wrote = told(found), told(shorter)
    if_not = told(without(found, one)), told(without(shorter, one))

    for wrote, silent in zip(if_they_wrote, if_not, strict=True):
        assert None in {wrote, silent} or wrote == silent
