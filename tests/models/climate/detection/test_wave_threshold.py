"""The thresholds keep what they promise, in weeks that they have not seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.climate.detection.wave import wave_episodes
from models.climate.detection.wave_baseline import SignalBaseline, signal_baseline
from models.climate.detection.wave_scan import surges
from models.climate.detection.wave_threshold import (
    Clustering,
    fit_clustering,
    null_signals,
    wave_thresholds,
)
from tests.models.climate.detection.signals import DEPARTMENTS, RELATED, UNITS, chance, panel

REPETITIONS = 60


def test_the_promised_number_of_false_episodes_is_kept() -> None:
    done: list[int] = []
    weeks = panel(chance(1, 8.0))
    thresholds = wave_thresholds(
        weeks, UNITS, repetitions=REPETITIONS, generator=np.random.default_rng(1),
        progress=done.append,
    )  # fmt: skip

    rates = {}
    for name, threshold in (("raised", thresholds.raised), ("clearly", thresholds.clearly)):
        fresh = [panel(chance(seed, 8.0)) for seed in range(100, 140)]
        found = sum(len(wave_episodes(surges(p).z, p, RELATED, threshold)) for p in fresh)
        rates[name] = found / (len(fresh) * 64 / 52)

    print(f"{thresholds}, false episodes a year {rates}")
    assert done == list(range(1, REPETITIONS + 1))
    assert thresholds.raised < thresholds.clearly
    assert 0.3 <= rates["clearly"] <= 1.5
    assert 2.5 <= rates["raised"] <= 5.5


def test_the_same_chance_gives_the_same_thresholds() -> None:
    weeks = panel(chance(1))

    one, other = (
        wave_thresholds(
            weeks, UNITS, repetitions=3, generator=np.random.default_rng(4),
            progress=lambda _: None,
        )
        for _ in range(2)
    )  # fmt: skip

    assert one == other


def test_what_is_drawn_is_what_is_usual_and_adds_up() -> None:
    weeks = panel(chance(2, 12.0))
    baseline = signal_baseline(weeks)
    generator = np.random.default_rng(1)

    drawn = [null_signals(weeks, UNITS, Clustering(0.5, 0.6), generator).count for _ in range(60)]

    mean = np.nanmean(drawn, axis=0)
    usual = np.nanmean(baseline.usual, axis=1)
    assert np.nanmean(mean, axis=1) == pytest.approx(usual, rel=0.05)
    rows = [weeks.units.index(f"a{number}") for number in range(4)]
    whole = drawn[0][rows].sum(axis=0)
    added = np.isfinite(whole)
    in_no_department = drawn[0][weeks.units.index("a"), added] - whole[added]
    assert np.all(in_no_department >= 0)
    assert np.mean(in_no_department) < 1


def test_what_is_drawn_is_withheld_as_the_real_weeks_are() -> None:
    weeks = panel(chance(5, 4.0))
    generator = np.random.default_rng(3)

    drawn = null_signals(weeks, UNITS, Clustering(0.0, 0.0), generator)

    shown = np.isfinite(drawn.count)
    assert np.nanmin(drawn.count) == 5
    assert 0.2 < np.mean(shown[[weeks.units.index(unit) for unit in DEPARTMENTS]]) < 0.6
    assert not drawn.contributors[~shown].any()


@pytest.mark.parametrize("clustering", [Clustering(0.0, 0.0), Clustering(0.8, 0.7)])
def test_the_clustering_that_is_drawn_is_found_again(clustering: Clustering) -> None:
    weeks, draws = panel(chance(3, 30.0)), 30
    generator = np.random.default_rng(2)
    rows = [weeks.units.index(unit) for unit in DEPARTMENTS]

    counts = np.array([
        null_signals(weeks, UNITS, clustering, generator).count[rows] for _ in range(draws)
    ])  # fmt: skip
    usual = np.nanmean(counts, axis=0)
    off = (counts - usual) / np.sqrt(usual * (1 - 1 / draws))

    assert np.nanmean(off**2) - 1 == pytest.approx(clustering.excess, abs=0.1)
    lasting = clustering.excess * clustering.memory
    assert np.nanmean(off[..., 1:] * off[..., :-1]) == pytest.approx(lasting, abs=0.08)


def test_counts_of_independent_people_show_no_clustering() -> None:
    weeks = panel(chance(4, 20.0))

    assert fit_clustering(weeks, signal_baseline(weeks)).excess < 0.15


def test_the_error_of_a_rate_is_no_clustering() -> None:
    generator, weeks = np.random.default_rng(8), panel(chance(1))
    shape, usual, doubt = weeks.count.shape, 20.0, 3.0
    error = doubt * generator.standard_normal((shape[0], 1))
    known = SignalBaseline(
        usual=np.full(shape, usual),
        usual_if_shown=usual + np.broadcast_to(error, shape),
        variance=np.full(shape, usual),
        doubt=np.full(shape, doubt),
        known=np.ones(shape[1], np.bool_),
    )

    found = fit_clustering(
        replace(weeks, count=generator.poisson(usual, shape).astype(float)), known
    )

    # The error of all units together is itself chance: of 20 units a third of doubt^2 / usual.
    assert found.excess == pytest.approx(0.0, abs=0.15)
    assert doubt**2 / usual > 2 * 0.15


def test_weeks_without_a_baseline_of_their_own_say_nothing_of_clustering() -> None:
    weeks = panel(chance(4, 20.0))
    baseline = signal_baseline(weeks)
    before = np.flatnonzero(~baseline.known)
    assert before.size > 8

    wild = weeks.count.copy()
    wild[:, before[::2]] += 200

    assert fit_clustering(replace(weeks, count=wild), baseline) == fit_clustering(weeks, baseline)


def test_what_is_usual_of_a_unit_does_not_move_in_the_weeks_that_are_drawn() -> None:
    weeks, generator = panel(chance(6, 20.0)), np.random.default_rng(7)
    rows = [weeks.units.index(unit) for unit in DEPARTMENTS]

    drawn = np.array([
        null_signals(weeks, UNITS, Clustering(0.0, 0.0), generator).count[rows]
        for _ in range(100)
    ])  # fmt: skip
    by_week = np.nanmean(drawn, axis=0)

    # A rate from the weeks behind each, which half of this tree's weeks are, would move by 0.03.
    spread = by_week.std(axis=1) / by_week.mean(axis=1)
    by_chance = 1 / np.sqrt(100 * by_week.mean(axis=1))
    assert np.mean(spread**2 - by_chance**2) < 0.01**2


def test_a_week_that_everybody_was_loud_in_is_drawn_so() -> None:
    usual, generator = 20.0, np.random.default_rng(9)
    loud = np.arange(80) % 8 == 0
    counts = {unit: generator.poisson(np.where(loud, 2, 1) * usual) for unit in DEPARTMENTS}
    weeks = panel(counts)

    drawn = np.nanmean(
        [null_signals(weeks, UNITS, Clustering(0.0, 0.0), generator).count[0] for _ in range(20)],
        axis=0,
    )

    assert drawn[loud].mean() == pytest.approx(2 * drawn[~loud].mean(), rel=0.05)


def test_what_can_not_be_judged_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing was judged"):
        wave_thresholds(
            panel(chance(1, weeks=12)), UNITS, repetitions=1,
            generator=np.random.default_rng(1), progress=lambda _: None,
        )  # fmt: skip
