"""What is left of a series has no memory of its own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares  # type: ignore[import-untyped] # ships no types
from scipy.signal import lfilter  # type: ignore[import-untyped] # ships no types

from models.climate.outcomes.prewhitening import LARGEST_ORDER, Array, prewhitened
from tests.models.climate.outcomes.monthly import unrelated

MONTHS = 72
WAVE = np.cos(2 * np.pi * np.arange(MONTHS) / 12 + 0.7)


def line(phi: float, seed: int = 2) -> Array:
    return np.asarray(unrelated(np.random.default_rng(seed), (1, MONTHS), phi)[0, 0])


def memory(series: Array) -> float:
    """Correlation of a month with the one before."""
    both = np.isfinite(series[1:] + series[:-1])
    return float(np.corrcoef(series[1:][both], series[:-1][both])[0, 1])


def test_memory_is_taken_out() -> None:
    series = [line(0.8, seed) for seed in range(40)]

    assert np.mean([memory(one) for one in series]) > 0.6
    assert abs(np.mean([memory(prewhitened(one)) for one in series])) < 0.05


def test_the_residuals_are_those_of_an_independent_least_squares_fit() -> None:
    series = line(0.8)
    months = np.arange(MONTHS)

    def misfit(parameters: Array) -> Array:
        level, cosine, sine, phi = parameters
        season = level + cosine * np.cos(np.pi * months / 6) + sine * np.sin(np.pi * months / 6)
        # What an AR(1) filter leaves is its innovations.
        return np.asarray(lfilter([1, -phi], [1], series)[1:] - season[1:])

    oracle = least_squares(misfit, np.zeros(4)).fun

    assert prewhitened(series)[1:] == pytest.approx(oracle, abs=1e-5)


def test_a_season_is_taken_out() -> None:
    left = prewhitened(line(0.0) + 5 * WAVE)
    known = np.isfinite(left)

    assert abs(np.corrcoef(left[known], WAVE[known])[0, 1]) < 0.05


def test_scale_and_level_do_not_matter() -> None:
    series = line(0.5)

    assert prewhitened(1_000 * series + 7) == pytest.approx(
        1_000 * prewhitened(series), nan_ok=True
    )


def test_a_gap_takes_the_months_that_need_it() -> None:
    series = line(0.8)
    series[30] = np.nan

    left = prewhitened(series)

    assert np.flatnonzero(np.isnan(left)).tolist() == [0, 30, 31]


def test_a_longer_memory_gets_a_longer_fit() -> None:
    chance = np.random.default_rng(3)
    series = lfilter([1], [1, -0.2, 0, -0.6], chance.standard_normal(MONTHS + 60))[60:]

    assert int(np.isnan(prewhitened(series)).sum()) == LARGEST_ORDER


@pytest.mark.parametrize("months", [0, 3, 8, 11])
def test_too_few_months_are_refused(months: int) -> None:
    with pytest.raises(ValueError, match="too few"):
        prewhitened(line(0.5)[:months])


def test_a_constant_leaves_nothing() -> None:
    assert np.nanmax(np.abs(prewhitened(np.full(40, 0.3)))) < 1e-12
