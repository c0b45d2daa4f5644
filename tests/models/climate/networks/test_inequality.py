"""The Gini coefficient against its definition, pair by pair."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.networks.inequality import gini

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
