"""One person moves the numbers by no more than what the noise is made for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import hypot, sqrt
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.climate.cell import Cell, cell_of
from models.climate.disclosure import noise
from models.climate.disclosure.noise import BoundedSums, Mechanism, Noise, bounded
from models.climate.disclosure.release import INDICATORS, Release, release
from models.climate.person_day import PersonDay
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence
from tests.fakes.trees import FOUR_WEEKS, WEEK, cells, crowd

WINDOWS = {Cadence.WEEK: WEEK, Cadence.FOUR_WEEKS: FOUR_WEEKS}
CADENCES = list(WINDOWS)
messages = st.lists(st.tuples(st.integers(0, 60), st.integers(-1_000_000, 1_000_000)), max_size=28)
centres = st.integers(-100, 100).map(lambda hundredths: 10_000 * hundredths)


def person(written: list[tuple[int, int]], cadence: Cadence) -> Cell:
    """Somebody who wrote so many messages of one valence on each of the first days."""
    first = WINDOWS[cadence].start
    days = {
        first + timedelta(days=day): PersonDay(count, count * micro)
        for day, (count, micro) in enumerate(written[: cadence.days])
    }
    return cell_of(days, WINDOWS[cadence])


@given(messages, centres, st.sampled_from(CADENCES), st.integers(1, 3))
@example([(60, 1_000_000)] * 28, -1_000_000, Cadence.WEEK, 3)
@example([(60, -1_000_000)] * 28, 1_000_000, Cadence.FOUR_WEEKS, 2)
def test_whatever_one_person_writes_moves_the_numbers_within_the_sensitivity(
    written: list[tuple[int, int]], centre: int, cadence: Cadence, levels: int
) -> None:
    theirs = bounded(person(written, cadence), centre)
    moved = [theirs.weight * noise.WEIGHT_STEPS[cadence], theirs.centred] * levels

    distance = hypot(*moved) if cadence is Cadence.WEEK else sum(map(abs, moved))
    assert distance <= noise.sensitivity(cadence, levels)


@pytest.mark.parametrize("cadence", CADENCES)
def test_the_sensitivity_is_reached_and_no_larger_than_it_must_be(cadence: Cadence) -> None:
    loudest = bounded(person([(60, 1_000_000)] * 28, cadence), 0)
    moved = loudest.weight * noise.WEIGHT_STEPS[cadence], loudest.centred

    distance = hypot(*moved) if cadence is Cadence.WEEK else sum(moved)
    assert distance == noise.sensitivity(cadence, 1)
    assert loudest.weight == noise.most_weight(cadence) == 20 * (cadence.days // 7)


def test_sums_and_weights_split_the_budget_eighty_to_twenty() -> None:
    gaussian, laplace = (300 / noise.WEIGHT_STEPS[cadence] for cadence in CADENCES)

    assert (gaussian**2, laplace) == (4, 4)


@given(st.floats(1e-4, 10), st.integers(1, 3), st.sampled_from(CADENCES))
def test_a_window_costs_no_more_than_its_share_and_little_less(
    cost: float, levels: int, cadence: Cadence
) -> None:
    scale = noise.scale(cadence, levels, cost)
    moved = noise.sensitivity(cadence, levels)

    spent = moved**2 / (2 * scale**2) if cadence is Cadence.WEEK else moved / scale
    assert spent < cost
    assert spent > cost * (1 - 3 / scale) ** 2


def test_a_person_near_the_centre_counts_as_they_are() -> None:
    week = person([(4, 250_000)] * 5, Cadence.WEEK)

    assert bounded(week, 100_000) == BoundedSums(20, 20 * 150)
    assert bounded(week, 900_000) == BoundedSums(20, -20 * 300)


def estimated(weight: int, centred: int, **changed: Any) -> noise.NoisySums:
    given_: dict[str, Any] = {
        "weight": weight * 150, "centred": centred, "cadence": Cadence.WEEK, "scale": 20_000,
        "centre_micro": 200_000, "least_people": 100,
    }  # fmt: skip
    return noise.estimate(**given_ | changed)


def test_the_estimate_is_the_centre_plus_the_mean_distance_from_it() -> None:
    assert estimated(1_000, -50_000).valence == pytest.approx(0.2 - 0.05)
    assert estimated(1_000, -900_000).valence == pytest.approx(0.2 - 0.3)
    assert estimated(1_000, 900_000, centre_micro=950_000).valence == 1


def test_a_weight_that_noise_made_tiny_or_negative_is_not_believed() -> None:
    floor = 0.3 * 20 * 100

    assert estimated(-5_000, 60_000) == estimated(3, 60_000) == estimated(int(floor), 60_000)
    assert estimated(3, 60_000).valence == pytest.approx(0.2 + 60 / floor)


def test_the_margin_is_that_of_a_sum_over_a_weight() -> None:
    of_sum = estimated(1_000, 0).margin
    of_both = estimated(1_000, 300_000).margin
    laplace = estimated(1_000, 0, cadence=Cadence.FOUR_WEEKS).margin

    # 20,000 thousandths of 1,000 weights; at the clip the weight's own noise is twice as much.
    assert of_sum == pytest.approx(1.645 * 0.02)
    assert of_both == pytest.approx(1.645 * 0.02 * sqrt(1 + 2**2))
    assert laplace == pytest.approx(1.645 * sqrt(2) * 20 / (30_000 * 80 * 0.3 / 300))


TREE = UnitTree(
    [
        Unit("org", None, 60),
        Unit("north", "org", 30),
        Unit("north.team", "north", 30),
        Unit("south", "org", 30),
    ]
)
PEOPLE = cells(TREE, [*crowd("north.team", 20), *crowd("south", 8)], FOUR_WEEKS)


class Recorded:
    """Adds 1 to every number and remembers what it was given."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.given: list[Sequence[int]] = []
        self._refuses = refuses

    def __call__(self, exact: Sequence[int]) -> Sequence[int] | None:
        """Add 1, or refuse."""
        self.given.append(exact)
        return None if self._refuses else [number + 1 for number in exact]


def released(mechanism: Mechanism, k: int = 5, **changed: Any) -> Release:
    sums = {unit: BoundedSums(cell.weight, 10 * cell.weight) for unit, cell in PEOPLE.items()}
    given_: dict[str, Any] = {
        "tree": TREE,
        "plan": dict.fromkeys(TREE.top_down(), Cadence.FOUR_WEEKS),
        "window": FOUR_WEEKS,
        "cells": PEOPLE,
        "k": k,
        "indicators": INDICATORS,
        "noise": Noise(
            due=frozenset({"org", "north", "south"}),
            sums=sums,
            eligible={unit: TREE.eligible(unit) for unit in TREE.top_down()},
            centre_micro=0,
            scale=1_000,
            mechanism=mechanism,
        ),
    }
    return release(**given_ | changed)


def test_the_gate_decides_first_and_only_then_noise_is_added() -> None:
    mechanism = Recorded()
    found = released(mechanism, k=10)

    # Eight people of the south are too few, and so are they as what is left of everybody.
    assert [cell.unit for cell in found.published] == ["org"]
    weight = PEOPLE["org"].weight
    assert mechanism.given == [[weight * 75, 10 * weight]]


def test_with_noise_neither_shares_nor_numbers_of_people_nor_teams_leave() -> None:
    found = released(Recorded())

    assert {cell.unit for cell in found.published} == {"org", "north", "south"}
    assert {(cell.indicator, cell.band) for cell in found.published} == {("valence", "5+")}
    assert all(cell.margin is not None and cell.margin >= 0.01 for cell in found.published)
    assert (found.withheld, found.decisions) == (0, {"published": 3})


def test_statistics_hold_noisy_sums_and_a_number_of_people_from_the_weight_alone() -> None:
    found = {each.unit: each for each in released(Recorded()).statistics}

    least = 0.3 * 80 * 30
    assert found["south"].weight == found["north"].weight == least
    assert found["south"].contributors == max(5, least // 80)
    assert found["south"].n_eff == least / 80
    assert found["south"].valence == pytest.approx(
        (10 * PEOPLE["south"].weight + 1) / least / 1_000, abs=1e-6
    )


def test_over_budget_nothing_leaves() -> None:
    found = released(Recorded(refuses=True))

    assert (found.published, found.statistics) == ((), ())
    assert (found.withheld, found.decisions) == (3, {"over_budget": 3})


def test_a_policy_without_valence_draws_no_noise_and_releases_nothing() -> None:
    mechanism = Recorded()
    found = released(mechanism, indicators=("exhaustion",))

    assert (found.published, mechanism.given) == ((), [[]])
