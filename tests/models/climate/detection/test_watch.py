"""What changed is found once, where it changed, and stays found until it is over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from models.climate.detection.episodes import Direction, Episode, episodes, lineages
from models.climate.detection.noise import Noise, fit_noise
from models.climate.detection.null_model import null_panel
from models.climate.detection.pace import WEEKLY
from models.climate.detection.panel import Panel, panel_of
from models.climate.detection.residuals import residuals
from models.climate.detection.watch import watch
from tests.models.climate.detection.organisations import (
    CHANCE,
    UNITS,
    noisy,
    panel,
    statistics,
    week_number,
)

THRESHOLD = 4.0
NOISE = Noise(tau=0.008, kappa=0.12, rho=0.12)
START = 40
SEEDS = (0, 2, 3, 4, 5, 6)
"""1 has a false episode; how many there are is counted below."""


def found(weeks: Panel, noise: Noise = NOISE) -> tuple[Episode, ...]:
    return episodes(watch(weeks, noise, THRESHOLD), THRESHOLD, weeks, lineages(UNITS))


def changed(
    seed: int, teams: Sequence[str], by: float, until: int = 78
) -> dict[str, NDArray[np.float64]]:
    valence = noisy(78, seed)
    for team in teams:
        valence[team][START:until] += by
    return valence


@pytest.mark.parametrize(("by", "direction"), [(-0.1, Direction.DROP), (0.1, Direction.RISE)])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_of_a_team_is_found_in_that_team(
    seed: int, by: float, direction: Direction
) -> None:
    weeks = panel(changed(seed, ["b2"], by))

    episode, *others = found(weeks, fit_noise(residuals(weeks), weeks.n_eff))

    assert (others, episode.unit, episode.direction) == ([], "b2", direction)
    assert START < week_number(episode.opened) <= START + 8
    assert episode.effect == pytest.approx(by, abs=0.05)
    assert np.sign(episode.z) == np.sign(by)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_drop_of_a_whole_division_is_the_divisions(seed: int) -> None:
    episode, *_ = found(panel(changed(seed, ["b0", "b1", "b2", "b3", "b4"], -0.06)))

    assert (episode.unit, episode.direction) == ("b", Direction.DROP)


@pytest.mark.parametrize("by", [-0.2, -0.05, 0.1])
def test_a_shift_of_the_whole_organisation_raises_nothing(by: float) -> None:
    assert found(panel(changed(2, UNITS.leaves, by))) == ()


@pytest.mark.parametrize("length", [1, 2])
@pytest.mark.parametrize("depth", [-0.1, -0.3])
def test_a_short_dip_of_an_otherwise_even_unit_raises_nothing(length: int, depth: float) -> None:
    valence = noisy(78, seed=2)
    valence["b2"][:] = 0.1
    valence["b2"][START : START + length] += depth

    assert found(panel(valence)) == ()


def test_a_short_dip_is_found_only_where_noise_adds_the_third_week() -> None:
    counts = {}
    for length in (1, 2, 38):
        weeks = [panel(changed(seed, ["b2"], -0.06, START + length)) for seed in range(12)]
        counts[length] = sum("b2" in {episode.unit for episode in found(w)} for w in weeks)

    print(f"of 12 changes by -0.06 found after 1, 2 and 38 weeks: {counts}")
    assert counts[1] <= counts[2] <= 4
    assert counts[38] >= 11


@pytest.mark.parametrize("seed", SEEDS)
def test_an_alarm_does_not_absorb_its_own_drop(seed: int) -> None:
    weeks = panel(changed(seed, ["b2"], -0.12))
    row = weeks.units.index("b2")

    judged = watch(weeks, NOISE, THRESHOLD)
    (episode,) = found(weeks)

    assert week_number(episode.latest) == 77
    assert np.mean(judged.effect[row, -8:]) == pytest.approx(-0.12, abs=0.03)


def test_a_rise_that_is_no_alarm_yet_does_not_stop_the_baseline() -> None:
    weeks = panel(changed(2, ["b2"], 0.06))
    never = watch(weeks, NOISE, np.inf)
    largest = float(never.z.max())

    judged = watch(weeks, NOISE, 0.95 * largest)

    assert largest > 3.0
    assert np.array_equal(judged.z[weeks.units.index("b2")], never.z[weeks.units.index("b2")])


def test_without_the_frozen_baseline_it_would_in_part() -> None:
    weeks = panel(changed(2, ["b2"], -0.12))
    row = weeks.units.index("b2")

    never_in_alarm = watch(weeks, NOISE, np.inf)

    assert np.mean(never_in_alarm.effect[row, -8:]) > -0.12 * 2 / 3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recovery_ends_it_and_is_no_rise(seed: int) -> None:
    (episode,) = found(panel(changed(seed, ["b2"], -0.12, START + 14)))

    assert episode.direction is Direction.DROP
    assert START + 11 <= week_number(episode.latest) <= START + 18


def test_two_teams_of_two_divisions_are_two_episodes() -> None:
    assert {e.unit for e in found(panel(changed(2, ["a1", "c3"], -0.12)))} == {"a1", "c3"}


@pytest.mark.parametrize("gaps", [{50, 58, 66}, {50, 51, 52}])
def test_withheld_weeks_do_not_end_an_episode(gaps: set[int]) -> None:
    (episode,) = found(without("b2", gaps))

    assert (episode.unit, week_number(episode.latest)) == ("b2", 77)


def test_a_withheld_week_does_not_move_the_baseline_of_an_alarm() -> None:
    whole, gaps = without("b2", set()), without("b2", {50, 58, 66})
    row = whole.units.index("b2")

    complete, judged = (watch(weeks, NOISE, THRESHOLD) for weeks in (whole, gaps))

    np.testing.assert_array_equal(judged.effect[row, 74:], complete.effect[row, 74:])


def without(unit: str, gaps: set[int]) -> Panel:
    """Weeks with a lasting drop of b2, some weeks of *unit* withheld."""
    listed = statistics(UNITS, changed(2, ["b2"], -0.12))
    return panel_of(
        [s for s in listed if s.unit != unit or week_number(s.window.start) not in gaps],
        UNITS,
        WEEKLY,
    )


def test_teams_below_twenty_raise_nothing() -> None:
    small = panel(changed(2, ["b2"], -0.3), people=15)

    assert "b2" not in {episode.unit for episode in found(small)}


def test_noise_alone_raises_less_than_one_episode_a_year() -> None:
    whole = panel(noisy(78, seed=0))
    generator = np.random.default_rng(7)

    counts = [len(found(null_panel(whole, UNITS, CHANCE, generator))) for _ in range(20)]

    years = 20 * 62 / 52
    print(f"{sum(counts)} episodes in {years:.0f} years")
    assert 1 <= sum(counts) <= years


def test_young_weeks_are_no_likelier_to_raise_a_false_alarm() -> None:
    whole = panel(noisy(52, seed=0))
    generator = np.random.default_rng(9)
    young = old = 0
    for _ in range(150):
        drawn = null_panel(whole, UNITS, CHANCE, generator)
        opened = [week_number(episode.opened) for episode in found(drawn)]
        young += sum(week < 25 for week in opened)
        old += sum(week >= 38 for week in opened)

    print(f"false episodes in 150 organisations: {young} in weeks 12-25, {old} in weeks 39-52")
    assert young <= old + 2 * np.sqrt(old)
