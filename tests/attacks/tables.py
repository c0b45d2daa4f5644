"""What would have been published of one month, with and without the rules.

Every composition is built from the same parts.  An attacker is given the exact sums, which is
more than anyone can read: what people see is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.cell import Cell
from models.climate.disclosure.cadence_plan import first_quarter
from models.climate.disclosure.release import ClosedWindow, Release, release
from models.climate.windows import Cadence, Window
from tests.attacks.company import LEAST_MESSAGES, Company
from tests.attacks.elimination import Public, Row

Table = Mapping[Window, Mapping[str, Cell]]
"""What was published: for each window the units and the cells behind their values."""
Composition = Callable[[Company, int], Table]


def threshold_by_week(company: Company, k: int) -> Table:
    """Every unit of at least *k* contributors, every week, and nothing else withheld."""
    return {week: _at_least(company.cells(week), k) for week in company.weeks}


def threshold_by_week_and_month(company: Company, k: int) -> Table:
    """The same, and the same for the four weeks."""
    month = _at_least(company.cells(company.month), k)
    return {**threshold_by_week(company, k), company.month: month}


def complementary_by_week(company: Company, k: int) -> Table:
    """Each week safe by itself: what a parent minus its children tells is withheld as well."""
    return {week: _alone(company, week, k) for week in company.weeks}


def complementary_by_week_and_month(company: Company, k: int) -> Table:
    """The weeks and the four weeks each safe by itself, and no one looks at both."""
    return {**complementary_by_week(company, k), company.month: _alone(company, company.month, k)}


def ours(company: Company, k: int) -> Table:
    """What Barograph publishes: one cadence a unit, and the counting gate over everything."""
    tree, plan = company.tree, first_quarter(company.tree)
    weeks: dict[Window, Mapping[str, Cell]] = {}
    closed: list[ClosedWindow] = []
    for week in company.weeks:
        cells = company.cells(week)
        released = release(
            tree=tree, plan=plan, window=week, cells=cells, k=k, indicators=("valence",)
        )
        weeks[week] = _shown(released, cells)
        by_unit = {statistic.unit: statistic for statistic in released.statistics}
        closed.append(ClosedWindow(week, company.cells(week, without_gone=True), by_unit))
    left = company.cells(company.month, without_gone=True)
    released = release(
        tree=tree, plan=plan, window=company.month, cells=left, k=k, indicators=("valence",),
        finer=closed,
    )  # fmt: skip
    return {**weeks, company.month: _shown(released, left)}


def _at_least(cells: Mapping[str, Cell], k: int) -> Mapping[str, Cell]:
    return {unit: cell for unit, cell in cells.items() if cell.contributors >= k}


def _alone(company: Company, window: Window, k: int) -> Mapping[str, Cell]:
    cells = company.cells(window)
    plan = dict.fromkeys(company.tree.top_down(), window.cadence)
    released = release(
        tree=company.tree, plan=plan, window=window, cells=cells, k=k, indicators=("valence",)
    )
    return _shown(released, cells)


def _shown(released: Release, cells: Mapping[str, Cell]) -> Mapping[str, Cell]:
    return {found.unit: cells[found.unit] for found in released.published}


class Attacker:
    """Somebody who has every published sum of a month and a computer.

    Args:
        company: Who wrote; the attacker knows the tree alone.
        table: What was published.
    """

    def __init__(self, company: Company, table: Table) -> None:
        self._company = company
        self._atoms: Final = {atom: n for n, atom in enumerate(company.messages)}
        shown = [(w, unit, cell) for w, units in table.items() for unit, cell in units.items()]
        self.sums: NDArray[np.float64] = np.array(
            [(cell.weight, cell.weighted_micro) for _, _, cell in shown], np.float64
        ).reshape(-1, 2)
        rows = [self._row(window, unit) for window, unit, _ in shown]
        visible = {unit for _, unit, _ in shown}
        self.shown = sum(leaf in visible for leaf in company.homes) / len(company.homes)
        self.public = Public(rows, list(company.messages.values()), LEAST_MESSAGES)

    def _row(self, window: Window, unit: str) -> Row:
        within = f"{unit}."
        month = window.cadence is Cadence.FOUR_WEEKS
        return frozenset(
            number
            for (leaf, week, gone), number in self._atoms.items()
            if leaf == unit or leaf.startswith(within)
            if (not gone if month else self._company.weeks[week] == window)
        )

    def truth(self, group: Iterable[int]) -> tuple[int, int]:
        """Weight and weighted sum of *group* as they are."""
        held = set(group)
        wanted = [atom for atom, number in self._atoms.items() if number in held]
        total = Cell()
        for leaf, week, gone in wanted:
            window = self._company.weeks[week]
            people = self._company.messages[leaf, week, gone]
            total += self._company.cell_of(people, window)
        return total.weight, total.weighted_micro
