"""The Gini coefficient against its definition, pair by pair."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.networks.inequality import gini, inequality

groups = st.lists(st.integers(0, 20), min_size=50, max_size=80).filter(any)


def by_pairs(weights: list[int]) -> float:
    """Mean difference of two different people, over twice the mean."""
    x = np.array(weights, np.float64)
    n = len(x)
    return float(np.abs(x[:, None] - x).sum() / (n * (n - 1)) / (2 * x.mean()))


@given(groups)
def test_it_is_half_the_relative_mean_difference_of_two_people(weights: list[int]) -> None:
    assert gini(Counter(weights)) == pytest.approx(by_pairs(weights))


@given(groups, st.integers(2, 9), st.randoms(use_true_random=False))
def test_order_and_scale_do_not_matter(weights: list[int], times: int, rng: Random) -> None:
    counted = Counter(weights)
    shuffled = dict(sorted(counted.items(), key=lambda _: rng.random()))

    assert gini(shuffled) == gini(counted)
    assert gini(Counter(times * weight for weight in weights)) == pytest.approx(gini(counted))


def test_all_the_same_is_zero() -> None:
    assert gini({7: 50}) == 0


def test_one_who_writes_everything_is_one() -> None:
    assert gini({0: 49, 20: 1}) == pytest.approx(1)


def test_by_hand() -> None:
    """Half write one, half write three: two people differ by 2 with chance 25 / 49, mean is 2."""
    assert gini({1: 25, 3: 25}) == pytest.approx((2 * 25 / 49) / 4)


def test_small_groups_are_not_taken_for_more_equal() -> None:
    rng = np.random.default_rng(0)
    found = [gini(Counter(rng.geometric(0.2, n).tolist())) for n in [50] * 2_000 + [2_000] * 50]
    small, large = np.array(found[:2_000]), np.array(found[2_000:])

    assert small.mean() == pytest.approx(large.mean(), abs=0.005)


def test_too_few_or_silent_people_have_none() -> None:
    assert gini({7: 49}) is None
    assert gini({}) is None
    assert gini({0: 60}) is None


@pytest.mark.parametrize("people", [{-1: 60}, {1: 60, 2: -1}])
def test_what_nobody_can_write_is_refused(people: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="negative"):
        gini(people)


def told(weights: list[int], k: int = 10) -> Fraction | None:
    found = inequality(Counter(weights), k)
    return None if found is None else found.share


contributors = st.lists(st.integers(3, 20), min_size=100, max_size=140)
"""Who has three messages weighs three at least, and nobody more than 20."""


@given(contributors)
def test_it_is_told_in_steps_with_open_ends(weights: list[int]) -> None:
    exact, share = gini(Counter(weights)), told(weights)
    assert exact is not None
    assert share is not None

    assert 20 * share in range(3, 9)
    assert abs(float(share) - min(max(exact, 0.15), 0.4)) <= 0.025 + 1e-9


def test_that_all_write_alike_looks_like_that_most_do() -> None:
    alike = told([9] * 100)

    assert alike == Fraction(3, 20)
    assert told([9] * 97 + [3, 20, 20]) == alike
    assert told([3] * 97 + [20] * 3) == alike  # three people, whatever they weigh
    assert told([6] * 50 + [12] * 50) == alike


def test_that_it_is_as_unequal_as_can_be_looks_like_that_it_is_unequal() -> None:
    assert told([3] * 72 + [20] * 28) == told([3] * 55 + [4] * 15 + [18] * 30) == Fraction(8, 20)


@given(contributors)
def test_a_weight_between_three_and_twenty_keeps_it_below_the_highest_end(
    weights: list[int],
) -> None:
    exact = gini(Counter(weights))
    assert exact is not None

    assert exact < 0.45


@pytest.mark.parametrize("weight", range(3, 21))
def test_whatever_somebody_weighs_every_step_can_be_told(weight: int) -> None:
    """The others write little or much, and more of them much: nobody can be had from the step."""
    others = [[3] * (99 - loud) + [20] * loud for loud in range(30)]

    assert {told([weight, *some]) for some in others} == {Fraction(n, 20) for n in range(3, 9)}


@given(contributors, st.integers(3, 20))
def test_one_person_moves_it_no_further_than_the_bound_on_their_week(
    weights: list[int], other: int
) -> None:
    first, second = gini(Counter(weights)), gini(Counter([other, *weights[1:]]))
    assert first is not None
    assert second is not None

    total = sum(weights[1:]) + min(weights[0], other)
    assert abs(first - second) <= 17 * (1 + max(first, second)) / total + 1e-12
    assert max(weights) <= 0.25 * sum(weights)


def test_fewer_than_a_hundred_or_than_k_are_not_told_of() -> None:
    assert told([3] * 50 + [9] * 49) is None
    assert told([3] * 50 + [9] * 50) is not None
    assert told([3] * 50 + [9] * 50, k=101) is None
