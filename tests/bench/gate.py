"""How long the one door takes for a quarter of a large organisation, without any database."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

import numpy as np

from models.climate.cell import Cell
from models.climate.disclosure.cadence_plan import first_quarter
from models.climate.disclosure.release import INDICATORS, ClosedWindow, release
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Window, four_weeks_of, week_of
from models.language.labels import Driver, Signal
from tests.bench.figure import say
from tests.bench.weeks import Organisation
from tests.fakes.scores import MONDAY, policy

PEOPLE: Final = 60_000
"""As many as make about 5,000 units."""
WEEKS: Final = 13
PRESENT: Final = 0.8
"""Share of people who contribute to a week."""
WEIGHT: Final = 15
CARRIES: Final = 0.2
"""Share of contributors with one certain signal."""


def measure() -> None:
    """Measure every week of a quarter, and every four of them."""
    organisation = Organisation(PEOPLE)
    eligible = organisation.eligible
    tree = UnitTree(Unit(u, above, eligible[u]) for u, above in organisation.parents.items())
    chance = np.random.default_rng(1)
    weeks: list[ClosedWindow] = []
    took = {"weeks": 0.0, "four weeks": 0.0}
    for number in range(WEEKS):
        week = week_of(MONDAY + timedelta(weeks=number))
        leaves = {leaf: _week(chance, eligible[leaf]) for leaf in tree.leaves}
        closed, seconds = _released(tree, week, leaves, ())
        took["weeks"] += seconds
        weeks.append(closed)
        if len(weeks) == 4:
            sums = {leaf: _four([week.cells[leaf] for week in weeks]) for leaf in tree.leaves}
            month = four_weeks_of(week.start)
            took["four weeks"] += _released(tree, month, sums, tuple(weeks))[1]
            weeks.clear()
    for what, seconds in took.items():
        name = f"the gate on {len(tree):,} units, all {what} of a quarter, s"
        say(name, seconds)


def _released(
    tree: UnitTree, window: Window, leaves: dict[str, Cell], finer: tuple[ClosedWindow, ...]
) -> tuple[ClosedWindow, float]:
    """What was published of *window*, and how many seconds that took."""
    cells = tree.roll_up(leaves)
    began = time.perf_counter()
    found = release(
        tree=tree,
        plan=first_quarter(tree),
        window=window,
        cells=cells,
        k=policy().k,
        indicators=INDICATORS,
        finer=finer,
    )
    took = time.perf_counter() - began
    return ClosedWindow(window, cells, {s.unit: s for s in found.statistics}), took


def _week(chance: np.random.Generator, people: int) -> Cell:
    """What a team of *people* could have written in a week."""
    n = int(chance.binomial(people, PRESENT))
    weight = n * WEIGHT
    return Cell(
        messages=weight,
        contributors=n,
        weight=weight,
        weighted_micro=weight * int(chance.integers(-1_000_000, 1_000_000)),
        weight_squares=n * WEIGHT**2,
        heaviest=(WEIGHT * (n > 0), WEIGHT * (n > 1)),
        signal_contributors=tuple(chance.binomial(n, CARRIES, len(Signal)).tolist()),
        driver_contributors=tuple(chance.binomial(n, CARRIES, len(Driver)).tolist()),
    )


def _four(weeks: list[Cell]) -> Cell:
    """The same team in four weeks: nobody contributes who is not in the fullest of them."""
    fullest = max(weeks, key=lambda cell: cell.contributors)
    n = max(fullest.contributors, 1)
    weight = sum(cell.weight for cell in weeks)
    return Cell(
        messages=sum(cell.messages for cell in weeks),
        contributors=fullest.contributors,
        weight=weight,
        weighted_micro=sum(cell.weighted_micro for cell in weeks),
        weight_squares=weight**2 // n,
        heaviest=(weight // n, weight // n if n > 1 else 0),
        signal_contributors=fullest.signal_contributors,
        driver_contributors=fullest.driver_contributors,
    )
