"""Units that are published every four weeks are judged at their four-week cells."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from models.climate.detection.episodes import Direction, Episode, episodes, lineages
from models.climate.detection.noise import Noise, fit_noise
from models.climate.detection.null_model import null_panel
from models.climate.detection.pace import FOUR_WEEKLY, WEEKLY
from models.climate.detection.panel import Panel, four_weeks_together, panel_of
from models.climate.detection.residuals import Baseline, residuals
from models.climate.detection.threshold import calibrated_threshold
from models.climate.detection.watch import watch
from models.climate.detection.weekly_chance import WeeklyChance, weekly_chance
from models.climate.windows import FIRST_BLOCK, Cadence
from tests.models.climate.detection.organisations import UNITS, noisy, statistics

TEAM, START = "b2", 40
"""Week in which it changes, the first of a block unless told otherwise."""


def blocks(by: float, *, start: int = START, weeks: int = 80, people: int = 22) -> Panel:
    """Teams by four weeks, the whole organisation by the week."""
    valence = noisy(weeks, seed=2)
    valence[TEAM][start:] += by
    weekly = statistics(UNITS, valence, people)
    seen = [one for one in four_weeks_together(weekly) if one.unit in UNITS.leaves]
    whole = four_weeks_together([one for one in weekly if one.unit == UNITS.root])
    return panel_of([*seen, *whole], UNITS, FOUR_WEEKLY)


def found(panel: Panel, threshold: float = 4.0) -> tuple[Episode, ...]:
    noise: Noise = fit_noise(residuals(blocks(0.0)), panel.n_eff)
    return episodes(watch(panel, noise, threshold), threshold, panel, lineages(UNITS))


def test_four_weeks_are_the_sums_of_their_weeks_and_only_where_all_were_released() -> None:
    weekly = [one for one in statistics(UNITS, noisy(8, seed=0)) if one.unit == TEAM]

    first, second = four_weeks_together(weekly)
    (kept,) = four_weeks_together(weekly[1:])

    assert first.window.cadence is Cadence.FOUR_WEEKS
    assert first.weighted_micro == sum(one.weighted_micro for one in weekly[:4])
    assert first.valence == pytest.approx(np.mean([one.valence for one in weekly[:4]]))
    # The same people every week: neither they nor their certainty are counted four times.
    assert first.contributors == weekly[0].contributors
    assert first.n_eff == pytest.approx(weekly[0].n_eff)
    assert kept == second


@pytest.mark.parametrize("start", [40, 41, 42, 43])
@pytest.mark.parametrize("by", [-0.15, 0.15])
def test_a_lasting_change_is_told_with_the_first_whole_block_after_it(
    by: float, start: int
) -> None:
    listed = [one for one in found(blocks(by, start=start)) if one.unit == TEAM]

    (one,) = listed
    known = (one.opened - FIRST_BLOCK + timedelta(weeks=4)) // timedelta(weeks=1)
    assert start < known <= start + 8
    assert one.direction is (Direction.DROP if by < 0 else Direction.RISE)
    assert one.weeks in {4, 8}


def test_it_is_one_episode_however_long_it_lasts() -> None:
    listed = [one for one in found(blocks(-0.15)) if one.unit == TEAM]

    assert len(listed) == 1
    assert (listed[0].latest - listed[0].opened).days >= 28 * 8


def test_fewer_than_twenty_people_are_not_judged_by_four_weeks_either() -> None:
    assert found(blocks(-0.3, people=19)) == ()
    assert found(blocks(-0.3, people=20)) != ()


def test_nothing_is_said_before_there_are_three_blocks_of_a_baseline() -> None:
    panel = blocks(-0.3, start=0, weeks=40)

    judged = np.isfinite(residuals(panel)).any(axis=0)

    assert judged.tolist() == [False] * 3 + [True] * 7
    assert Baseline(1, FOUR_WEEKLY).usual().tolist() == pytest.approx([np.nan], nan_ok=True)


def test_windows_of_another_cadence_are_refused() -> None:
    weekly = statistics(UNITS, noisy(8, seed=0))

    with pytest.raises(ValueError, match="another cadence"):
        panel_of(weekly, UNITS, FOUR_WEEKLY)
    with pytest.raises(ValueError, match="another cadence"):
        panel_of(four_weeks_together(weekly), UNITS, WEEKLY)


def test_its_own_threshold_keeps_its_own_promise() -> None:
    panel, promised = blocks(0.0), 0.5
    residual = residuals(panel)
    chance = weekly_chance(residual, panel.n_eff, fit_noise(residual, panel.n_eff), FOUR_WEEKLY)
    threshold = calibrated_threshold(
        panel,
        UNITS,
        chance,
        episodes_a_year=promised,
        repetitions=60,
        generator=np.random.default_rng(1),
        progress=lambda _: None,
    )
    generator, count = np.random.default_rng(2), 0
    for _ in range(60):
        drawn = null_panel(panel, UNITS, chance, generator)
        noise = fit_noise(residuals(drawn), drawn.n_eff)
        seen = watch(drawn, noise, threshold)
        count += len(episodes(seen, threshold, drawn, lineages(UNITS)))

    years = 60 * (80 - 16) / 52
    print(f"threshold {threshold:.2f}: {count / years:.2f} a year, {promised} promised")
    assert 0.1 * promised <= count / years <= 1.2 * promised


def test_chance_of_blocks_that_last_is_found() -> None:
    whole = blocks(0.0, weeks=400)
    fits = []
    for seed in range(6):
        drawn = null_panel(
            whole, UNITS, WeeklyChance(0.01, 0.1, 1.0, 0.4), np.random.default_rng(seed)
        )
        residual = residuals(drawn)
        noise = fit_noise(residual, drawn.n_eff)
        fits.append(weekly_chance(residual, drawn.n_eff, noise, FOUR_WEEKLY))

    assert np.mean([fit.lasting * fit.memory for fit in fits]) == pytest.approx(0.4, abs=0.06)
