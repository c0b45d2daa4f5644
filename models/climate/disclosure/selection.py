"""Which units of a window may be shown, from the top down, until the counting gate agrees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from models.climate.cell import Cell
from models.climate.disclosure.complementary import complementary, order_of_dropping
from models.climate.disclosure.counting_gate import exposed
from models.climate.disclosure.shown import Shown
from models.climate.disclosure.thresholds import Primary, primary
from models.climate.disclosure.two_sided import two_sided
from models.climate.windows import Cadence


class Outcome(StrEnum):
    """What was decided for a unit and why; the reason never leaves."""

    PUBLISHED = "published"
    TOO_FEW = "too_few"
    DOMINATED_BY_ONE = "dominated_by_one"
    DOMINATED_BY_TWO = "dominated_by_two"
    PARENT_WITHHELD = "parent_withheld"
    COMPLEMENTARY = "complementary"
    COUNTING_GATE = "counting_gate"
    BESIDE_THE_PULSE = "beside_the_pulse"
    REFUSED = "refused"
    OVER_BUDGET = "over_budget"

    @property
    def told(self) -> str:
        """What a receipt says of it: of a single withheld unit, a count by reason is its reason."""
        whole = {Outcome.PUBLISHED, Outcome.REFUSED, Outcome.OVER_BUDGET}
        return str(self) if self in whole else "withheld"


def select(due: Shown, k: int) -> dict[str, Outcome]:
    """The outcome of every unit that the plan publishes in this window.

    Args:
        due: The window; its ``units`` are not looked at.
        k: Fewest contributors of anything that can be known.
    """
    barred: set[str] = set()
    while True:
        outcomes = _from_the_top(due, k, barred)
        units = frozenset(u for u, outcome in outcomes.items() if outcome is Outcome.PUBLISHED)
        parents = exposed(replace(due, units=units), k)
        if not parents:
            return outcomes
        drop = [_smallest(due, parent, units) for parent in parents]
        if None in drop:  # the unit itself is at fault, which no rule above lets happen
            return dict.fromkeys(outcomes, Outcome.REFUSED)
        barred |= {unit for unit in drop if unit is not None}


def _smallest(due: Shown, parent: str, units: frozenset[str]) -> str | None:
    """Of the units that would be published next below *parent* the one that goes first."""
    below = list(due.tree.children(parent))
    for unit in below:  # grows while it is read
        if unit not in units and due.plan[unit] is not Cadence.DAY:
            below += due.tree.children(unit)
    shown = [unit for unit in below if unit in units]
    return min(shown, key=lambda unit: order_of_dropping(unit, due.cells[unit]), default=None)


def _from_the_top(due: Shown, k: int, barred: set[str]) -> dict[str, Outcome]:
    def sound(hidden: Cell) -> bool:
        return hidden.is_empty or primary(hidden, k=k) is Primary.PASSES

    tree, cadence = due.tree, due.window.cadence
    outcomes: dict[str, Outcome] = {}
    if due.plan[tree.root] is cadence:
        outcomes[tree.root] = _by_itself(due.cells[tree.root], k)
    for parent in tree.top_down():
        planned = [child for child in tree.children(parent) if due.plan[child] is cadence]
        if not _covered(due, parent, outcomes):
            outcomes |= dict.fromkeys(planned, Outcome.PARENT_WITHHELD)
            continue
        alone = {child: _by_itself(due.cells[child], k) for child in planned}
        alone |= dict.fromkeys(barred & alone.keys(), Outcome.COUNTING_GATE)
        fit = [child for child, outcome in alone.items() if outcome is Outcome.PUBLISHED]
        kept = complementary(_beside(due, parent), fit, sound)
        outcomes |= alone | dict.fromkeys(set(fit) - kept, Outcome.COMPLEMENTARY)
    return outcomes


def _covered(due: Shown, parent: str, outcomes: dict[str, Outcome]) -> bool:
    if due.plan[parent] is due.window.cadence:
        return outcomes[parent] is Outcome.PUBLISHED
    return due.covers(parent)


def _by_itself(cell: Cell, k: int) -> Outcome:
    found = primary(cell, k=k)
    return Outcome.PUBLISHED if found is Primary.PASSES else Outcome(found.value)


def _beside(due: Shown, parent: str) -> dict[str, Cell]:
    """Cells of the children of *parent*, without those already published in finer windows.

    A child that lacks some of those windows counts as published: what it leaves over is for the
    gate to count.
    """
    return {
        child: due.cells[child]
        for child in due.tree.children(parent)
        if not any(child in closed.released for closed in due.finer)
    }


def select_shares(shown: Shown, indicator: str, k: int) -> frozenset[str]:
    """Published units whose share *indicator* may be shown too.

    The same from the top: both sides of the share have enough people, and so have both sides of
    what a parent's share minus those of its children tells.  What shares of weeks and of the four
    tell together touches as many people as the gate has counted: of *shown* it let pass these.
    Where a unit is missing between two that are shown, no share is told of the lower one.
    """

    def sound(hidden: Cell) -> bool:
        return not hidden.contributors or (
            hidden.contributors >= k and two_sided(hidden, indicator)
        )

    tree, cells = shown.tree, shown.cells
    chosen: set[str] = set()
    for unit in tree.top_down():
        if shown.stands_alone(unit):
            chosen |= _fit([unit], shown, indicator)
        if unit in chosen:
            children = {child: cells[child] for child in tree.children(unit)}
            chosen |= complementary(children, _fit(children, shown, indicator), sound)
    return frozenset(chosen)


def _fit(units: Iterable[str], shown: Shown, indicator: str) -> frozenset[str]:
    """Those of *units* that are published and whose share may be shown by itself."""
    return frozenset(u for u in units if u in shown.units and two_sided(shown.cells[u], indicator))
