"""The simulated organisation has the figures that were measured before it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import islice

import numpy as np
import pytest

from models.simulation.score_level.calibration import CAL, HEAVY_TAILS, PLAIN, STRESS
from models.simulation.score_level.leaf_week import leaf_week
from models.simulation.score_level.population import USUAL_BRANCHING, Floats, populate
from models.simulation.score_level.truth import Truth
from models.simulation.score_level.weeks import PersonWeek, play

MONDAY = date(2026, 1, 5)
SEEDS = range(4)


def gini(written: Floats) -> float:
    """Of people, corrected for how few they are."""
    ordered = np.sort(written)
    n = ordered.size
    places = 2 * np.arange(1, n + 1) - n - 1
    return float(places @ ordered / (n * ordered.sum()) * n / (n - 1))


def year(seed: int) -> dict[str, float]:
    """What the design study measured, of one simulated year of 2,000 people."""
    population = populate(2_000, USUAL_BRANCHING, CAL, PLAIN, np.random.default_rng(seed))
    leaves, below = population.leaves.size, population.below.astype(float)
    weeks = list(islice(play(population, CAL, Truth(), MONDAY, seed), 52))
    written = [week.messages[week.messages > 0] for week in weeks]
    top = [np.sort(n)[::-1][: round(0.1 * n.size)].sum() / n.sum() for n in written]
    sums = [leaf_week(week, leaves) for week in weeks]
    means = np.array([weighed(week, below, leaves) for week in weeks])
    means[:, 1] = [below @ s.weighted_micro / 1e6 / (below @ s.weight) for s in sums]
    residual = means - means[:, :, :1]
    residual -= residual.mean(axis=0)
    size = population.headcount()
    teams = population.leaves[size[population.leaves] >= 10]
    departments = np.arange(6, 31)
    found = {
        "gini": float(np.mean([gini(n.astype(float)) for n in written])),
        "top tenth": float(np.mean(top)),
        "people with the signal": float(np.mean([s.with_signal.sum() for s in sums])),
        "memory": float((residual[1:, 1] * residual[:-1, 1]).mean() / (residual[:, 1] ** 2).mean()),
        "teams of ten": float(teams.size),
    }
    for name, rows in (("team", teams), ("department", departments)):
        deviation = np.sqrt((residual[:, :, rows] ** 2).mean(axis=(0, 2)) * 52 / 51)
        found |= {f"{name}, message mean": deviation[0], f"{name}, bounded": deviation[1]}
    return found


def weighed(week: PersonWeek, below: Floats, leaves: int) -> Floats:
    """2 x units: mean of messages, and room for the bounded mean."""
    valence = below @ np.bincount(week.leaf, week.message_sum, leaves)
    messages = below @ np.bincount(week.leaf, week.messages, leaves)
    return np.stack([valence / messages, valence])


@pytest.fixture(scope="module")
def measured() -> Mapping[str, float]:
    years = [year(seed) for seed in SEEDS]
    return {name: float(np.mean([found[name] for found in years])) for name in years[0]}


@pytest.mark.parametrize(
    ("figure", "published", "within"),
    [
        ("gini", 0.70, 0.02),
        ("top tenth", 0.58, 0.025),
        ("people with the signal", 77, 9),
        ("memory", 0.12, 0.04),
        ("teams of ten", 93, 8),
        ("team, message mean", 0.0340, 0.0040),
        ("team, bounded", 0.0280, 0.0020),
        ("department, message mean", 0.0214, 0.0032),
        ("department, bounded", 0.0149, 0.0012),
    ],
)
def test_the_calibration_case_has_the_published_figures(
    measured: Mapping[str, float], figure: str, published: float, within: float
) -> None:
    print(f"{figure}: {measured[figure]:.4f}, published {published}")

    assert measured[figure] == pytest.approx(published, abs=within)


def test_a_persons_week_has_the_published_share_of_the_variance_of_messages() -> None:
    correlation = CAL.person_week**2 / (CAL.person_week**2 + CAL.message**2)

    assert 0.020 <= correlation <= 0.031


def test_stress_doubles_people_their_weeks_and_units() -> None:
    assert STRESS.person == 2 * CAL.person
    assert STRESS.person_week == 2 * CAL.person_week
    assert STRESS.unit_week == 2 * CAL.unit_week


def test_heavy_tails_are_as_wide_and_reach_farther() -> None:
    quiet = replace(CAL, message=1e-9, person=0.0, person_week=0.0, everybody_week=0.0)
    population = populate(2_000, USUAL_BRANCHING, CAL, PLAIN, np.random.default_rng(1))
    department = population.below[6:31].astype(float)
    off = {}
    for name, degrees in (("normal", CAL.shock_degrees), ("t3", HEAVY_TAILS.shock_degrees)):
        weeks = play(population, replace(quiet, shock_degrees=degrees), Truth(), MONDAY, 1)
        sums = [leaf_week(week, 125) for week in islice(weeks, 200)]
        means = np.array([department @ s.weighted_micro / (department @ s.weight) for s in sums])
        off[name] = (means - means.mean(axis=1, keepdims=True)) / 1e6

    assert np.std(off["t3"]) == pytest.approx(np.std(off["normal"]), rel=0.2)
    far = {name: int(np.sum(np.abs(x) > 4 * np.std(x))) for name, x in off.items()}
    assert far["normal"] <= 2
    assert far["t3"] >= 5
