"""Weeks that are drawn again are as uncertain, and remember as long, as those of the tenant."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from models.climate.detection.noise import fit_noise
from models.climate.detection.null_model import null_panel
from models.climate.detection.pace import WEEKLY
from models.climate.detection.panel import Floats, Panel
from models.climate.detection.residuals import residuals
from models.climate.detection.weekly_chance import WeeklyChance, weekly_chance
from tests.models.climate.detection.organisations import UNITS, noisy, panel

WHOLE = panel(noisy(160, seed=0))


def drawn(chance: WeeklyChance, seed: int) -> Panel:
    return null_panel(WHOLE, UNITS, chance, np.random.default_rng(seed))


def found(weeks: Panel) -> WeeklyChance:
    residual = residuals(weeks)
    return weekly_chance(residual, weeks.n_eff, fit_noise(residual, weeks.n_eff), WEEKLY)


def correlations(weeks: Panel, of: slice = slice(30, None)) -> Floats:
    """Of residuals, one to seven weeks apart."""
    residual = residuals(weeks)[1:, of]
    return np.array(
        [
            np.corrcoef(residual[:, :-lag].ravel(), residual[:, lag:].ravel())[0, 1]
            for lag in range(1, 8)
        ]
    )


@pytest.mark.parametrize(
    "planted",
    [
        WeeklyChance(0.01, 0.12, lasting=0.0, memory=0.0),
        WeeklyChance(0.01, 0.12, lasting=0.3, memory=0.5),
        WeeklyChance(0.01, 0.12, lasting=0.2, memory=0.8),
        WeeklyChance(0.01, 0.12, lasting=1.0, memory=0.3),
    ],
)
def test_it_finds_the_chance_that_was_planted(planted: WeeklyChance) -> None:
    fits = [found(drawn(planted, seed)) for seed in range(8)]

    def mean(name: str) -> float:
        return float(np.mean([getattr(fit, name) for fit in fits]))

    assert mean("tau") == pytest.approx(0.01, rel=0.12)
    assert mean("kappa") == pytest.approx(0.12, rel=0.05)
    next_week = np.mean([fit.lasting * fit.memory for fit in fits])
    in_four = np.mean([fit.lasting * fit.memory**4 for fit in fits])
    assert next_week == pytest.approx(planted.lasting * planted.memory, abs=0.03)
    assert in_four == pytest.approx(planted.lasting * planted.memory**4, abs=0.03)


def test_weeks_that_are_drawn_again_have_the_spread_and_memory_of_those_they_are_drawn_from() -> (
    None
):
    first = [drawn(WeeklyChance(0.01, 0.12, lasting=0.3, memory=0.6), seed) for seed in range(24)]
    again = [drawn(found(weeks), seed) for seed, weeks in enumerate(first, 100)]

    def spread(weeks: Panel) -> float:
        return float(np.nanstd(residuals(weeks)[1:]))

    def memory(weeks: Panel) -> float:
        return float(correlations(weeks)[:4].sum())

    # With the baseline counted twice the first would be 0.02 and the second 0.14 larger.
    assert np.mean([spread(w) for w in again]) == pytest.approx(
        np.mean([spread(w) for w in first]), rel=0.01
    )
    assert np.mean([memory(w) for w in again]) == pytest.approx(
        np.mean([memory(w) for w in first]), abs=0.04
    )


def test_a_baseline_alone_makes_neighbours_alike_and_that_is_no_memory() -> None:
    fits = [found(drawn(WeeklyChance(0.01, 0.12, 0.0, 0.0), seed)) for seed in range(10, 16)]

    assert np.mean([fit.lasting * fit.memory for fit in fits]) < 0.02
    young = slice(12, 40)  # Of 8 to 36 weeks: the shorter, the more their errors weigh.
    alike = [
        correlations(drawn(WeeklyChance(0.01, 0.12, 0.0, 0.0), seed), young) for seed in range(8)
    ]
    assert np.mean(alike) > 0.02


def test_a_year_of_weeks_has_no_memory_because_its_baselines_are_short() -> None:
    year = [drawn(WeeklyChance(0.01, 0.12, 0.0, 0.0), seed) for seed in range(20, 40)]
    fits = [
        found(
            replace(
                one,
                weeks=one.weeks[:52],
                net=one.net[:, :52],
                n_eff=one.n_eff[:, :52],
                weight=one.weight[:, :52],
                contributors=one.contributors[:, :52],
            )
        )
        for one in year
    ]

    remembered = float(np.mean([fit.lasting * fit.memory for fit in fits]))
    print(f"remembered of a year without memory: {remembered:.3f}")
    assert remembered < 0.03


def test_gaps_are_left_out_and_few_weeks_are_enough_to_answer() -> None:
    weeks = drawn(WeeklyChance(0.01, 0.12, 0.3, 0.5), 3)
    residual = residuals(weeks)
    noise = fit_noise(residual, weeks.n_eff)
    gaps = residual.copy()
    gaps[:, ::7] = np.nan
    few = residual.copy()
    few[:, :-2] = np.nan

    with_gaps = weekly_chance(gaps, weeks.n_eff, noise, WEEKLY)
    of_two = weekly_chance(few, weeks.n_eff, noise, WEEKLY)

    assert with_gaps.lasting * with_gaps.memory == pytest.approx(0.15, abs=0.06)
    assert 0 <= of_two.lasting <= 1
    assert of_two.tau <= noise.tau


def test_the_same_weeks_in_another_unit_of_valence_have_the_same_memory() -> None:
    weeks = drawn(WeeklyChance(0.01, 0.12, 0.3, 0.5), 4)
    residual = residuals(weeks)
    one, other = (
        weekly_chance(by * residual, weeks.n_eff, fit_noise(by * residual, weeks.n_eff), WEEKLY)
        for by in (1.0, 3.0)
    )

    assert (other.lasting, other.memory) == pytest.approx((one.lasting, one.memory))
    assert other.tau == pytest.approx(3 * one.tau)


def test_weeks_that_alternate_remember_nothing() -> None:
    residual = np.tile([0.1, -0.1], (3, 20))
    n_eff = np.full_like(residual, 30.0)

    assert weekly_chance(residual, n_eff, fit_noise(residual, n_eff), WEEKLY).lasting == 0


def test_longer_memory_is_found_longer() -> None:
    fits = [found(drawn(WeeklyChance(0.01, 0.12, 0.5, memory), 5)) for memory in (0.2, 0.5, 0.8)]

    four_weeks = [fit.lasting * fit.memory**4 for fit in fits]
    assert all(one < other for one, other in pairwise(four_weeks))
