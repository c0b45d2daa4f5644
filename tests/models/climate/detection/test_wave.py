"""A wave is told every four weeks, of the unit where it is, in one of three words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from models.climate.detection.wave import (
    Thresholds,
    WaveState,
    wave_episodes,
    wave_states,
)
from models.climate.detection.wave_scan import surges
from models.climate.windows import Window
from tests.models.climate.detection.signals import RELATED, UNITS, WEEKS, chance, panel

THRESHOLDS = Thresholds(raised=3.4, clearly=4.2)
START = 48
"""First week of a block."""
SEEDS = range(6)


def waved(
    seed: int, units: Sequence[str], more: int, weeks: int = 8
) -> dict[str, NDArray[np.int64]]:
    counts = chance(seed)
    for unit in units:
        counts[unit][START : START + weeks] += more
    return counts


def told(counts: Mapping[str, NDArray[np.int64]]) -> Mapping[Window, dict[str, WaveState]]:
    """Of each block, the units that are anything but as usual."""
    scale = surges(panel(chance(99))).scale
    weeks = panel(counts)
    states = wave_states(surges(weeks, scale).z, weeks, RELATED, THRESHOLDS)
    return {
        window: {unit: state for unit, state in held.items() if state is not WaveState.NOTHING}
        for window, held in states.items()
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wave_of_a_department_is_told_of_that_department(seed: int) -> None:
    states = list(told(waved(seed, ["b2"], 10)).values())

    clearly = {u for u, state in states[START // 4].items() if state is WaveState.CLEARLY_RAISED}
    assert clearly == {"b2"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wave_of_a_whole_division_is_the_divisions(seed: int) -> None:
    states = list(told(waved(seed, ["b0", "b1", "b2", "b3"], 6)).values())

    assert states[START // 4 + 1].keys() == {"b"}


@pytest.mark.parametrize("seed", SEEDS)
def test_weeks_in_which_everybody_talks_of_leaving_are_nobodys_wave(seed: int) -> None:
    calm, generator = chance(seed), np.random.default_rng(seed + 50)
    talk = {unit: count.copy() for unit, count in calm.items()}
    for count in talk.values():
        count[START : START + 4] = generator.poisson(12, 4)
    scale = surges(panel(calm)).scale

    z = surges(panel(talk), scale).z[1:, START : START + 4]

    # Twice the usual in one department alone is far beyond the threshold (above).
    assert np.mean(z.max(axis=1)) < 2.5
    assert np.mean(z.max(axis=1) >= THRESHOLDS.clearly) <= 0.2


def test_every_unit_has_a_state_in_every_whole_block_and_no_other() -> None:
    weeks = panel(chance(1, weeks=WEEKS - 3))

    states = wave_states(surges(weeks).z, weeks, RELATED, THRESHOLDS)

    assert len(states) == (WEEKS - 3) // 4
    assert all(held.keys() == set(UNITS.top_down()) for held in states.values())


def test_a_unit_that_is_not_shown_has_the_same_answer_as_one_that_is_as_usual() -> None:
    shown, hidden = chance(1), chance(1)
    hidden["c1"][:] = 0

    answers = [
        wave_states(np.zeros((len(UNITS), WEEKS)), panel(counts), RELATED, THRESHOLDS)
        for counts in (shown, hidden)
    ]

    assert answers[0] == answers[1]


def test_raised_lies_below_clearly_raised() -> None:
    weeks = panel(chance(1))
    z = np.zeros((len(UNITS), WEEKS))
    rows = [weeks.units.index(unit) for unit in ("a1", "b1", "c1")]
    z[rows, 0] = (3.39, 3.4, 4.2)

    states = next(iter(wave_states(z, weeks, RELATED, THRESHOLDS).values()))

    assert [states[unit] for unit in ("a1", "b1", "c1")] == list(WaveState)


def test_a_wave_that_goes_on_is_one_episode() -> None:
    weeks = panel(chance(1))
    z = np.zeros((len(UNITS), WEEKS))
    row = weeks.units.index("a1")
    z[row, 16:36] = 5.0
    z[row, 48] = 5.0  # two quiet blocks between
    z[row, 64] = 5.0  # three

    found = wave_episodes(z, weeks, RELATED, THRESHOLDS.clearly)

    assert [(unit, weeks.weeks.index(window.start)) for unit, window in found] == [
        ("a1", 16), ("a1", 48), ("a1", 64),
    ]  # fmt: skip


def test_parent_and_child_are_one_episode_and_two_divisions_are_two() -> None:
    weeks = panel(chance(1))
    z = np.zeros((len(UNITS), WEEKS))
    for unit, height in (("a1", 5.0), ("a", 6.0), ("b2", 5.0)):
        z[weeks.units.index(unit), 20:24] = height

    assert {unit for unit, _ in wave_episodes(z, weeks, RELATED, 4.0)} == {"a", "b2"}


def test_thresholds_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="at least raised"):
        Thresholds(raised=4.0, clearly=3.9)
