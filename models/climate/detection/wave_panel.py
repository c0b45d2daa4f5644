"""Weekly counts of people with the signal of leaving, of every unit that is large enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from models.climate.detection.panel import WEEK, Floats
from models.climate.disclosure.two_sided import LEAST
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window

LEAST_PEOPLE: Final = 50
"""Eligible people below which nothing is said of a unit (design study)."""


@dataclass(frozen=True, slots=True)
class ReleasedSignal:
    """Exact counts behind one published share of ``turnover_intent``; none exists otherwise.

    Attributes:
        unit: Where.
        window: When.
        contributors: People with enough messages (``n``).
        with_signal: Those of them with at least one message that carries the signal.

    Raises:
        ValueError: fewer than ``LEAST`` people are on either side: it cannot have been released.
    """

    unit: str
    window: Window
    contributors: int
    with_signal: int

    def __post_init__(self) -> None:
        if not LEAST <= self.with_signal <= self.contributors - LEAST:
            raise ValueError("a share of so few people is not released")


@dataclass(frozen=True, slots=True, eq=False)
class SignalPanel:
    """Arrays of one row a unit and one column a week.

    Attributes:
        units: Rows: every unit of the tree, in the order of ``UnitTree.top_down``.
        weeks: Columns: Mondays, from the first week of any unit to the last, none left out.
        count: People with the signal; NaN where the share is withheld or the unit too small.
        contributors: People who could have it; 0 likewise.
    """

    units: tuple[str, ...]
    weeks: tuple[date, ...]
    count: Floats
    contributors: Floats


def signal_panel_of(signals: Sequence[ReleasedSignal], tree: UnitTree) -> SignalPanel:
    """Lay released weeks out as a panel, without units below ``LEAST_PEOPLE``.

    Raises:
        ValueError: there is nothing, a window is no week, a unit is not of the tree, or a unit
            has a week twice.
    """
    if not signals:
        raise ValueError("there is no count")
    if any(signal.window.cadence is not Cadence.WEEK for signal in signals):
        raise ValueError("a window is no week")
    if not all(signal.unit in tree for signal in signals):
        raise ValueError("a unit is not of the tree")
    if len({(signal.unit, signal.window) for signal in signals}) < len(signals):
        raise ValueError("a unit has a week twice")
    units = tree.top_down()
    row_of = {unit: row for row, unit in enumerate(units)}
    first = min(signal.window.start for signal in signals)
    last = max(signal.window.start for signal in signals)
    weeks = tuple(first + WEEK * week for week in range((last - first) // WEEK + 1))
    count = np.full((len(units), len(weeks)), np.nan)
    contributors = np.zeros_like(count)
    for signal in signals:
        if tree.eligible(signal.unit) >= LEAST_PEOPLE:
            at = row_of[signal.unit], (signal.window.start - first) // WEEK
            count[at], contributors[at] = signal.with_signal, signal.contributors
    return SignalPanel(units, weeks, count, contributors)
