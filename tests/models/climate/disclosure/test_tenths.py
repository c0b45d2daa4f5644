"""Participation is told in tenths, and what is left of a parent is never all or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.climate.cell import Cell
from models.climate.disclosure.shown import Shown
from models.climate.disclosure.tenths import select_tenths, tenth_of
from models.climate.windows import Cadence
from tests.fakes.trees import WEEK, tree


@pytest.mark.parametrize(
    ("contributors", "eligible", "expected"),
    [
        (5, 25, 2),
        (20, 25, None),
        (19, 25, 7),
        (5, 51, None),
        (20, 26, 7),
        (30, 100, 3),
        (29, 100, 2),
        (95, 100, 9),
        (5, 24, None),
        (4, 100, None),
        (96, 100, None),
        (100, 100, None),
        (0, 100, None),
        (0, 0, None),
    ],
)
def test_participation_is_told_in_tenths_or_not_at_all(
    contributors: int, eligible: int, expected: int | None
) -> None:
    assert tenth_of(contributors, eligible) == expected


@given(st.integers(25, 400), st.data())
def test_the_share_lies_in_its_tenth_and_is_no_headcount(
    eligible: int, data: st.DataObject
) -> None:
    contributors = data.draw(st.integers(5, eligible - 5))

    tenth = tenth_of(contributors, eligible)

    same = [n for n in range(eligible + 1) if tenth_of(n, eligible) == tenth]
    assert len(same) > 1
    assert tenth is None or tenth <= 10 * contributors / eligible < tenth + 1


def test_more_than_all_are_not_told() -> None:
    assert tenth_of(26, 25) is None


SHAPE: dict[str, str | None] = {
    "o": None, "a": "o", "b": "o", "a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b",
}  # fmt: skip
LEAVES = ("a1", "a2", "a3", "b1", "b2")
drawn = st.tuples(st.sampled_from([0, 3, 7, 25, 30, 40]), st.integers(0, 100)).map(
    lambda pair: (pair[0], pair[0] * pair[1] // 100)
)


def below(unit: str) -> NDArray[np.float64]:
    """Which leaves *unit* holds."""
    return np.array([1.0 if leaf.startswith(unit) or unit == "o" else 0.0 for leaf in LEAVES])


def shown(leaves: Sequence[tuple[int, int]], hidden: set[str]) -> Shown:
    """An organisation of which each leaf has so many people, and so many of them contribute."""
    people = {leaf: eligible for leaf, (eligible, _) in zip(LEAVES, leaves, strict=True)}
    counts = {u: sum(n for leaf, n in people.items() if leaf.startswith(u)) for u in SHAPE}
    chart = tree(SHAPE, counts | {"o": sum(people.values())})
    cells = {
        leaf: Cell(messages=3 * n, contributors=n, weight=3 * n)
        for leaf, (_, n) in zip(LEAVES, leaves, strict=True)
    }
    units = {u for u in SHAPE if u not in hidden and SHAPE[u] not in hidden} - (
        {*LEAVES} if "o" in hidden else set()
    )
    plan = dict.fromkeys(SHAPE, Cadence.WEEK)
    return Shown(chart, plan, WEEK, chart.roll_up(cells), frozenset(units))


@settings(max_examples=300)
@given(st.tuples(*[drawn] * 5), st.sets(st.sampled_from(sorted({*SHAPE} - {"o"})), max_size=3))
def test_no_group_that_can_be_subtracted_is_all_or_nobody(
    leaves: tuple[tuple[int, int], ...], hidden: set[str]
) -> None:
    told = select_tenths(shown(leaves, hidden))

    known = np.array([below(unit) for unit in sorted(told)]).reshape(-1, len(LEAVES))
    rank = np.linalg.matrix_rank(known) if told else 0
    for chosen in product([0.0, 1.0], repeat=len(LEAVES)):
        if any(chosen) and np.linalg.matrix_rank(np.vstack([known, chosen])) == rank:
            people = sum(n for inside, (n, _) in zip(chosen, leaves, strict=True) if inside)
            writes = sum(n for inside, (_, n) in zip(chosen, leaves, strict=True) if inside)
            assert people == 0 or 5 <= writes <= people - 5


def test_much_is_told_where_nobody_stands_out() -> None:
    told = select_tenths(shown([(40, 12), (30, 14), (25, 9), (30, 20), (40, 8)], set()))

    assert told == {"o": 3, "a": 3, "b": 4, "a1": 3, "a2": 4, "a3": 3, "b1": 6, "b2": 2}


def test_a_small_rest_takes_the_smallest_with_it() -> None:
    told = select_tenths(shown([(40, 12), (30, 14), (3, 3), (30, 20), (40, 8)], set()))

    assert told == {"o": 3, "a": 3, "b": 4, "a2": 4, "b1": 6, "b2": 2}


def test_a_unit_that_is_not_published_is_not_told() -> None:
    told = select_tenths(shown([(40, 12), (30, 14), (25, 9), (30, 20), (40, 8)], {"b2"}))

    assert told.keys() == {"o", "a", "b", "a1", "a2", "a3", "b1"}
