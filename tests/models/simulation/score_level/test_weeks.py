"""What is planted happens, where and when it is planted, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice

import numpy as np
import pytest

from models.language.labels import Language
from models.simulation.score_level.calibration import CAL, MIXED, PLAIN, Calibration, Composition
from models.simulation.score_level.population import USUAL_BRANCHING, Population, populate
from models.simulation.score_level.truth import (
    Dominance,
    GhostTown,
    Reorganisation,
    Shift,
    Silo,
    Truth,
    Wave,
)
from models.simulation.score_level.weeks import PersonWeek, play

MONDAY = date(2026, 3, 2)


def people(seed: int = 1, composition: Composition = PLAIN, count: int = 2_000) -> Population:
    return populate(count, USUAL_BRANCHING, CAL, composition, np.random.default_rng(seed))


def played(
    population: Population, truth: Truth, weeks: int = 6, calibration: Calibration = CAL
) -> list[PersonWeek]:
    return list(islice(play(population, calibration, truth, MONDAY, 7), weeks))


def differing(population: Population, truth: Truth, what: str, weeks: int = 6) -> list[set[int]]:
    """Of each week the people of whom *what* is another than in a world without *truth*."""
    pairs = zip(played(population, Truth(), weeks), played(population, truth, weeks), strict=True)
    return [
        set(np.flatnonzero(getattr(one, what) != getattr(other, what)).tolist())
        for one, other in pairs
    ]


def members(population: Population, unit: str) -> set[int]:
    return set(np.flatnonzero(population.leaves_of(unit)[population.leaf]).tolist())


def test_the_same_seed_is_the_same_world() -> None:
    assert all(not changed for changed in differing(people(), Truth(), "weighted_micro"))


def test_a_shift_moves_the_mean_of_its_people_and_of_nobody_else() -> None:
    population = people()
    truth = Truth(shifts=(Shift("o.1.2", 2, 4, -0.1),))

    before, after = played(population, Truth()), played(population, truth)

    inside = np.zeros(population.leaf.size, np.bool_)
    inside[list(members(population, "o.1.2"))] = True
    for week, (one, other) in enumerate(zip(before, after, strict=True)):
        moved = (other.weighted_micro - one.weighted_micro) / 1e6
        expected = np.where(inside & (week in (2, 3)), -0.1 * one.weight, 0.0)
        # A day's mean is bounded at 1 on either side, which takes a little from the move.
        assert np.all(moved[~inside] == 0)
        assert moved.sum() == pytest.approx(expected.sum(), rel=0.02)


def test_leavers_write_the_signal_for_eight_weeks_and_no_longer() -> None:
    population = people()
    truth = Truth(waves=(Wave("o.2", 1, 40),))

    changed = differing(population, truth, "signal_messages", weeks=12)

    assert not changed[0]
    assert all(week <= members(population, "o.2") for week in changed)
    assert [len(week) > 5 for week in changed] == [False, *[True] * 8, False, False, False]


def test_a_ghost_town_falls_silent() -> None:
    population = people()
    truth = Truth(ghost_towns=(GhostTown("o.0.0", 2, 0.05),))

    before, after = played(population, Truth()), played(population, truth)

    assert all(
        week <= members(population, "o.0.0") for week in differing(population, truth, "messages")
    )
    town = list(members(population, "o.0.0"))
    left = [
        other.messages[town].sum() / one.messages[town].sum()
        for one, other in zip(before, after, strict=True)
    ]
    assert left == pytest.approx([1, 1, 0.05, 0.05, 0.05, 0.05], abs=0.02)


def test_a_silo_answers_nobody_else_and_writes_as_much() -> None:
    population = people()
    truth = Truth(silos=(Silo("o.3", 3, 0.0),))

    before, after = played(population, Truth()), played(population, truth)

    silo = list(members(population, "o.3"))
    assert [week.outward[silo].sum() > 0 for week in after] == [True] * 3 + [False] * 3
    assert all(np.array_equal(a.messages, b.messages) for a, b in zip(before, after, strict=True))


def test_a_reorganisation_moves_people_and_changes_nothing_that_they_write() -> None:
    population = people()
    source, target = "o.0.0.0", "o.4.4.4"
    truth = Truth(reorganisations=(Reorganisation(source, target, 3, 0.5),))

    moved = differing(population, truth, "leaf")

    assert [len(week) for week in moved[:3]] == [0, 0, 0]
    assert moved[3] <= members(population, source)
    assert len(moved[3]) == round(0.5 * len(members(population, source)))
    assert not any(differing(population, truth, "messages"))


def test_one_person_can_drown_out_a_team_and_weighs_no_more_than_the_bound() -> None:
    population = people()
    truth = Truth(dominances=(Dominance("o.1.1.1", 0, 400.0, -0.5),))

    (loud,) = differing(population, truth, "messages", weeks=1)

    week = played(population, truth, weeks=1)[0]
    (person,) = loud
    team = list(members(population, "o.1.1.1"))
    assert week.messages[person] > week.messages[team].sum() / 2
    assert week.weight[person] <= 20
    assert week.weighted_micro[person] < 0


def test_who_opted_out_writes_nothing_that_is_read() -> None:
    population = people(composition=MIXED)

    week = played(population, Truth(), weeks=1)[0]

    assert 0.03 < np.mean(~population.read) < 0.07
    assert week.messages[~population.read].sum() == 0
    assert population.headcount()[0] == population.read.sum()


def test_bots_write_a_lot_and_have_no_mood() -> None:
    population = people(composition=MIXED)
    week = played(population, Truth(), weeks=1)[0]

    bots = np.flatnonzero(population.bot & (week.weight > 0))

    assert population.bot.sum() == 20
    assert np.median(week.messages[bots]) > 500
    assert np.all(week.weight[bots] == 20)


def test_irony_takes_from_a_drop_what_is_misread() -> None:
    mixed = Composition({Language.NL: 1.0}, {Language.NL: 0.1}, opted_out=0.0, bots=0.0)
    drop = Truth(shifts=(Shift("o", 0, 9, -0.2),))
    effect = {}
    for name, composition in (("plain", PLAIN), ("mixed", mixed)):
        population = people(composition=composition)
        one, other = (played(population, truth, weeks=1)[0] for truth in (Truth(), drop))
        effect[name] = (other.weighted_micro - one.weighted_micro).sum() / one.weight.sum() / 1e6

    assert effect["mixed"] == pytest.approx(0.8 * effect["plain"], rel=0.03)


def test_much_less_is_written_in_a_week_of_holidays() -> None:
    population = people()
    christmas, ordinary = (
        next(play(population, CAL, Truth(), monday, 1)).messages.sum()
        for monday in (date(2026, 12, 21), date(2026, 3, 2))
    )

    assert christmas < 0.85 * ordinary


@pytest.mark.parametrize("branching", [(2, 3), (4,), (3, 3, 3, 2)])
def test_any_shape_of_tree_can_be_played(branching: Sequence[int]) -> None:
    population = populate(200, branching, CAL, PLAIN, np.random.default_rng(1))

    assert population.leaves.size == np.prod(branching)
    assert population.below[0].all()
    assert population.headcount()[0] == 200
    assert np.bincount(population.leaf).min() >= 3


def test_what_is_planted_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="no such unit"):
        played(people(), Truth(shifts=(Shift("o.9", 0, 1, -0.1),)))
    with pytest.raises(ValueError, match="more leavers"):
        played(people(), Truth(waves=(Wave("o.0.0.0", 0, 500),)))
    with pytest.raises(ValueError, match="Monday"):
        next(play(people(), CAL, Truth(), date(2026, 3, 3), 1))
