"""Counts that are only seen from five on, beside the sum over all counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson  # type: ignore[import-untyped] # ships no types

from models.climate.detection.wave_truncated_poisson import if_shown

MEANS = st.floats(0.05, 120)


@given(MEANS)
def test_the_mean_is_that_of_the_counts_from_five_on(mean: float) -> None:
    counts = np.arange(5, 500)
    chances = poisson.pmf(counts, mean)

    (found,) = if_shown(np.array([mean]))[0]

    assert found == pytest.approx(chances @ counts / chances.sum(), rel=1e-6)


@given(MEANS)
def test_the_slope_is_the_derivative(mean: float) -> None:
    step = 1e-4 * mean
    below, above = if_shown(np.array([mean - step, mean + step]))[0]

    (slope,) = if_shown(np.array([mean]))[1]

    assert slope == pytest.approx((above - below) / (2 * step), rel=1e-3, abs=1e-5)
    assert 0 < slope <= 1


def test_large_counts_are_hardly_ever_withheld() -> None:
    assert if_shown(np.array([40.0]))[0][0] == pytest.approx(40, abs=1e-6)
