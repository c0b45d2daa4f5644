"""Units differ from the others as often by chance as the figures say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats  # type: ignore[import-untyped] # ships no types

from models.climate.detection.moderated_t import adjusted, moderated_variance, p_values

probabilities = arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1))


@given(probabilities)
def test_adjusted_is_benjamini_and_hochberg(
    p: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    assert adjusted(p) == pytest.approx(stats.false_discovery_control(p, method="bh"))


def test_a_variance_is_drawn_to_that_of_all_the_more_the_smaller_the_unit() -> None:
    variance = np.array([0.001, 0.001, 0.009])

    few, many = (moderated_variance(variance, np.full(3, d)) for d in (5.0, 500.0))

    pooled = variance.mean()
    assert few == pytest.approx((20 * pooled + 5 * variance) / 25)
    assert np.all(np.abs(few - pooled) < np.abs(many - pooled))


def test_where_all_vary_alike_nothing_is_drawn() -> None:
    assert moderated_variance(np.full(4, 0.004), np.array([3.0, 9.0, 20.0, 0.0])) == pytest.approx(
        np.full(4, 0.004)
    )


def test_each_unit_is_tested_against_all_others_by_their_precision() -> None:
    mean, variance = np.array([0.1, 0.15, 0.02, 0.2]), np.array([0.01, 0.02, 0.01, 0.03])
    n_eff = np.array([12.0, 30.0, 18.0, 9.0])

    found = p_values(mean, variance, n_eff)

    for unit in range(4):
        others = [o for o in range(4) if o != unit]
        weights = n_eff[others] / variance[others]
        off = mean[unit] - np.average(mean[others], weights=weights)
        t = off / np.sqrt(variance[unit] / n_eff[unit] + 1 / weights.sum())
        expected = 2 * stats.t(20 + n_eff[unit] - 1).sf(abs(t))
        assert found[unit] == pytest.approx(expected)


def test_without_differences_p_is_uniform() -> None:
    generator = np.random.default_rng(2)
    p = []
    for _ in range(100):
        sizes = generator.integers(10, 60, 20).astype(np.float64)
        people = [generator.normal(0.1, 0.12, int(size)) for size in sizes]
        variance = moderated_variance(np.array([v.var(ddof=1) for v in people]), sizes - 1)
        p.append(p_values(np.array([v.mean() for v in people]), variance, sizes))

    share = np.mean(np.concatenate(p) < 0.05)
    print(f"p < 0.05 in {share:.3f} of 2000 units that do not differ")
    assert share == pytest.approx(0.05, abs=0.015)
    assert stats.kstest(np.concatenate(p), "uniform").pvalue > 0.001
