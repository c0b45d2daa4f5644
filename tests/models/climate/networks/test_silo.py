"""Inward or outward, and with how many: shares of the replies of one unit."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from models.climate.networks.matrix import ShownMatrix
from models.climate.networks.silo import EIIndex, collaboration, effective_partners, ei_index
from models.climate.unit_tree import UnitTree
from tests.fakes.trees import tree
from tests.models.climate.networks.replies import NAMES, flat, shown

U = NAMES[0]
rows = st.lists(st.integers(5, 500), min_size=7, max_size=7)


def first_row(replies: ArrayLike, *, rest: int = 0, contributors: int = 30) -> ShownMatrix:
    row = np.asarray(replies)
    full = np.full((len(row), len(row)), 10)
    full[0] = row
    return shown(full, rest=rest, contributors=contributors)


def index(matrix: ShownMatrix, units: UnitTree | None = None) -> EIIndex:
    found = ei_index(matrix, units or flat(matrix.units), U)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("row", "expected"),
    [([10, 0, 0], -1), ([10, 4, 6], 0), ([0, 4, 6], 1), ([30, 4, 6], -0.5), ([10, 14, 16], 0.5)],
)
def test_the_index_runs_from_all_inside_to_all_outside(row: list[int], expected: float) -> None:
    assert index(first_row(row)).observed == pytest.approx(expected)


def test_what_is_withheld_is_outside_too() -> None:
    assert index(first_row([10, 4, 6], rest=20)).observed == pytest.approx(0.5)
    assert collaboration(first_row([10, 4, 6], rest=20), U) == pytest.approx(0.75)


def test_expected_is_what_everybody_answering_anybody_gives() -> None:
    units = tree({"org": None, U: "org", "b": "org", "c": "org"}, {"org": 9, U: 3, "b": 4, "c": 2})
    homes = [U] * 3 + ["b"] * 4 + ["c"] * 2
    ties = [(i, j) for i in range(9) if homes[i] == U for j in range(9) if i != j]
    inside = sum(homes[j] == U for _, j in ties)
    matrix = first_row([10, 5, 5])

    found = index(matrix, units)

    assert found.expected == pytest.approx((len(ties) - 2 * inside) / len(ties))
    assert found.excess == pytest.approx(found.observed - found.expected)


def test_random_mixing_is_as_expected() -> None:
    sizes = np.array([100, 60, 40])
    units = tree(
        {"org": None} | dict.fromkeys(NAMES[:3], "org"),
        {"org": 200} | dict(zip(NAMES[:3], sizes.tolist(), strict=True)),
    )
    mixed = np.outer(sizes, sizes) - np.diag(sizes)

    assert index(shown(mixed), units).excess == pytest.approx(0)


@given(rows, st.integers(0, 100))
def test_the_share_outside_is_the_index_on_another_scale(row: list[int], rest: int) -> None:
    matrix = first_row(row, rest=rest)
    share = collaboration(matrix, U)

    assert share is not None
    assert 2 * share - 1 == pytest.approx(index(matrix).observed)
    assert 0 <= share <= 1


@given(rows, st.integers(0, 100), st.permutations(range(7)))
def test_the_order_and_the_names_of_units_do_not_matter(
    row: list[int], rest: int, order: list[int]
) -> None:
    matrix = first_row(row, rest=rest)
    moved = ShownMatrix(
        tuple(matrix.units[at] for at in order),
        matrix.replies[np.ix_(order, order)],
        matrix.shown[np.ix_(order, order)],
        matrix.rest[order],
        matrix.contributors[order],
    )
    units = flat(matrix.units)

    assert ei_index(moved, units, U) == ei_index(matrix, units, U)
    assert collaboration(moved, U) == collaboration(matrix, U)
    assert effective_partners(moved, U) == pytest.approx(effective_partners(matrix, U))


@given(rows, st.integers(2, 9))
def test_twice_as_many_replies_are_the_same_pattern(row: list[int], times: int) -> None:
    once, more = first_row(row), first_row([times * cell for cell in row])

    assert index(more).observed == pytest.approx(index(once).observed)
    assert effective_partners(more, U) == pytest.approx(effective_partners(once, U))


def test_partners_answered_alike_all_count() -> None:
    assert effective_partners(first_row([99, 7, 7, 7, 7, 7]), U) == pytest.approx(5)
    assert effective_partners(first_row([99, 7, 7, 7, 7, 7], rest=7), U) == pytest.approx(6)


def test_partners_answered_more_count_more() -> None:
    by_hand = exp(-(0.5 * log(0.5) + 5 * 0.1 * log(0.1)))

    assert effective_partners(first_row([0, 50, 10, 10, 10, 10, 10]), U) == pytest.approx(by_hand)


@given(rows, st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_the_rest_never_makes_more_of_the_partners_than_there_are(
    row: list[int], withheld: list[int]
) -> None:
    found = effective_partners(first_row(row, rest=sum(withheld)), U)

    assert found is not None
    assert found <= true_partners(np.array([*row[1:], *withheld])) + 1e-9


def true_partners(sent: NDArray[np.int64]) -> float:
    p = sent[sent > 0] / sent.sum()
    return float(np.prod(p**-p))


def test_too_little_says_nothing() -> None:
    row = [9, 9, 9, 9, 9, 9]
    units = flat(NAMES[:6])
    small, enough = first_row(row, contributors=24), first_row(row, contributors=25)

    assert ei_index(small, units, U) is None
    assert collaboration(small, U) is None
    assert effective_partners(small, U) is None
    assert ei_index(enough, units, U) is not None
    assert effective_partners(enough, U) == pytest.approx(5)
    assert effective_partners(first_row(row[:-1]), U) is None
    assert effective_partners(shown([row] * 6, hidden=[(0, 5)]), U) is None


def test_a_unit_that_is_not_shown_has_no_figure() -> None:
    matrix = first_row([9] * 6)

    assert ei_index(matrix, flat(matrix.units), "other") is None
    assert collaboration(matrix, "other") is None
    assert effective_partners(matrix, "other") is None
