"""The only door: cells become published cells here, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Final

from models.climate.cell import Cell
from models.climate.disclosure import cadence_plan
from models.climate.disclosure.additive import check_sums
from models.climate.disclosure.coarsening import FINE_FROM, at_least, band, coarse
from models.climate.disclosure.counting_gate import ClosedWindow, Shown
from models.climate.disclosure.noise import Noise
from models.climate.disclosure.released_statistic import MICRO, ReleasedStatistic
from models.climate.disclosure.selection import Outcome, select, select_shares
from models.climate.disclosure.thresholds import FLOOR
from models.climate.disclosure.two_sided import SHARES, numerator
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window

__all__ = [
    "INDICATORS",
    "ClosedWindow",
    "PublishedCell",
    "Release",
    "ReleasedStatistic",
    "release",
    "statistic",
]

VALENCE: Final = "valence"
INDICATORS: Final = (VALENCE, *SHARES)
"""What can be published, in the order in which it is."""


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """A value that people may see: rounded, never restated.

    Attributes:
        indicator: One of ``INDICATORS``.
        unit: Where.
        cadence: How long the window is.
        window_start: First local day.
        window_end: First local day after it.
        value: Valence from -1 to 1, or the share of contributors from 0 to 1.
        band: How many contributors, roughly.
        margin: Nine in ten such values lie so near to what they would be without the noise that
            was added; None where none was.
    """

    indicator: str
    unit: str
    cadence: Cadence
    window_start: date
    window_end: date
    value: float
    band: str
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Everything that leaves of one window.

    Attributes:
        published: Units from the top, indicators in their order.
        statistics: Sums of the units whose valence is published, and of no other: exact ones, or
            with noise where noise was asked for.
        withheld: Units that were due and are not published: suppressed, silent and unknown alike.
        decisions: How often each outcome was decided; no unit can be read from it.
    """

    published: tuple[PublishedCell, ...]
    statistics: tuple[ReleasedStatistic, ...]
    withheld: int
    decisions: Mapping[str, int]


def release(  # noqa: PLR0913  one call a window, every argument named
    *,
    tree: UnitTree,
    plan: Mapping[str, Cadence],
    window: Window,
    cells: Mapping[str, Cell],
    k: int,
    indicators: Collection[str],
    finer: Sequence[ClosedWindow] = (),
    noise: Noise | None = None,
) -> Release:
    """Decide what of one window may be seen.

    From the top: a unit is published if it passes the primary rules, its parent is published over
    the same days, and what its parent minus the published children tells passes them as well.
    Over the same days means in this window, or, where the parent is planned finer, in every one
    of the finer windows: otherwise the days that the parent lacks could be had from its own
    parent minus the rest.  The counting gate then has the last word on the whole.

    Args:
        tree: The organisation in the window's quarter.
        plan: The cadence of each unit; units of another than the window's are not due.
        window: The days.
        cells: Cells of all units, inner ones the sums of their children.
        k: Fewest contributors of anything that can be known.
        indicators: Those that the policy allows.
        finer: The windows of the next finer cadence that this one consists of, each with what
            was published of it.  Without them nothing below a finer parent is published.
        noise: To be added to what the rules above let pass; then neither shares nor bands leave.

    Raises:
        ValueError: a policy, plan or input under which these rules would not hold.
    """
    if not set(indicators) <= set(INDICATORS):
        raise ValueError("an indicator is unknown")
    if k < FLOOR:
        raise ValueError(f"k must be at least {FLOOR}")
    cadence_plan.check(tree, plan)
    check_sums(tree, window, cells, finer)
    due = Shown(tree, plan, window, cells, frozenset(), tuple(finer))
    outcomes = select(due, k)
    units = [unit for unit in outcomes if outcomes[unit] is Outcome.PUBLISHED]
    shown = replace(due, units=frozenset(units))
    if noise is not None:
        return _with_noise(shown, outcomes, k, noise, valence=VALENCE in indicators)
    shares = {name: select_shares(shown, name, k) for name in SHARES if name in indicators}
    with_valence = units if VALENCE in indicators else []
    counted = [u for u in outcomes if tree.eligible(u) > 0 or u in shown.units]
    decisions = Counter(str(outcomes[unit]) for unit in counted)
    return Release(
        published=tuple(
            _published(unit, name, window, cells[unit])
            for unit in units
            for name in INDICATORS
            if (unit in with_valence if name == VALENCE else unit in shares.get(name, ()))
        ),
        statistics=tuple(statistic(unit, window, cells[unit]) for unit in with_valence),
        withheld=len(counted) - len(units),
        decisions=MappingProxyType(dict(sorted(decisions.items()))),
    )


def _with_noise(
    shown: Shown, outcomes: Mapping[str, Outcome], k: int, noise: Noise, *, valence: bool
) -> Release:
    """What is left to see of what the rules let pass: fewer units, and noise on their valence.

    A part of a set of values that is safe is safe.
    """
    tree, window = shown.tree, shown.window
    due = {u: outcomes[u] for u in outcomes if u in noise.due}
    counted = [unit for unit in due if tree.eligible(unit) > 0 or unit in shown.units]
    units = [unit for unit in due if unit in shown.units] if valence else []
    found = noise.over(units, window, k)
    if found is None:
        due, found = dict.fromkeys(due, Outcome.OVER_BUDGET), {}
    decisions = Counter(str(due[unit]) for unit in counted)
    return Release(
        published=tuple(
            PublishedCell(
                indicator=VALENCE,
                unit=unit,
                cadence=window.cadence,
                window_start=window.start,
                window_end=window.end_exclusive,
                value=coarse(Fraction(noisy.valence), FINE_FROM),
                band=at_least(k),
                margin=ceil(100 * margin) / 100,
            )
            for unit, (noisy, margin) in found.items()
        ),
        statistics=tuple(noisy for noisy, _ in found.values()),
        withheld=len(counted) - sum(unit in found for unit in counted),
        decisions=MappingProxyType(dict(sorted(decisions.items()))),
    )


def _published(unit: str, indicator: str, window: Window, cell: Cell) -> PublishedCell:
    n = cell.contributors
    exact = (
        Fraction(cell.weighted_micro, cell.weight * MICRO)
        if indicator == VALENCE
        else Fraction(numerator(cell, indicator), n)
    )
    return PublishedCell(
        indicator=indicator,
        unit=unit,
        cadence=window.cadence,
        window_start=window.start,
        window_end=window.end_exclusive,
        value=coarse(exact, n),
        band=band(n),
    )


def statistic(unit: str, window: Window, cell: Cell) -> ReleasedStatistic:
    """The exact sums of a unit whose valence is published without noise."""
    return ReleasedStatistic(
        unit=unit,
        window=window,
        weight=cell.weight,
        weighted_micro=cell.weighted_micro,
        contributors=cell.contributors,
        n_eff=cell.effective_contributors,
    )
