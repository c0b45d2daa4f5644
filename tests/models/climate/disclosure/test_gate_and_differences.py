"""The counting gate against every sum and difference of what is published, not of groups alone.

The sum of one person less that of another tells the second all of the first.  So here people may be
counted any number of times, and less than nought times too: k of them must be, or nobody.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.climate.disclosure.counting_gate import Shown, exposed, with_shares
from models.climate.disclosure.release import release
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
    tree,
)
from tests.models.climate.disclosure.row_space import Message, exposed_groups
from tests.models.climate.disclosure.touched import fewest_touched, fewest_touched_by_sums

K = 5
DAY, BY_WEEK, FOUR = Cadence.DAY, Cadence.WEEK, Cadence.FOUR_WEEKS
SHAPE = {"o": None, "a": "o", "b": "o", "c": "o"}
FIRST, *LATER = (week.start for week in WEEKS)
TUESDAY = MONDAY + timedelta(days=1)
Crowds = list[tuple[str, int, int, tuple[date, ...], int]]
"""Leaf, people, messages a day, days, and before which window of ``ORDER`` they withdraw."""
STAY = len(ORDER)
MONTH = STAY - 1


def organisation(plan: str, *crowds: tuple[str, int, int, tuple[date, ...], int]) -> Organisation:
    """Three units below one, with a cadence each."""
    cadences = dict(zip("dwf", Cadence, strict=True))
    people = [
        p for leaf, n, messages, days, _ in crowds for p in crowd(leaf, n, messages, days=days)
    ]
    gone = [before for _, n, _, _, before in crowds for _ in range(n)]
    left = {number: before for number, before in enumerate(gone) if before < STAY}
    planned = {unit: cadences[letter] for unit, letter in zip(SHAPE, plan, strict=True)}
    return Organisation(tree(SHAPE), planned, people, left)


def would_show(played: Organisation, window: Window, units: str) -> Shown:
    """What would be published in *window* if *units* were, after all that was before."""
    found = cells(played.units, played.left(window), window)
    finer = played.finer(window)
    return Shown(played.units, played.plan, window, found, frozenset(units), finer)


def touched_with(played: Organisation, window: Window, units: str) -> int:
    """The fewest people that are touched if *units* are published in *window*, 9 or more as 9.

    Counted by groups alone, nobody is exposed.
    """
    before = ORDER[: ORDER.index(window)]
    published = {w: u for w, u in played.published().items() if w in before}
    published[window] = frozenset(units)
    assert exposed_groups(played, published, K) == 0
    return fewest_touched(played, published, 9)


def exchanged(plan: str, one: date, others: tuple[date, ...], few: int) -> Organisation:
    """Of a *few* wrote on the *others* alone, of b one person did on the *one* alone."""
    return organisation(
        plan, ("a", 30, 3, (one,), STAY), ("a", few, 3, others, STAY),
        ("b", 1, 3, (one,), STAY), ("b", 30, 3, others, STAY),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "one", "others", "window"),
    [
        ("wfff", FIRST, tuple(LATER), FOUR_WEEKS),
        ("dfff", FIRST, tuple(LATER), FOUR_WEEKS),
        ("dwww", MONDAY, (TUESDAY,), WEEK),
        ("dfff", MONDAY, (TUESDAY,), FOUR_WEEKS),
    ],
)
def test_one_person_less_another_cannot_be_had(
    plan: str, one: date, others: tuple[date, ...], window: Window
) -> None:
    # The sum over the parent on the one less the sum of a is b's one less a's one.
    for few in range(1, 6):
        played = exchanged(plan, one, others, few)
        assert touched_with(played, window, "ab") == few + 1
        assert exposed(would_show(played, window, "ab"), K) == (("o",) if few + 1 < K else ())
        assert (played.published()[window] == {"a", "b"}) is (few + 1 >= K)


@pytest.mark.parametrize("plan", ["wfff", "dfff"])
def test_who_stands_in_the_parent_alone_counts_beside_the_fewer_of_each_unit(plan: str) -> None:
    for rest in range(5):
        played = exchanged(plan, FIRST, tuple(LATER), 1)
        beside = [*crowd("c", rest, days=[FIRST]), *crowd("c", 9, days=LATER)]
        played = replace(played, people=[*played.people, *beside])
        assert touched_with(played, FOUR_WEEKS, "ab") == rest + 2
        assert bool(exposed(would_show(played, FOUR_WEEKS, "ab"), K)) is (rest + 2 < K)


def test_who_is_there_in_several_weeks_of_what_is_touched_counts_once() -> None:
    # In two weeks two of c write beside a: less a and b these are the same two, less two of b.
    first, second = FIRST, LATER[0]
    played = organisation(
        "wfff", ("a", 9, 3, (first, second), STAY), ("c", 2, 3, (first, second), STAY),
        ("c", 9, 3, tuple(LATER[1:]), STAY),
        ("b", 9, 3, (first,), STAY), ("b", 2, 3, tuple(LATER[1:]), STAY),
    )  # fmt: skip

    assert touched_with(played, FOUR_WEEKS, "ab") == 4
    assert exposed(would_show(played, FOUR_WEEKS, "ab"), K) == ("o",)


def test_somebody_who_withdrew_is_touched_though_nobody_counts_them() -> None:
    crowds = [("a", 9, 3, (FIRST,), STAY), ("b", 9, 3, tuple(LATER), STAY)]
    stayed = organisation("wfff", *crowds)
    left = organisation("wfff", *crowds, ("a", 1, 3, (FIRST,), MONTH))

    assert exposed(would_show(stayed, FOUR_WEEKS, "ab"), K) == ()
    assert exposed(would_show(left, FOUR_WEEKS, "ab"), K) == ("o",)


def test_days_that_are_as_one_by_way_of_a_third_are_as_one() -> None:
    # Nobody wrote on the first day and the last, but enough on either and the day between.
    days = [MONDAY + timedelta(days=n) for n in range(3)]
    played = organisation(
        "dwww", ("a", 6, 3, tuple(days[:2]), STAY), ("b", 6, 3, tuple(days[1:]), STAY),
    )  # fmt: skip

    assert touched_with(played, WEEK, "ab") >= K
    assert played.published()[WEEK] == {"a", "b"}


@pytest.mark.parametrize(("on_both", "on_the_first", "touched"), [(3, 1, 6), (0, 1, 3), (2, 2, 5)])
def test_of_those_who_stand_in_two_days_alone_the_fewer_count(
    on_both: int, on_the_first: int, touched: int
) -> None:
    # One less the other day, and the week of a or of b: of a and of b the fewer is one.
    played = exchanged("dwww", MONDAY, (TUESDAY,), 1)
    alone = [
        *crowd("c", on_both, days=[MONDAY, TUESDAY]),
        *crowd("c", on_the_first, days=[MONDAY]),
        *crowd("c", K - on_both - on_the_first, days=[TUESDAY]),
    ]
    played = replace(played, people=[*played.people, *alone])

    assert min(touched, K) == min(touched_with(played, WEEK, "ab"), K)
    assert exposed(would_show(played, WEEK, "ab"), K) == (("o",) if touched < K else ())


def beside_days_that_tell_nothing(counted: int) -> Organisation:
    """In the first week six of c write once, too little to count by the week, and *counted* more.

    That is enough for the day to tell nothing, so a and b are published.
    """
    played = exchanged("dfff", FIRST, tuple(LATER), 1)
    beside = [*crowd("c", 6, 1, days=[FIRST]), *crowd("c", counted, days=[FIRST])]
    people = [*played.people, *beside, *crowd("c", 9, days=LATER)]
    return replace(played, units=tree(SHAPE, 60), people=people)


@pytest.mark.parametrize("counted", [0, 2, 3, 9])
def test_a_share_of_few_cannot_be_had_where_the_days_of_a_week_with_shares_tell_nothing(
    counted: int,
) -> None:
    shown = would_show(beside_days_that_tell_nothing(counted), FOUR_WEEKS, "ab")

    assert exposed(shown, K) == ()
    assert with_shares(shown, K) == (shown.units if counted + 2 >= K else frozenset())


def test_where_a_share_of_few_could_be_had_valence_is_released_alone() -> None:
    played = beside_days_that_tell_nothing(2)
    found = release(
        tree=played.units,
        plan=played.plan,
        window=FOUR_WEEKS,
        cells=cells(played.units, played.people, FOUR_WEEKS),
        k=K,
        indicators=("valence", "participation"),
        finer=played.finer(FOUR_WEEKS),
    )

    assert [(each.unit, each.has_valence, each.tenth) for each in found.statistics] == [
        ("a", True, None),
        ("b", True, None),
    ]


def test_below_a_unit_without_shares_is_none_with_shares() -> None:
    played = beside_days_that_tell_nothing(0)
    people = [replace(p, leaf="a1") if p.leaf == "a" else p for p in played.people]
    plan = {**played.plan, "a1": FOUR}
    played = Organisation(tree({**SHAPE, "a1": "a"}), plan, people)
    found = cells(played.units, people, FOUR_WEEKS)
    units, finer = frozenset({"a", "a1", "b"}), played.finer(FOUR_WEEKS)
    shown = Shown(played.units, plan, FOUR_WEEKS, found, units, finer)

    assert exposed(shown, K) == ()
    assert with_shares(shown, K) == frozenset()


sides = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from((1, 3, 9)),
        st.sampled_from((1, 3)),
        st.sets(st.sampled_from((MONDAY, TUESDAY, *LATER)), min_size=1, max_size=3).map(
            lambda days: tuple(sorted(days))
        ),
        st.sampled_from((STAY, STAY, STAY, 0, 1, 7, MONTH)),
    ),
    min_size=2,
    max_size=8,
)


@given(st.sampled_from(("wfff", "wwff", "dfff", "dwff", "ddff", "dwww", "ddww")), sides)
@example("wfff", [("a", 9, 3, (FIRST,), STAY), ("b", 9, 3, tuple(LATER), STAY)])
def test_no_combination_touches_fewer_than_k_people(plan: str, crowds: Crowds) -> None:
    played = organisation(plan, *crowds)

    assert fewest_touched(played, played.published(), K) == K


MOST = 7
written = st.lists(
    st.tuples(st.integers(1, MOST - 1), st.frozensets(st.sampled_from("uvwxy"), max_size=3)),
    min_size=1,
    max_size=9,
)


@given(written)
def test_the_oracle_finds_what_ranks_without_some_people_tell(
    said: list[tuple[int, frozenset[Hashable]]],
) -> None:
    said = [(author, sums) for author, sums in said if sums]
    three: list[Message] = [(author, MONDAY, sums) for author, sums in said for _ in range(3)]
    atoms = sorted({sums for _, sums in said}, key=repr)
    rows = np.array([[name in sums for sums in atoms] for name in "uvwxy"], float).reshape(5, -1)
    by_atom = [{author for author, sums in said if sums == atom} for atom in atoms]
    authors = set().union(*by_atom)
    fewest = min(
        (
            len(some)
            for size in range(len(authors) + 1)
            for some in combinations(authors, size)
            if _rank(rows[:, [not by <= set(some) for by in by_atom]]) < _rank(rows)
        ),
        default=MOST,
    )

    assert fewest_touched_by_sums(three, MOST) == fewest


def _rank(rows: NDArray[np.float64]) -> int:
    return int(np.linalg.matrix_rank(rows)) if rows.size else 0
