"""A company of 2,000 people that does not exist: who writes how much, week by week.

The figures are those of the design study: a tree of 1, 5, 25 and 125 units, teams of 3 to 60
people with a median near 15, a few people who write most of it, and a summer in which people are
away for weeks on end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.cell import Cell, cell_of
from models.climate.person_day import PersonDay
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence, Window, four_weeks_of
from tests.fakes.trees import tree

MONTHS: Final = {
    "normal": four_weeks_of(date(2026, 11, 2)),
    "summer": four_weeks_of(date(2026, 7, 27)),
}
BRANCHES: Final = (5, 5, 5)
MEDIAN: Final = 14.0
"""Of the sizes of teams; their mean is 16."""
SPREAD_OF_TEAMS: Final = 0.55
A_DAY: Final = 12.0
"""Messages of one person on a working day, on the average."""
SPREAD_OF_PEOPLE: Final = 1.4
"""Of the logarithm of what people write: a weekly Gini index near 0.70."""
WORKDAYS: Final = 5
LEAST_MESSAGES: Final = 3
ALONE: Final = tree({"alone": None})


class Season(StrEnum):
    """What kind of month."""

    NORMAL = "normal"
    SUMMER = "summer"


@dataclass(frozen=True)
class Company:
    """A tree, its people, and what they wrote in one block of four weeks.

    Attributes:
        tree: Units; the headcount of each is what it has.
        month: The four weeks.
        homes: The leaf of each person.
        days: What each person wrote, by day.
        gone: People who opt out after the four weeks and before their sum is published.
    """

    tree: UnitTree
    month: Window
    homes: Sequence[str]
    days: Sequence[Mapping[date, PersonDay]]
    gone: frozenset[int]
    _contributions: dict[tuple[int, Window], Cell] = field(default_factory=dict)

    @property
    def weeks(self) -> tuple[Window, ...]:
        """The weeks of the month."""
        return self.month.split(Cadence.WEEK)

    @cached_property
    def messages(self) -> Mapping[tuple[str, int, bool], Mapping[int, int]]:
        """By leaf, number of the week and whether they opt out: people and their messages."""
        found: dict[tuple[str, int, bool], dict[int, int]] = {}
        for person, (leaf, written) in enumerate(zip(self.homes, self.days, strict=True)):
            for week, window in enumerate(self.weeks):
                count = sum(day.messages for at, day in written.items() if window.holds(at))
                if count:
                    found.setdefault((leaf, week, person in self.gone), {})[person] = count
        return found

    @cached_property
    def _people_by_leaf(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = {leaf: [] for leaf in self.tree.leaves}
        for person, leaf in enumerate(self.homes):
            found[leaf].append(person)
        return found

    def cell_of(self, people: Iterable[int], window: Window) -> Cell:
        """The cell of *people* in *window*."""
        return sum((self._contribution(person, window) for person in people), Cell())

    def _contribution(self, person: int, window: Window) -> Cell:
        if (person, window) not in self._contributions:
            self._contributions[person, window] = cell_of(self.days[person], window)
        return self._contributions[person, window]

    def cells(self, window: Window, *, without_gone: bool = False) -> dict[str, Cell]:
        """The cell of every unit."""
        left_out = self.gone if without_gone else frozenset[int]()
        return self.tree.roll_up(
            {
                leaf: self.cell_of((p for p in people if p not in left_out), window)
                for leaf, people in self._people_by_leaf.items()
            }
        )


def company(seed: int, season: Season, *, opt_outs: int = 0) -> Company:
    """One company in one month; the same seed makes the same."""
    chance = np.random.default_rng(seed)
    parents: dict[str, str | None] = {"o": None}
    level = ["o"]
    for width in BRANCHES:
        level = [f"{parent}.{n}" for parent in level for n in range(width)]
        parents |= {unit: unit.rpartition(".")[0] for unit in level}
    sizes = np.clip(chance.lognormal(np.log(MEDIAN), SPREAD_OF_TEAMS, len(level)), 3, 60)
    homes = [
        leaf
        for leaf, size in zip(level, sizes.round().astype(int), strict=True)
        for _ in range(size)
    ]
    eligible = dict.fromkeys(parents, 0)
    for leaf in homes:
        unit: str | None = leaf
        while unit is not None:
            eligible[unit] += 1
            unit = parents[unit]
    month = MONTHS[season]
    tree = UnitTree(Unit(unit, parent, eligible[unit]) for unit, parent in parents.items())
    days = _written(chance, len(homes), month, season)
    gone = frozenset(int(n) for n in chance.choice(len(homes), opt_outs, replace=False))
    return Company(tree, month, homes, days, gone)


def _written(
    chance: np.random.Generator, people: int, month: Window, season: Season
) -> list[dict[date, PersonDay]]:
    """What everybody wrote: counts by day, and a mood that is theirs and the week's."""
    present = _present(chance, people, season)
    appetite = A_DAY * chance.lognormal(-(SPREAD_OF_PEOPLE**2) / 2, SPREAD_OF_PEOPLE, people)
    counts = chance.poisson(appetite[:, None, None] * present[:, :, None], (people, 4, WORKDAYS))
    mood = 0.1 + chance.normal(0, 0.06, (people, 1, 1)) + chance.normal(0, 0.05, (people, 4, 1))
    spread = 0.33 / np.sqrt(np.maximum(counts, 1))
    valence = np.clip(mood + chance.normal(0, 1, counts.shape) * spread, -1, 1)
    sums = (valence * counts * 1_000_000).round().astype(int)
    return [
        {
            month.start + timedelta(weeks=week, days=day): PersonDay(
                int(counts[person, week, day]), int(sums[person, week, day])
            )
            for week in range(4)
            for day in range(WORKDAYS)
            if counts[person, week, day]
        }
        for person in range(people)
    ]


def _present(chance: np.random.Generator, people: int, season: Season) -> NDArray[np.float64]:
    """How present each person is in each week, from 0 to 1."""
    if season is Season.NORMAL:
        return (chance.random((people, 4)) >= 0.05).astype(float)
    # Three weeks away that begin in one of six weeks around the month; on some days people write.
    begins = chance.integers(-3, 4, people)[:, None]
    weeks = np.arange(4)[None, :]
    away = (weeks >= begins) & (weeks < begins + chance.integers(2, 5, people)[:, None])
    stray = np.where(chance.random((people, 4)) < 0.1, 0.05, 0.0)
    return np.where(away, stray, 0.8)
