"""Two numbers say how far a unit of any size moves by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import nnls  # type: ignore[import-untyped] # ships no types

from models.climate.detection.noise import fit_noise
from models.climate.detection.null_model import null_panel
from models.climate.detection.residuals import residuals
from models.climate.detection.weekly_chance import WeeklyChance
from tests.models.climate.detection.organisations import UNITS, noisy, panel

seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int, tau: float, kappa: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    generator = np.random.default_rng(seed)
    n_eff = generator.uniform(5, 200, (12, 10))
    return generator.standard_normal((12, 10)) * np.sqrt(tau**2 + kappa**2 / n_eff), n_eff


@given(seeds, st.sampled_from([(0.0, 0.2), (0.02, 0.0), (0.01, 0.1), (0.001, 0.2)]))
def test_it_is_the_non_negative_least_squares_solution(
    seed: int, truth: tuple[float, float]
) -> None:
    residual, n_eff = drawn(seed, *truth)

    found = fit_noise(residual, n_eff)

    design = np.column_stack([np.ones(n_eff.size), 1 / n_eff.ravel()])
    (tau2, kappa2), _ = nnls(design, residual.ravel() ** 2)
    assert (found.tau**2, found.kappa**2) == pytest.approx((tau2, kappa2), rel=1e-6, abs=1e-12)


def test_sides_where_one_number_would_be_negative_are_met() -> None:
    fits = [fit_noise(*drawn(seed, 0.02, 0.0)) for seed in range(30)]
    fits += [fit_noise(*drawn(seed, 0.0, 0.2)) for seed in range(30)]

    assert any(fit.kappa == 0 for fit in fits)
    assert any(fit.tau == 0 for fit in fits)


def test_it_finds_the_noise_that_was_planted() -> None:
    truth = WeeklyChance(tau=0.01, kappa=0.12, lasting=1.0, memory=0.12)
    whole = panel(noisy(78, seed=0))
    generator = np.random.default_rng(1)

    fits = []
    for _ in range(20):
        weeks = null_panel(whole, UNITS, truth, generator)
        fits.append(fit_noise(residuals(weeks), weeks.n_eff))

    assert np.mean([fit.tau for fit in fits]) == pytest.approx(0.01, rel=0.1)
    assert np.mean([fit.kappa for fit in fits]) == pytest.approx(0.12, rel=0.1)
    assert np.mean([fit.rho for fit in fits]) == pytest.approx(0.15, abs=0.04)


@given(seeds, st.floats(0.01, 100))
def test_another_unit_of_valence_is_another_unit_of_noise(seed: int, scale: float) -> None:
    residual, n_eff = drawn(seed, 0.01, 0.1)

    one, other = fit_noise(residual, n_eff), fit_noise(scale * residual, n_eff)

    assert (other.tau, other.kappa) == pytest.approx((scale * one.tau, scale * one.kappa))
    assert other.rho == pytest.approx(one.rho)


def test_gaps_are_left_out() -> None:
    residual, n_eff = drawn(3, 0.01, 0.1)
    gaps, unknown = residual.copy(), n_eff.copy()
    gaps[4, :], unknown[5, :] = np.nan, np.nan
    kept = [row for row in range(12) if row not in {4, 5}]

    assert fit_noise(gaps, unknown) == fit_noise(residual[kept], n_eff[kept])


def test_weeks_that_alternate_do_not_make_long_windows_certain() -> None:
    residual = np.tile([0.1, -0.1], (3, 5))

    assert fit_noise(residual, np.full_like(residual, 30.0)).rho == 0


def test_equal_sizes_cannot_tell_the_two_apart_and_need_not() -> None:
    residual, _ = drawn(4, 0.01, 0.1)

    found = fit_noise(residual, np.full_like(residual, 30.0))

    assert found.variance(np.array(30.0)) == pytest.approx(np.mean(residual**2))


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_no_noise_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no noise"):
        fit_noise(np.full((2, 3), value), np.full((2, 3), 30.0))
