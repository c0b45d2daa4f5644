"""A12: ask whether somebody is in the figures at all, knowing everybody else.

Who: the worst there can be: somebody who knows what every other person of the organisation wrote
and wants to know whether one more took part.
What they try: they work out every value with that person and without, and see which is nearer to
what was shown.  Against exact values this always succeeds.  Differential privacy bounds it: with
a budget of epsilon nobody can tell the two apart more often than a known figure says.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm, rankdata  # type: ignore[import-untyped] # ships no types

from models.climate.disclosure import noise
from models.climate.windows import Cadence
from services.alerts.mechanism import drawn, rho_of
from tests.attacks.figures import note

LEVELS = 4
"""The person is in one unit a level, and in two sums of each: of valence and of weight."""
CLIP, SHARE_OF_SUM = 0.3, 0.8
DRAWS = 20_000
BLOCKS = 2_500
"""With the person, and as many without, of the noise of Barograph, which is slower to draw."""
HEAVIEST = 80
"""Weight of one person in four weeks, at the most."""
TOTAL_RHO = 0.185
"""What epsilon 3 with delta 1e-6 is in zero-concentrated privacy (design study)."""
WHAT = "telling who takes part, everybody else known (AUC)"
Floats = NDArray[np.float64]


def auc(with_: Floats, without: Floats) -> float:
    """Chance that a reading with the person looks more like it than one without."""
    ranks = rankdata(np.concatenate([with_, without]))[: len(with_)].sum()
    return float((ranks - len(with_) * (len(with_) + 1) / 2) / (len(with_) * len(without)))


def laplace(epsilon: float) -> float:
    """AUC of the best test there is against Laplace noise on a month's eight numbers."""
    chance = np.random.default_rng(12)
    moved = np.tile([CLIP, 1.0], LEVELS)
    budget = np.tile([SHARE_OF_SUM, 1 - SHARE_OF_SUM], LEVELS) * epsilon / LEVELS
    scale = moved / budget

    def likelihood(present: int) -> Floats:
        seen = chance.laplace(moved * present, scale, (DRAWS, 2 * LEVELS))
        ratio: Floats = ((np.abs(seen) - np.abs(seen - moved)) / scale).sum(axis=1)
        return ratio

    return auc(likelihood(1), likelihood(0))


def pure_bound(epsilon: float) -> float:
    """No test against epsilon-differential privacy has a larger AUC.

    Source: the area under the trade-off function of Dong, Roth & Su 2022, doi:10.1111/rssb.12454,
    proposition 3, which is ``1 / (1 + e^epsilon)`` above.
    """
    return float(1 / (1 + np.exp(-epsilon)))


def gaussian_bound(rho: float) -> float:
    """The same against ``rho`` of zero-concentrated privacy spent on Gaussian noise."""
    return float(norm.cdf(np.sqrt(2 * rho) / np.sqrt(2)))


def test_against_exact_values_it_always_succeeds() -> None:
    person = np.full(DRAWS, 0.3)

    assert auc(person, np.zeros(DRAWS)) == 1.0


@pytest.mark.parametrize(("epsilon", "expected"), [(1, 0.62), (3, 0.80), (8, 0.98)])
def test_against_noise_it_succeeds_no_more_often_than_the_bound(
    epsilon: float, expected: float
) -> None:
    found = laplace(epsilon)
    note(
        "A12", f"{WHAT}, eps {epsilon}",
        without=f"exact 1.00; plain noise {found:.2f} (bound {pure_bound(epsilon):.2f})",
    )  # fmt: skip

    assert 0.5 < found < pure_bound(epsilon)
    assert found == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("epsilon", [1, 3])
def test_against_the_noise_of_barograph_it_succeeds_no_more_often_than_the_bound(
    epsilon: float,
) -> None:
    """What one person can move in four weeks is worked out here: 80 of weight, 0.3 of valence."""
    fine = noise.WEIGHT_STEPS[Cadence.FOUR_WEEKS]
    moved = np.tile([HEAVIEST * fine, HEAVIEST * CLIP * noise.PER_VALENCE], LEVELS)
    scale = noise.scale(Cadence.FOUR_WEEKS, LEVELS, float(epsilon))

    def likelihood(present: int) -> Floats:
        found = drawn(
            [round(number) for number in moved * present] * BLOCKS,
            cadence=Cadence.FOUR_WEEKS,
            sensitivity=noise.sensitivity(Cadence.FOUR_WEEKS, LEVELS),
            scale=scale,
            left=epsilon,
        )
        assert found is not None
        seen = np.array(found.noisy, np.float64).reshape(BLOCKS, 2 * LEVELS)
        ratio: Floats = (np.abs(seen) - np.abs(seen - moved)).sum(axis=1)
        return ratio

    found = auc(likelihood(1), likelihood(0))
    note("A12", f"{WHAT}, eps {epsilon}", ours=f"{found:.2f}")

    assert 0.52 < found < pure_bound(epsilon)


def test_against_the_noise_of_four_weeks_in_turn_neither() -> None:
    weekly = rho_of(3.0, 1e-6) / 4
    fine = noise.WEIGHT_STEPS[Cadence.WEEK]
    moved = np.tile([HEAVIEST / 4 * fine, HEAVIEST / 4 * CLIP * noise.PER_VALENCE], LEVELS)
    apart = np.linalg.norm(np.tile(moved, 4)) / noise.scale(Cadence.WEEK, LEVELS, weekly)

    assert rho_of(3.0, 1e-6) == pytest.approx(TOTAL_RHO, rel=0.003)
    assert 0.52 < norm.cdf(apart / np.sqrt(2)) <= gaussian_bound(rho_of(3.0, 1e-6))
