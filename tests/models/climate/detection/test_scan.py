"""The scan statistic is a mean in standard deviations, over every window at once."""

from __future__ import annotations

from math import isfinite, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.noise import fit_noise
from models.climate.detection.null_model import null_panel
from models.climate.detection.pace import WEEKLY
from models.climate.detection.residuals import residuals
from models.climate.detection.scan import scan, trailing
from tests.models.climate.detection.organisations import CHANCE, UNITS, noisy, panel

maybe = st.one_of(st.floats(-1, 1), st.just(float("nan")))
eight = st.lists(maybe, min_size=8, max_size=8)
variances = st.lists(st.floats(1e-4, 1e-2), min_size=8, max_size=8)


@given(eight, variances, st.floats(0, 0.9), st.floats(0, 0.1))
def test_it_is_the_formula_of_the_specification(
    weeks: list[float], sigma2: list[float], rho: float, short: float
) -> None:
    found = scan(np.array(weeks), np.array(sigma2), rho, np.array(short), WEEKLY)

    for column, w in enumerate((1, 2, 4, 8)):
        seen = [(r, s) for r, s in zip(weeks[-w:], sigma2[-w:], strict=True) if isfinite(r)]
        if not seen:
            assert np.isnan(found.z[column])
            continue
        sums, total = sum(r / s for r, s in seen), sum(1 / s for _, s in seen)
        z = sums / sqrt(total) / sqrt(1 + 2 * rho * (w - 1) / w + w * short)
        assert found.z[column] == pytest.approx(z, abs=1e-9)
        assert found.effect[column] == pytest.approx(sums / total, abs=1e-12)


@given(eight, variances)
def test_a_rise_is_a_drop_upside_down(weeks: list[float], sigma2: list[float]) -> None:
    down, up = (
        scan(sign * np.array(weeks), np.array(sigma2), 0.1, np.array(0.0), WEEKLY)
        for sign in (1, -1)
    )

    np.testing.assert_array_equal(up.z, -down.z)
    np.testing.assert_array_equal(up.effect, -down.effect)


def test_noise_alone_has_a_z_of_deviation_one_in_every_window() -> None:
    whole = panel(noisy(78, seed=0))
    generator = np.random.default_rng(5)
    deviations = []
    for _ in range(20):
        weeks = null_panel(whole, UNITS, CHANCE, generator)
        residual = residuals(weeks)
        noise = fit_noise(residual, weeks.n_eff)
        variance = trailing(noise.variance(weeks.n_eff), WEEKLY.longest)
        found = scan(
            trailing(residual, WEEKLY.longest),
            variance,
            noise.rho,
            np.zeros(residual.shape),
            WEEKLY,
        )
        deviations.append(
            [np.nanstd(found.z[:, 36:, window]) for window in range(len(WEEKLY.lengths))]
        )

    print(f"deviations of Z: {np.mean(deviations, axis=0).round(2)}")
    assert np.mean(deviations, axis=0) == pytest.approx(np.ones(4), abs=0.08)


def test_each_week_sees_the_eight_weeks_up_to_it() -> None:
    found = trailing(np.arange(10.0).reshape(1, 10), 8)

    assert found.shape == (1, 10, 8)
    assert found[0, 9].tolist() == [2, 3, 4, 5, 6, 7, 8, 9]
    assert found[0, 0] == pytest.approx([np.nan] * 7 + [0], nan_ok=True)
