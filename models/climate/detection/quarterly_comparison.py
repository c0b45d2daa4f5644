"""What of a quarter is compared: the lowest units that were released in most of its weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Final

from models.climate.detection.comparison import Compared, compare, variance_between
from models.climate.detection.persistence import LEAST_SHARE
from models.climate.detection.shrinkage import LEAST_UNITS
from models.climate.disclosure.coarsening import FINE_FROM, coarse
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window, week_of

STEPS: Final = 100
"""A margin has steps of 0.01, rounded up."""
Parts = Mapping[str, Sequence[ReleasedStatistic]]


def comparable(
    statistics: Iterable[ReleasedStatistic], windows: Iterable[Window]
) -> dict[str, Sequence[ReleasedStatistic]]:
    """Windows of one length of each unit that was released in most of the quarter, by name.

    Which units these are can be seen by whoever reads the published values.  Of windows of several
    lengths those count that hold most weeks, and of equal ones the coarser.

    Args:
        statistics: Released windows of the quarter, with valence and its squares.
        windows: Everything of the quarter that has closed and compares.
    """
    least = LEAST_SHARE * len(weeks_in(windows))
    found: defaultdict[str, defaultdict[Cadence, list[ReleasedStatistic]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in statistics:
        found[one.unit][one.window.cadence].append(one)
    longest = {unit: max(lengths.values(), key=_reach) for unit, lengths in sorted(found.items())}
    return {unit: parts for unit, parts in longest.items() if _reach(parts)[0] >= least}


def weeks_in(windows: Iterable[Window]) -> frozenset[date]:
    """Mondays of all weeks of which *windows* hold a day."""
    return frozenset(
        week.start
        for window in windows
        for week in (
            (week_of(window.start),)
            if window.cadence is Cadence.DAY
            else window.split(Cadence.WEEK)
        )
    )


def lowest(parts: Parts, tree: UnitTree) -> dict[str, Sequence[ReleasedStatistic]]:
    """Those of the units below which none can be compared, so that nobody counts in two.

    Args:
        parts: From ``comparable``, of units of the tree.
        tree: The organisation in the quarter.
    """
    above: set[str] = set()
    for unit in parts:
        parent = tree.parent(unit)
        while parent is not None:
            above.add(parent)
            parent = tree.parent(parent)
    return {unit: parts[unit] for unit in parts if unit not in above}


def as_told(parts: Parts) -> tuple[Compared, ...]:
    """Compare units, each estimate no finer than the unit's published values.

    The interval is as wide as it must be to hold that of the exact estimate.

    Args:
        parts: Windows of units that share nobody.

    Returns:
        By name of the unit; nothing where too few units, or no differences between people, leave
        nothing to compare.
    """
    statistics = [one for unit in sorted(parts) for one in parts[unit]]
    if len(parts) < LEAST_UNITS or not any(variance_between(statistics).values()):
        return ()
    people = {unit: min(one.contributors for one in of_unit) for unit, of_unit in parts.items()}
    found = compare(statistics, variance_between(statistics))
    return tuple(_coarse(one, people[one.unit]) for one in found)


def _coarse(one: Compared, contributors: int) -> Compared:
    estimate = coarse(Fraction(one.estimate), contributors)
    half_a_step = 0.005 if contributors >= FINE_FROM else 0.01
    margin = ceil(((one.high - one.low) / 2 + half_a_step) * STEPS) / STEPS
    return replace(
        one, estimate=estimate, low=round(estimate - margin, 2), high=round(estimate + margin, 2)
    )


def _reach(parts: Sequence[ReleasedStatistic]) -> tuple[int, int]:
    """How many weeks the windows reach over, and how long each is."""
    return len(weeks_in(one.window for one in parts)), parts[0].window.cadence.days
