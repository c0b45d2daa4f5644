"""In few weeks the noise is that of the units that did not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.noise import fit_noise
from models.climate.detection.null_model import null_panel
from models.climate.detection.pace import WEEKLY
from models.climate.detection.panel import Floats
from models.climate.detection.residuals import residuals
from models.climate.detection.robust_noise import fit_robust_noise, noise_of
from tests.models.climate.detection.organisations import CHANCE, UNITS, noisy, panel

seeds = st.integers(0, 2**32 - 1)


def young(seed: int) -> tuple[Floats, Floats]:
    """Residuals of four weeks of 37 units, and their sizes."""
    weeks = null_panel(panel(noisy(15, seed)), UNITS, CHANCE, np.random.default_rng(seed))
    return residuals(weeks), weeks.n_eff


@given(seeds, st.floats(0.3, 5), st.integers(1, 6))
def test_a_few_units_that_really_changed_hardly_move_it(seed: int, by: float, units: int) -> None:
    calm, n_eff = young(seed)
    changed = calm.copy()
    changed[10 : 10 + units] -= by

    rest = np.delete(calm, range(10, 10 + units), axis=0)
    expected = fit_robust_noise(rest, np.delete(n_eff, range(10, 10 + units), axis=0))
    found = fit_robust_noise(changed, n_eff)

    at = np.array([30.0, 150.0])
    assert found.variance(at) == pytest.approx(expected.variance(at), rel=1e-6)
    assert fit_noise(changed, n_eff).variance(at[0]) > 2 * found.variance(at[0])


def test_where_nothing_changed_it_is_the_plain_fit() -> None:
    at = np.array(30.0)
    pairs = [
        (fit_robust_noise(*young(seed)).variance(at), fit_noise(*young(seed)).variance(at))
        for seed in range(40)
    ]

    ratio = float(np.mean([robust / plain for robust, plain in pairs]))
    print(f"variance of the robust fit in parts of the plain one: {ratio:.4f}")
    assert 0.99 < ratio <= 1.0


def test_many_weeks_are_fitted_as_the_design_study_did() -> None:
    few, many = young(1), panel(noisy(11 + WEEKLY.settled, 1))
    residual = residuals(many)
    residual[5, -4:] -= 1.0
    shorter = replace(many, net=many.net[:, :-1])

    assert noise_of(residual, many.n_eff, WEEKLY) == fit_noise(residual, many.n_eff)
    assert noise_of(residual[:, :-1], shorter.n_eff[:, :-1], WEEKLY) != fit_noise(
        residual[:, :-1], shorter.n_eff[:, :-1]
    )
    assert noise_of(*few, WEEKLY) == fit_robust_noise(*few)


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_no_noise_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no noise"):
        fit_robust_noise(np.full((2, 3), value), np.full((2, 3), 30.0))
