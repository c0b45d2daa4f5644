"""The best of seven lags is compared with the best of seven, and a p-value is never 0."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, pearsonr  # type: ignore[import-untyped] # ships no types

from models.climate.outcomes import cross_correlation
from models.climate.outcomes.cross_correlation import (
    CONFIDENCE,
    NORMAL,
    PERMUTATIONS,
    correlations,
    fisher,
    lagged,
    permutation_p,
    simultaneous_half_width,
)
from tests.models.climate.outcomes.monthly import related, unrelated

LAGS = range(7)
seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.sampled_from([0, 5]))
def test_coefficients_are_pearsons_over_the_months_that_both_have(seed: int, gaps: int) -> None:
    chance = np.random.default_rng(seed)
    leading, following = chance.standard_normal((2, 40))
    leading[chance.choice(40, gaps)] = np.nan
    following[chance.choice(40, gaps)] = np.nan

    found = correlations(lagged(leading, LAGS), following)

    for lag in LAGS:
        earlier, later = leading[: 40 - lag], following[lag:]
        both = np.isfinite(earlier + later)
        assert found[lag] == pytest.approx(pearsonr(earlier[both], later[both]).statistic)


def test_what_does_not_vary_has_no_correlation() -> None:
    flat, wave = np.ones(20), np.sin(np.arange(20))

    assert correlations(lagged(flat, [0, 1]), wave).tolist() == [0, 0]
    assert correlations(lagged(wave, [0]), flat).tolist() == [0]


def test_the_p_value_is_that_of_all_orders() -> None:
    leading, following = np.random.default_rng(4).standard_normal((2, 6))
    observed = np.abs(correlations(lagged(leading, [0, 1]), following)).max()
    every = np.array([*permutations(leading)])
    largest = np.abs(correlations(lagged(every, [0, 1]), following)).max(axis=1)

    p = permutation_p(leading, following, [0, 1], np.random.default_rng(5))

    assert p == pytest.approx(np.mean(largest >= observed - 1e-12), abs=0.05)


@settings(max_examples=20)
@given(seeds)
def test_a_p_value_is_never_0(seed: int) -> None:
    chance = np.random.default_rng(seed)
    line = chance.standard_normal(40)

    assert permutation_p(line, line, LAGS, chance) == 1 / (PERMUTATIONS + 1)


def test_looking_at_more_lags_costs() -> None:
    lines = related(np.random.default_rng(6), (30, 48), 0.0, lag=2, strength=0.4)
    chance = np.random.default_rng(7)

    one = [permutation_p(a, b, [2], chance) for a, b in lines]
    seven = [permutation_p(a, b, LAGS, chance) for a, b in lines]

    assert np.median(seven) > 2 * np.median(one)


def test_all_lags_together_need_a_wider_interval() -> None:
    a, b = unrelated(np.random.default_rng(8), (1, 60), 0.0)[0]

    one = simultaneous_half_width(a, b, [2], np.random.default_rng(9))
    seven = simultaneous_half_width(a, b, LAGS, np.random.default_rng(9))

    assert 1.25 * one < seven < 2 * one


def test_an_interval_is_never_narrower_than_fishers() -> None:
    chance = np.random.default_rng(10)
    lines = unrelated(chance, (30, 36), 0.0)

    widths = [simultaneous_half_width(a, b, [0], chance) for a, b in lines]

    assert min(widths) == pytest.approx(norm.ppf((1 + CONFIDENCE) / 2) / np.sqrt(33), rel=1e-4)
    assert norm.ppf((1 + CONFIDENCE) / 2) == pytest.approx(NORMAL, abs=1e-4)


def test_blocks_widen_the_interval_of_lines_with_a_memory() -> None:
    chance = np.random.default_rng(11)
    lines = unrelated(chance, (20, 120), 0.9)

    widths = [simultaneous_half_width(a, b, [0], chance) for a, b in lines]

    assert np.mean(widths) > 1.2 * NORMAL / np.sqrt(117)


def test_a_perfect_correlation_is_finite_on_fishers_scale() -> None:
    assert np.isfinite(fisher(np.array([-1.0, 1.0]))).all()


def test_chance_is_what_is_handed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_correlation, "PERMUTATIONS", 19)
    a, b = unrelated(np.random.default_rng(12), (1, 40), 0.0)[0]

    first, again = (permutation_p(a, b, LAGS, np.random.default_rng(1)) for _ in range(2))

    assert first == again
    assert permutation_p(a, a, LAGS, np.random.default_rng(1)) == 1 / 20
