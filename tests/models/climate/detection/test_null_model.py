"""Chance alone, with the sizes, gaps and lineages of the tenant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.climate.detection.null_model import null_panel
from models.climate.detection.weekly_chance import WeeklyChance
from tests.models.climate.detection.organisations import UNITS, noisy, panel

WHOLE = panel(noisy(400, seed=0))
LEAF, DIVISION = WHOLE.units.index("b2"), WHOLE.units.index("b")


def drawn(chance: WeeklyChance, seed: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    net = null_panel(WHOLE, UNITS, chance, np.random.default_rng(seed)).net
    return net.reshape(len(WHOLE.units), 400)


def test_every_unit_varies_as_its_size_says_whatever_is_below_it() -> None:
    net = drawn(WeeklyChance(tau=0.01, kappa=0.12, lasting=0.0, memory=0.0))

    expected = np.sqrt(0.01**2 + 0.12**2 / WHOLE.n_eff[1:, 0])
    assert net[1:].std(axis=1) == pytest.approx(expected, rel=0.12)


def test_a_unit_shares_the_chance_of_its_children() -> None:
    net = drawn(WeeklyChance(tau=0.0, kappa=0.12, lasting=0.0, memory=0.0))

    teams = [WHOLE.units.index(team) for team in UNITS.children("b")]
    assert net[DIVISION] == pytest.approx(net[teams].mean(axis=0))


def test_what_happens_to_a_whole_unit_is_its_own() -> None:
    net = drawn(WeeklyChance(tau=0.01, kappa=0.0, lasting=0.0, memory=0.0))

    assert np.corrcoef(net[LEAF], net[DIVISION])[0, 1] == pytest.approx(0, abs=0.15)
    assert net[DIVISION].std() == pytest.approx(0.01, rel=0.1)


def test_weeks_remember_as_much_as_they_should() -> None:
    net = drawn(WeeklyChance(tau=0.01, kappa=0.12, lasting=0.6, memory=0.8))[1:]

    lags = [np.corrcoef(net[:, :-lag].ravel(), net[:, lag:].ravel())[0, 1] for lag in (1, 2)]
    assert lags == pytest.approx([0.48, 0.384], abs=0.04)
    assert net[6:].std() == pytest.approx(np.sqrt(0.01**2 + 0.12**2 / 30), rel=0.03)


def test_people_of_no_released_child_are_drawn_all_the_same() -> None:
    withheld = WHOLE.weight.copy()
    n_eff = WHOLE.n_eff.copy()
    withheld[LEAF], n_eff[LEAF] = 0, np.nan
    net = WHOLE.net.copy()
    net[LEAF] = np.nan
    gap = replace(WHOLE, net=net, weight=withheld, n_eff=n_eff)

    found = null_panel(gap, UNITS, WeeklyChance(0.0, 0.12, 0.0, 0.0), np.random.default_rng(1)).net

    assert np.isnan(found[LEAF]).all()
    assert found[DIVISION].std() == pytest.approx(0.12 / np.sqrt(150), rel=0.12)


def test_gaps_stay_and_the_same_chance_gives_the_same_weeks() -> None:
    chance = WeeklyChance(0.01, 0.12, 0.3, 0.5)

    np.testing.assert_array_equal(drawn(chance), drawn(chance))
    np.testing.assert_array_equal(np.isnan(drawn(chance)), np.isnan(WHOLE.net))
