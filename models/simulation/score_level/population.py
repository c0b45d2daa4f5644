"""Who works where, how much each writes and how each feels in the long run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.simulation.calendar import Country
from models.simulation.chance import apportion
from models.simulation.score_level.calibration import Calibration, Composition

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

ROOT: Final = "o"
USUAL_BRANCHING: Final = (5, 5, 5)
"""5 divisions, 25 departments, 125 teams (design study)."""
LEAST_TEAM: Final = 3
SPREAD_OF_TEAMS: Final = 0.65
"""Standard deviation of the logarithm: with 2,000 people in 125 teams sizes run from 3 to about 60
and 90 teams have 10 people or more (design study: 93)."""
BOT_MESSAGES_A_DAY: Final = 200.0
COUNTRIES: Final = tuple(Country)


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """N people in the L leaves of a tree of U units; bots that pass for people come last.

    Attributes:
        units: Ids, parents before children; an id is its parent's, a dot and a number.
        leaves: Rows of the leaves among the units.
        leaf: Of each person, which of the L leaves.
        rate: Messages on an ordinary working day.
        effect: Long-run valence beside everybody's.
        country: Index into ``COUNTRIES``.
        misread: Share of messages whose valence is read the wrong way round.
        false_positive: Share of messages that are taken for the signal.
        read: Whether the person's messages are read at all.
        bot: Whether it is none of a person.
    """

    units: tuple[str, ...]
    leaves: Integers
    leaf: Integers
    rate: Floats
    effect: Floats
    country: Integers
    misread: Floats
    false_positive: Floats
    read: Flags
    bot: Flags

    @property
    def below(self) -> Flags:
        """U x L: whether the leaf is the unit or below it."""
        names = [self.units[row] for row in self.leaves]
        return np.array(
            [[leaf == unit or leaf.startswith(f"{unit}.") for leaf in names] for unit in self.units]
        )

    def leaves_of(self, unit: str) -> Flags:
        """Of each leaf whether it is *unit* or below it.

        Raises:
            ValueError: there is no such unit.
        """
        names = [self.units[row] for row in self.leaves]
        found = np.array([leaf == unit or leaf.startswith(f"{unit}.") for leaf in names])
        if not found.any():
            raise ValueError("no such unit")
        return found

    def headcount(self) -> Integers:
        """People of each unit who may count: read, and no bot that is known as one."""
        at_leaves = np.bincount(self.leaf[self.read], minlength=self.leaves.size)
        return self.below.astype(np.int64) @ at_leaves


def populate(
    people: int,
    branching: Sequence[int],
    calibration: Calibration,
    composition: Composition,
    generator: np.random.Generator,
) -> Population:
    """Draw an organisation.

    Args:
        people: How many; opted-out ones are among them, bots are not.
        branching: Children of each unit, level by level from the root.
        calibration: How people write and feel.
        composition: Languages, opt-outs and bots.
        generator: Where the chance comes from.

    Raises:
        ValueError: too few people for three in every leaf.
    """
    units, leaves = _tree(branching)
    sizes = np.exp(SPREAD_OF_TEAMS * generator.standard_normal(leaves.size))
    home = np.repeat(np.arange(leaves.size), apportion(people, sizes.tolist(), least=LEAST_TEAM))
    bots = round(composition.bots * people)
    leaf = np.concatenate([home, generator.integers(0, leaves.size, bots)])
    bot = np.arange(leaf.size) >= people
    spread = calibration.activity
    appetite = np.exp(spread * generator.standard_normal(leaf.size) - spread**2 / 2)
    languages = tuple(composition.languages)
    spoken = generator.choice(
        len(languages), leaf.size, p=[composition.languages[name] for name in languages]
    )
    shape = calibration.false_positive_shape
    return Population(
        units=units,
        leaves=leaves,
        leaf=leaf,
        rate=np.where(bot, BOT_MESSAGES_A_DAY, calibration.messages_a_day * appetite),
        effect=np.where(bot, 0.0, calibration.person * generator.standard_normal(leaf.size)),
        country=generator.integers(0, len(COUNTRIES), leaf.size),
        misread=np.array([composition.irony[name] for name in languages])[spoken],
        false_positive=np.where(
            bot, 0.0, calibration.false_positives / shape * generator.gamma(shape, size=leaf.size)
        ),
        read=bot | (generator.random(leaf.size) >= composition.opted_out),
        bot=bot,
    )


def _tree(branching: Sequence[int]) -> tuple[tuple[str, ...], Integers]:
    """Ids level by level, and the rows of the last level."""
    levels: list[list[str]] = [[ROOT]]
    for children in branching:
        levels.append([f"{unit}.{child}" for unit in levels[-1] for child in range(children)])
    units = tuple(unit for level in levels for unit in level)
    return units, np.arange(len(units) - len(levels[-1]), len(units))
