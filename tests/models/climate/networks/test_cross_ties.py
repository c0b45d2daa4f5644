"""A wall between two units is fewer replies than sizes and openness would have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.networks.cross_ties import CrossTies, cross_ties
from models.climate.networks.matrix import ShownMatrix
from tests.fakes.trees import tree
from tests.models.climate.networks.replies import NAMES, flat, shown

A, B, C = NAMES[:3]


def ties(matrix: ShownMatrix) -> CrossTies:
    found = cross_ties(matrix, flat(matrix.units), A, B)
    assert found is not None
    return found


def test_units_that_answer_all_others_alike_are_as_expected() -> None:
    found = ties(shown(np.full((4, 4), 50)))

    assert found.ratio == pytest.approx(1)
    assert found.low < 1 < found.high


def test_a_wall_by_hand() -> None:
    """Both send 200 outside, over three units of one size: 133 are expected, 20 seen."""
    replies = np.array([[0, 10, 95, 95], [10, 0, 95, 95], [95, 95, 0, 9], [95, 95, 9, 0]])

    found = ties(shown(replies))

    assert found.ratio == pytest.approx(20 / (400 / 3))
    assert found.high / found.ratio == pytest.approx(np.exp(1.6449 * np.sqrt(40 / 20)))
    assert found.ratio / found.low == pytest.approx(found.high / found.ratio)


def test_a_larger_unit_is_expected_to_get_more() -> None:
    units = tree({"org": None, A: "org", B: "org", C: "org"}, {"org": 100, A: 20, B: 60, C: 20})
    sizes = np.array([20, 60, 20])
    outside = np.array([80, 40, 80])
    mixed = 10 * np.outer(sizes, sizes) * (120 / outside)[:, None]

    for one, other in [(A, B), (A, C), (B, C)]:
        found = cross_ties(shown(np.round(mixed)), units, one, other)

        assert found is not None
        assert found.ratio == pytest.approx(1)


@given(st.lists(st.integers(5, 300), min_size=16, max_size=16), st.permutations(range(4)))
def test_order_and_direction_do_not_matter(cells: list[int], order: list[int]) -> None:
    matrix = shown(np.reshape(cells, (4, 4)))
    moved = ShownMatrix(
        tuple(matrix.units[at] for at in order),
        matrix.replies[np.ix_(order, order)],
        matrix.shown,
        matrix.rest[order],
        matrix.contributors[order],
    )
    units = flat(matrix.units)

    assert cross_ties(moved, units, A, B) == cross_ties(matrix, units, A, B)
    assert cross_ties(matrix, units, B, A) == cross_ties(matrix, units, A, B)


@pytest.mark.parametrize("together", [False, True])
def test_the_interval_covers_what_it_says(*, together: bool) -> None:
    """Thirty people expected, each with 1 to 20 replies; the answer may follow the question."""
    rng = np.random.default_rng(3)
    truth = 30 * 10.5
    covered = 0
    for _ in range(2_000):
        there = rng.integers(1, 21, rng.poisson(30)).sum()
        back = there if together else rng.integers(1, 21, rng.poisson(30)).sum()
        found = ties(shown([[0, there, 5_000], [back, 0, 5_000], [9, 9, 0]], rest=0))
        expected = (there + back) / found.ratio
        covered += found.low * expected <= 2 * truth <= found.high * expected
    print(f"covered {covered / 2_000:.3f} together={together}")

    assert covered / 2_000 >= 0.9


def test_a_pair_that_is_withheld_has_no_figure() -> None:
    matrix = shown(np.full((4, 4), 50), hidden=[(0, 1)])
    units = flat(matrix.units)

    assert cross_ties(matrix, units, A, B) is None
    assert cross_ties(matrix, units, A, C) is not None
    assert cross_ties(matrix, units, A, A) is None
    assert cross_ties(matrix, units, A, "other") is cross_ties(matrix, units, "other", A) is None


@pytest.mark.parametrize("row", [0, 1])
def test_either_unit_may_be_too_small(row: int) -> None:
    contributors = [25, 25, 10]
    full = np.full((3, 3), 50)

    assert cross_ties(shown(full, contributors=contributors), flat(NAMES[:3]), A, B) is not None
    contributors[row] = 24
    assert cross_ties(shown(full, contributors=contributors), flat(NAMES[:3]), A, B) is None
