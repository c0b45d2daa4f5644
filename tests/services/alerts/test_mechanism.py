"""OpenDP's noise is what its formula says, and costs what it may."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from math import exp, inf, log, log1p

import numpy as np
import pytest
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]
from scipy.stats import chisquare  # type: ignore[import-untyped]

from models.climate.windows import Cadence
from services.alerts.mechanism import drawn, rho_of

DRAWS = 20_000


def noise(cadence: Cadence, scale: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = drawn([0] * DRAWS, cadence=cadence, sensitivity=1.0, scale=scale, left=inf)
    assert found is not None
    return np.array(found.noisy)


def gaussian(x: int, scale: int) -> float:
    return exp(-(x**2) / (2 * scale**2))


def laplace(x: int, scale: int) -> float:
    return exp(-abs(x) / scale)


@pytest.mark.parametrize(
    ("cadence", "mass"), [(Cadence.WEEK, gaussian), (Cadence.FOUR_WEEKS, laplace)]
)
@pytest.mark.parametrize("scale", [2, 5])
def test_the_noise_has_the_distribution_of_its_formula(
    cadence: Cadence, mass: Callable[[int, int], float], scale: int
) -> None:
    found = noise(cadence, scale)
    values = range(-60 * scale, 60 * scale + 1)
    weights = np.array([mass(x, scale) for x in values])
    expected = dict(zip(values, DRAWS * weights / weights.sum(), strict=True))
    inner = [x for x in values if expected[x] >= 20]
    counts = [int(np.count_nonzero(found == x)) for x in inner]
    rest = DRAWS - sum(expected[x] for x in inner)

    outcome = chisquare([*counts, DRAWS - sum(counts)], [*(expected[x] for x in inner), rest])
    assert outcome.pvalue > 1e-6  # of a million runs of right noise one fails


@pytest.mark.parametrize(
    ("epsilon", "rho", "textbook"), [(1, 0.0244, 0.0175), (3, 0.185, 0.147), (8, 1.052, 0.910)]
)
def test_the_conversion_is_that_of_the_design_study(
    epsilon: float, rho: float, textbook: float
) -> None:
    found = rho_of(epsilon, 1e-6)

    assert found == pytest.approx(rho, rel=0.003)
    assert found > textbook


@pytest.mark.parametrize("epsilon", [0.5, 1.0, 3.0])
def test_the_conversion_keeps_the_promise_by_the_formula_too(epsilon: float) -> None:
    """Canonne, Kamath & Steinke 2020, proposition 12, minimised by another library."""
    rho = rho_of(epsilon, 1e-6)

    def log_delta(logarithm: float) -> float:
        order = 1 + exp(logarithm)
        bound = (order - 1) * (order * rho - epsilon) - log(order - 1)
        return bound + order * log1p(-1 / order)

    least = minimize_scalar(log_delta, bounds=(-5, 10), method="bounded").fun
    assert exp(least) == pytest.approx(1e-6, rel=0.02)


@pytest.mark.parametrize(("cadence", "cost"), [(Cadence.WEEK, 0.125), (Cadence.FOUR_WEEKS, 0.5)])
def test_what_costs_more_than_is_left_is_not_drawn(cadence: Cadence, cost: float) -> None:
    def spend(left: float) -> float | None:
        found = drawn([7, 8], cadence=cadence, sensitivity=1_000, scale=2_000, left=left)
        return found.cost if found else None

    assert spend(cost) == pytest.approx(cost)
    assert spend(10.0) == pytest.approx(cost)
    assert spend(cost * 0.999) is None
    assert spend(0.0) is None
    assert spend(-1.0) is None


def test_a_sum_beyond_32_bits_is_not_wrapped() -> None:
    found = drawn([2**40, -(2**40)], cadence=Cadence.WEEK, sensitivity=1.0, scale=3, left=inf)

    assert found is not None
    assert found.noisy == pytest.approx((2**40, -(2**40)), abs=60)


def test_without_noise_opendp_is_not_even_imported() -> None:
    script = "import sys, services.alerts.main; sys.exit('opendp' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
