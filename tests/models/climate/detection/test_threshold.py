"""A threshold keeps its promise about false episodes on weeks that it has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from models.climate.detection.episodes import episodes, lineages
from models.climate.detection.noise import fit_noise
from models.climate.detection.null_model import null_panel
from models.climate.detection.pace import WEEKLY
from models.climate.detection.panel import panel_of
from models.climate.detection.residuals import residuals
from models.climate.detection.threshold import CANDIDATES, calibrated_threshold
from models.climate.detection.watch import watch
from models.climate.unit_tree import UnitTree
from tests.models.climate.detection.organisations import (
    CHANCE,
    UNITS,
    full_size,
    noisy,
    panel,
    statistics,
)

JUDGED = (78 - 11) / 52
"""Years of a panel in which there is a baseline."""


def calibrated(
    episodes_a_year: float, *, units: UnitTree = UNITS, repetitions: int = 40, seed: int = 11
) -> float:
    weeks = panel_of(statistics(units, noisy(78, 0, units)), units, WEEKLY)
    return calibrated_threshold(
        weeks,
        units,
        CHANCE,
        episodes_a_year=episodes_a_year,
        repetitions=repetitions,
        generator=np.random.default_rng(seed),
        progress=lambda _: None,
    )


@pytest.mark.parametrize("promised", [1.0, 4.0])
def test_fresh_weeks_have_as_many_false_episodes_as_promised(promised: float) -> None:
    threshold = calibrated(promised)
    whole, related = panel(noisy(78, seed=0)), lineages(UNITS)
    generator = np.random.default_rng(12)
    count = 0
    for _ in range(40):
        weeks = null_panel(whole, UNITS, CHANCE, generator)
        noise = fit_noise(residuals(weeks), weeks.n_eff)
        count += len(episodes(watch(weeks, noise, threshold), threshold, weeks, related))

    rate = count / (40 * JUDGED)
    print(f"threshold {threshold:.2f}: {rate:.2f} false episodes a year, {promised:.0f} promised")
    assert 0.5 * promised <= rate <= 1.2 * promised


def test_fewer_false_episodes_need_a_higher_threshold() -> None:
    thresholds = [calibrated(rate) for rate in (0.5, 1.0, 4.0)]

    assert thresholds == sorted(set(thresholds), reverse=True)
    assert set(thresholds) <= set(CANDIDATES.tolist())


def test_more_units_need_a_higher_threshold() -> None:
    assert calibrated(1.0, units=full_size()) > calibrated(1.0)


def test_a_promise_from_fewer_years_is_kept_by_a_higher_threshold() -> None:
    few, many = (
        np.mean([calibrated(1.0, repetitions=n, seed=s) for s in range(4)]) for n in (6, 60)
    )

    assert few > many + 0.1


def test_the_same_chance_gives_the_same_threshold() -> None:
    assert calibrated(1.0) == calibrated(1.0)


def test_progress_is_told_after_each_repetition() -> None:
    told: list[int] = []

    calibrated_threshold(
        panel(noisy(30, seed=0)),
        UNITS,
        CHANCE,
        episodes_a_year=12.0,
        repetitions=3,
        generator=np.random.default_rng(0),
        progress=told.append,
    )

    assert told == [1, 2, 3]


def test_what_cannot_be_calibrated_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing was judged"):
        calibrated(1.0, repetitions=0)
    with pytest.raises(ValueError, match="more years of chance"):
        calibrated(1.0, repetitions=2)
