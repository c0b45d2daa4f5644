"""Worlds in which nothing happens, played once and released through the door; truth comes after.

What a drop does to released sums is linear: it adds ``by * W`` to ``S`` of every person of the unit
and changes nobody's weight.  No rule of the door looks at valence.  So one world serves for every
drop that could have happened in it, and the door is asked once a week.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

import numpy as np

from models.climate.cell import Cell
from models.climate.disclosure import cadence_plan
from models.climate.disclosure.release import VALENCE, ClosedWindow, Release, release
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.person_day import NO_SIGNALS
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence, Window, four_weeks_of, week_of
from models.language.labels import Signal
from models.simulation.score_level.calibration import PLAIN, Calibration, Composition
from models.simulation.score_level.leaf_week import LeafWeek, leaf_week
from models.simulation.score_level.population import (
    USUAL_BRANCHING,
    Flags,
    Floats,
    Integers,
    Population,
    populate,
)
from models.simulation.score_level.truth import Truth
from models.simulation.score_level.weeks import PersonWeek, play
from tests.detection_quality import blocks
from tests.detection_quality.blocks import Blocks

FIRST: Final = date(2025, 12, 29)
"""First day of a block."""
WEEKS: Final = 80
"""26 of a baseline, 52 that are monitored, and two to make the blocks whole."""
PEOPLE: Final = 2_000
K: Final = 10
TURNOVER: Final = str(Signal.TURNOVER_INTENT)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """U units x T weeks of sums, and which of them left through the door.

    Attributes:
        population: Who wrote.
        tree: The same units as the detector knows them.
        below: U x L, leaves of each unit.
        weeks: T.
        weight: Sum of weights (``W``).
        micro: Weighted valence in millionths (``S``).
        contributors: ``n``.
        n_eff: Effective contributors.
        with_signal: Contributors with the signal.
        messages: All read messages.
        message_sum: Sum of their valence, what the naive rival uses.
        released: Whether the valence was.
        blocks: Of four weeks, for units that are published so.
        shared: Whether the share of people with the signal was.
    """

    population: Population
    tree: UnitTree
    below: Flags
    weeks: tuple[Window, ...]
    weight: Integers
    micro: Integers
    contributors: Integers
    n_eff: Floats
    with_signal: Integers
    messages: Integers
    message_sum: Floats
    released: Flags
    shared: Flags
    blocks: Blocks

    def shifted(self, unit: str, first_week: int, by: float) -> Integers:
        """``micro`` if everybody below *unit* had felt *by* differently from that week on."""
        leaves = self.population.leaves
        added = np.rint(1_000_000 * by * self.weight[leaves]).astype(np.int64)
        added[~self.population.leaves_of(unit)] = 0
        added[:, :first_week] = 0
        moved: Integers = self.micro + self.below.astype(np.int64) @ added
        return moved

    def statistics(self, micro: Integers, released: Flags) -> list[ReleasedStatistic]:
        """What the detector reads of *released* cells."""
        return [
            ReleasedStatistic(
                unit=self.population.units[row],
                window=self.weeks[week],
                weight=int(self.weight[row, week]),
                weighted_micro=int(micro[row, week]),
                contributors=int(self.contributors[row, week]),
                n_eff=float(self.n_eff[row, week]),
            )
            for row, week in np.argwhere(released).tolist()
        ]

    def four_weekly(self, micro: Integers) -> list[ReleasedStatistic]:
        """The same of the units that are published every four weeks."""
        shape = (len(self.population.units), -1, blocks.WEEKS)
        weight, sums = (values.reshape(shape).sum(axis=2) for values in (self.weight, micro))
        return [
            ReleasedStatistic(
                unit=self.population.units[row],
                window=four_weeks_of(self.weeks[blocks.WEEKS * block].start),
                weight=int(weight[row, block]),
                weighted_micro=int(sums[row, block]),
                contributors=int(self.blocks.contributors[row, block]),
                n_eff=float(self.blocks.n_eff[row, block]),
            )
            for row, block in np.argwhere(self.blocks.released).tolist()
        ]


def unit_tree(population: Population) -> UnitTree:
    """The tree that the rules know."""
    counts = population.headcount().tolist()
    return UnitTree(
        Unit(unit, unit.rpartition(".")[0] or None, count)
        for unit, count in zip(population.units, counts, strict=True)
    )


def cells_of(population: Population, week: LeafWeek) -> dict[str, Cell]:
    """The cell of each leaf; every signal but that of leaving is nobody's."""
    at = tuple(Signal).index(Signal.TURNOVER_INTENT)
    return {
        population.units[row]: Cell(
            messages=int(week.messages[leaf]),
            contributors=int(week.contributors[leaf]),
            weight=int(week.weight[leaf]),
            weighted_micro=int(week.weighted_micro[leaf]),
            weight_squares=int(week.weight_squares[leaf]),
            heaviest=(int(week.heaviest[leaf, 0]), int(week.heaviest[leaf, 1])),
            signal_contributors=(
                *NO_SIGNALS[:at],
                int(week.with_signal[leaf]),
                *NO_SIGNALS[at + 1 :],
            ),
        )
        for leaf, row in enumerate(population.leaves.tolist())
    }


def released_week(
    tree: UnitTree, plan: Mapping[str, Cadence], cells: Mapping[str, Cell], week: LeafWeek
) -> Release:
    """What the door lets out of *week*."""
    return release(
        tree=tree,
        plan=plan,
        window=week_of(week.start),
        cells=cells,
        k=K,
        indicators=(VALENCE, TURNOVER),
    )


def a_world(
    calibration: Calibration,
    seed: int,
    truth: Truth | None = None,
    composition: Composition = PLAIN,
    weeks: int = WEEKS,
) -> World:
    """Play one organisation; the truth of most is planted afterwards, with ``shifted``."""
    populated, played = np.random.SeedSequence(seed).generate_state(2).tolist()
    population = populate(
        PEOPLE, USUAL_BRANCHING, calibration, composition, np.random.default_rng(populated)
    )
    tree = unit_tree(population)
    if tree.top_down() != population.units:
        raise ValueError("units in another order")
    plan = cadence_plan.first_quarter(tree)
    row_of = {unit: row for row, unit in enumerate(population.units)}
    listed: list[LeafWeek] = []
    released = np.zeros((len(population.units), weeks), np.bool_)
    shared = np.zeros_like(released)
    in_blocks = np.zeros((len(population.units), weeks // blocks.WEEKS), np.bool_)
    people_of: list[PersonWeek] = []
    closed: list[ClosedWindow] = []
    block_sums: list[LeafWeek] = []
    stream = play(population, calibration, truth or Truth(), FIRST, played)
    for number, people in enumerate(islice(stream, weeks)):
        week = leaf_week(people, population.leaves.size)
        cells = tree.roll_up(cells_of(population, week))
        left = released_week(tree, plan, cells, week)
        people_of.append(people)
        closed.append(ClosedWindow(week_of(week.start), cells, _by_unit(left)))
        released[[row_of[statistic.unit] for statistic in left.statistics], number] = True
        shared[[row_of[c.unit] for c in left.published if c.indicator == TURNOVER], number] = True
        listed.append(week)
        if len(closed) == blocks.WEEKS:
            block = blocks.together(people_of, population.leaves.size)
            cells = tree.roll_up(cells_of(population, block))
            left = blocks.released_block(tree, plan, cells, closed, K)
            in_blocks[[row_of[unit] for unit in _by_unit(left)], len(block_sums)] = True
            block_sums.append(block)
            people_of, closed = [], []
    below = population.below.astype(np.int64)

    def up(name: str) -> Integers:
        summed: Integers = below @ np.stack([getattr(week, name) for week in listed], axis=1)
        return summed

    weight = up("weight")
    squares = np.maximum(up("weight_squares"), 1)
    return World(
        population=population,
        tree=tree,
        below=population.below,
        weeks=tuple(week_of(week.start) for week in listed),
        weight=weight,
        micro=up("weighted_micro"),
        contributors=up("contributors"),
        n_eff=weight**2 / squares,
        with_signal=up("with_signal"),
        messages=up("messages"),
        message_sum=population.below.astype(np.float64)
        @ np.stack([week.message_sum for week in listed], axis=1),
        released=released,
        shared=shared,
        blocks=blocks.blocks(population.below, block_sums, in_blocks),
    )


def _by_unit(left: Release) -> dict[str, ReleasedStatistic]:
    return {statistic.unit: statistic for statistic in left.statistics}
