"""The best guess of a unit lies between what it shows and what all show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.climate.detection.shrinkage import shrink

seeds = st.integers(0, 2**32 - 1)


def drawn(
    seed: int, spread: float, units: int = 30
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """True means, what is seen of them and the squared error of that."""
    generator = np.random.default_rng(seed)
    error = 0.12**2 / generator.integers(10, 60, units)
    true = 0.1 + spread * generator.standard_normal(units)
    return true, true + np.sqrt(error) * generator.standard_normal(units), error


@pytest.mark.parametrize("spread", [0.0, 0.01, 0.03, 0.1])
@pytest.mark.parametrize("units", [8, 30])
def test_nine_of_ten_intervals_hold_the_truth_and_estimates_are_nearer(
    spread: float, units: int
) -> None:
    held, raw, shrunk = [], [], []
    for seed in range(200):
        true, mean, error = drawn(seed, spread, units)
        found = shrink(mean, error)
        held.append((found.low <= true) & (true <= found.high))
        raw.append((mean - true) ** 2)
        shrunk.append((found.estimate - true) ** 2)

    rmse = [np.sqrt(np.mean(squares)) for squares in (raw, shrunk)]
    print(f"{units} units, spread {spread}: {np.mean(held):.2f} held, RMSE {np.round(rmse, 3)}")
    assert np.mean(held) >= 0.86
    assert spread == 0 or np.mean(held) <= 0.94
    assert rmse[1] < rmse[0]


@given(seeds, st.sampled_from([0.0, 0.02, 0.1]))
def test_it_is_the_formula_of_the_specification(seed: int, spread: float) -> None:
    _, mean, error = drawn(seed, spread)

    found = shrink(mean, error)

    weights = 1 / error
    centre = np.average(mean, weights=weights)
    q = np.sum(weights * (mean - centre) ** 2)
    tau2 = max(0, (q - 29) / (weights.sum() - (weights**2).sum() / weights.sum()))
    mu = np.average(mean, weights=1 / (tau2 + error))
    assert found.estimate == pytest.approx(mu + tau2 / (tau2 + error) * (mean - mu))
    assert (found.low + found.high) / 2 == pytest.approx(found.estimate)


@given(seeds, st.floats(-0.5, 0.5), st.floats(0.1, 10))
def test_it_moves_and_stretches_with_the_means(seed: int, shift: float, scale: float) -> None:
    _, mean, error = drawn(seed, 0.03)

    one, other = shrink(mean, error), shrink(shift + scale * mean, scale**2 * error)

    assert other.estimate == pytest.approx(shift + scale * one.estimate)
    assert other.high - other.low == pytest.approx(scale * (one.high - one.low))


def test_units_that_do_not_differ_are_all_alike() -> None:
    found = shrink(np.full(5, 0.1), np.array([0.001, 0.002, 0.003, 0.001, 0.009]))

    assert found.estimate == pytest.approx(np.full(5, 0.1))


def test_three_units_have_no_spread_to_speak_of() -> None:
    with pytest.raises(ValueError, match="fewer than 4"):
        shrink(np.zeros(3), np.ones(3))
