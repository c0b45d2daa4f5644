"""The planted truth of one week, laid out over leaves and people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.simulation.score_level.calibration import LEAVING_WEEKS
from models.simulation.score_level.population import Flags, Floats, Integers, Population
from models.simulation.score_level.truth import GhostTown, Silo, Truth


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What is different in one week.

    Attributes:
        leaf: Of each person, where they belong.
        shift: Of each leaf, added to the valence of its people.
        activity: Of each leaf, share of its messages that are written.
        outward: Of each leaf, share of its replies to others that are written.
        leaving: Of each person, whether they leave with others.
        own_rate: Of each person, messages on a working day; 0 where their usual ones.
        own_valence: Of each person, added to their valence.
    """

    leaf: Integers
    shift: Floats
    activity: Floats
    outward: Floats
    leaving: Flags
    own_rate: Floats
    own_valence: Floats


class Staging:
    """The truth in terms of rows instead of names."""

    def __init__(
        self, population: Population, truth: Truth, generator: np.random.Generator
    ) -> None:
        self._population = population
        self._truth = truth
        self._shifts = [(one, population.leaves_of(one.unit)) for one in truth.shifts]
        self._ghosts = [(one, population.leaves_of(one.unit)) for one in truth.ghost_towns]
        self._silos = [(one, population.leaves_of(one.unit)) for one in truth.silos]
        self._leavers = [
            (one.first_week, self._some(population.leaves_of(one.unit), one.leavers, generator))
            for one in truth.waves
        ]
        self._moves = [
            (one.first_week, self._share(one.source, one.share, generator), self._leaf(one.target))
            for one in truth.reorganisations
        ]
        self._loud = [(one, self._first(one.leaf)) for one in truth.dominances]

    def of(self, week: int) -> Stage:
        """What is different in *week*, counted from 0."""
        population = self._population
        leaves, people = population.leaves.size, population.leaf.size
        shift, leaf = np.zeros(leaves), population.leaf.copy()
        for planted, where in self._shifts:
            if planted.first_week <= week < planted.until:
                shift[where] += planted.by
        for first_week, movers, target in self._moves:
            if week >= first_week:
                leaf[movers] = target
        leaving = np.zeros(people, np.bool_)
        for first_week, leavers in self._leavers:
            leaving[leavers] |= first_week <= week < first_week + LEAVING_WEEKS
        rate, valence = np.zeros(people), np.zeros(people)
        for one, person in self._loud:
            if week >= one.first_week:
                rate[person], valence[person] = one.messages_a_day, one.valence
        return Stage(
            leaf=leaf,
            shift=shift,
            activity=_left(self._ghosts, week, leaves),
            outward=_left(self._silos, week, leaves),
            leaving=leaving,
            own_rate=rate,
            own_valence=valence,
        )

    def _some(self, leaves: Flags, count: int, generator: np.random.Generator) -> Integers:
        population = self._population
        able = np.flatnonzero(leaves[population.leaf] & population.read & ~population.bot)
        if count > able.size:
            raise ValueError("more leavers than people")
        return generator.choice(able, count, replace=False)

    def _share(self, leaf: str, share: float, generator: np.random.Generator) -> Integers:
        there = np.flatnonzero(self._population.leaf == self._leaf(leaf))
        return generator.choice(there, round(share * there.size), replace=False)

    def _leaf(self, unit: str) -> int:
        (row,) = np.flatnonzero(self._population.leaves_of(unit))
        return int(row)

    def _first(self, leaf: str) -> int:
        return int(np.flatnonzero(self._population.leaf == self._leaf(leaf))[0])


def _left(
    planted: list[tuple[GhostTown, Flags]] | list[tuple[Silo, Flags]], week: int, leaves: int
) -> Floats:
    left = np.ones(leaves)
    for one, where in planted:
        if week >= one.first_week:
            left[where] *= one.left
    return left
