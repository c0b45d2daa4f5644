"""The only door: cells become published cells here, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from models.climate import catalogue
from models.climate.catalogue import BY_ID, INDICATORS
from models.climate.cell import Cell
from models.climate.disclosure import cadence_plan
from models.climate.disclosure.additive import check_sums
from models.climate.disclosure.coarsening import FINE_FROM, at_least, band, coarse
from models.climate.disclosure.counting_gate import ClosedWindow, Shown, with_shares
from models.climate.disclosure.noise import Noise
from models.climate.disclosure.pulse import (
    Hour,
    HourStatistic,
    Overlap,
    PulseHour,
    published_hour,
    released_hour,
)
from models.climate.disclosure.released_statistic import MICRO, ReleasedStatistic, statistic_of
from models.climate.disclosure.selection import Outcome, select, select_shares
from models.climate.disclosure.tenths import TENTHS, select_tenths
from models.climate.disclosure.thresholds import FLOOR
from models.climate.disclosure.two_sided import SHARES
from models.climate.disclosure.week_of_days import week_of_days, with_weeks_of_days
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window

__all__ = [
    "INDICATORS",
    "ClosedWindow",
    "Hour",
    "HourStatistic",
    "Overlap",
    "PublishedCell",
    "PulseHour",
    "Release",
    "ReleasedStatistic",
    "published_cells",
    "published_figure",
    "published_hour",
    "release",
    "released_hour",
]

VALENCE: Final = catalogue.VALENCE.id
PARTICIPATION: Final = catalogue.PARTICIPATION.id
_DECIDED_BEFORE: Final = frozenset(
    {
        catalogue.Family.NETWORK,
        catalogue.Family.COVERAGE,
        catalogue.Family.ANSWERS,
        catalogue.Family.ADOPTION,
    }
)


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """A value that people may see: rounded, never restated.

    Attributes:
        indicator: One of ``INDICATORS``.
        unit: Where.
        cadence: How long the window is.
        window_start: First local day.
        window_end: First local day after it.
        value: In its unit of measure and range.
        band: How many contributors, roughly.
        margin: Nine in ten such values lie so near to what they would be without the noise that
            was added; None where none was.

    Raises:
        ValueError: the catalogue knows no such indicator, or not of windows of this length.
    """

    indicator: str
    unit: str
    cadence: Cadence
    window_start: date
    window_end: date
    value: float
    band: str
    margin: float | None = None

    def __post_init__(self) -> None:
        known = BY_ID.get(self.indicator)
        if known is None or self.cadence not in known.cadences:
            raise ValueError("the indicator is not in the catalogue")


@dataclass(frozen=True, slots=True)
class Release:
    """Everything that leaves of one window.

    Attributes:
        published: Units from the top, indicators in their order.
        statistics: Sums of the units of which something is published, and of no other: exact, or
            with noise where noise was asked for.  ``published`` is made from these and ``k`` alone.
        withheld: Units that were due and are not published: suppressed, silent and unknown alike.
        decisions: How often units were published, withheld or refused; never for which reason.
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
    beside: Sequence[Overlap] = (),
) -> Release:
    """Decide what of one window may be seen.

    From the top: a unit is published if it passes the primary rules, its parent is published over
    the same days, and what its parent minus the published children tells passes them as well.
    Over the same days means in this window, or, where the parent is planned finer, in every one
    of the finer windows: otherwise the days that the parent lacks could be had from its own
    parent minus the rest.  The counting gate then has the last word on the whole.  Where an hour of
    the pulse would tell of too few beside the window, nothing of the window is published.

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
        beside: Of every published hour in the window, who is still there.

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
    stands = all(overlap.hides(k) for overlap in beside)
    outcomes = select(due, k)
    if not stands:
        outcomes = dict.fromkeys(outcomes, Outcome.BESIDE_THE_PULSE)
    units = [unit for unit in outcomes if outcomes[unit] is Outcome.PUBLISHED]
    shown = replace(due, units=frozenset(units))
    if noise is not None:
        return _with_noise(shown, outcomes, k, noise, valence=VALENCE in indicators)
    statistics = tuple(_statistics(shown, k, indicators)) if stands else ()
    # The week of a unit by the day is not due: it is counted where it is shown.
    weeks = {s.unit: Outcome.PUBLISHED for s in statistics if s.unit not in outcomes}
    counted = [u for u in outcomes if tree.eligible(u) > 0 or u in shown.units]
    decisions = Counter((outcomes | weeks)[unit].told for unit in (*counted, *weeks))
    return Release(
        published=tuple(cell for found in statistics for cell in published_cells(found, k)),
        statistics=statistics,
        withheld=len(counted) - len(units),
        decisions=MappingProxyType(dict(sorted(decisions.items()))),
    )


def _statistics(shown: Shown, k: int, indicators: Collection[str]) -> Iterator[ReleasedStatistic]:
    """What is kept of the units that are shown, and of the weeks of those by the day."""
    beside = replace(shown, units=with_weeks_of_days(shown, k))
    by_week = shown.window.cadence is not Cadence.DAY
    listed = [name for name in SHARES if name in indicators and by_week]
    sharing = replace(beside, units=with_shares(beside, k))
    shares = {name: select_shares(sharing, name, k) for name in listed}
    tenths = select_tenths(sharing) if PARTICIPATION in indicators and by_week else {}
    valence = VALENCE in indicators
    for unit in shown.tree.top_down():
        kept, tenth = tuple(name for name in listed if unit in shares[name]), tenths.get(unit)
        if unit in beside.units - shown.units and valence:
            found = week_of_days(unit, shown, shares=kept, tenth=tenth)
        elif unit in beside.units:
            cell = shown.cells[unit]
            found = statistic_of(
                unit, shown.window, cell, valence=valence, shares=kept, tenth=tenth
            )
        else:
            continue
        if found.has_valence or kept or tenth is not None:
            yield found


def published_cells(statistic: ReleasedStatistic, k: int) -> Iterator[PublishedCell]:
    """Everything that people may see of one released cell, in the order of ``INDICATORS``.

    Nothing but *statistic* and *k* decides a value: whoever keeps the statistics and the receipt
    can make every published cell again, bit for bit.

    Args:
        statistic: What was released.
        k: Fewest contributors, which is all that is said of their number where there is noise.

    Raises:
        ZeroDivisionError: it has shares and no contributor.
    """
    if statistic.has_valence:
        exact = Fraction(statistic.weighted_micro, statistic.weight * MICRO)
        yield _published(statistic, VALENCE, exact, k)
    for name in SHARES:
        if name in statistic.shares:
            exact = Fraction(statistic.shares[name], statistic.contributors)
            yield _published(statistic, name, exact, k)
    if statistic.tenth is not None:
        yield _published(statistic, PARTICIPATION, Fraction(statistic.tenth, TENTHS), k)


def published_figure(
    indicator: str, unit: str, window: Window, value: float | Fraction, contributors: int
) -> PublishedCell:
    """What people may see of a figure of replies, of messages, or of how people take part.

    What of them may be known has been decided before: the figure is made of nothing else.

    Raises:
        ValueError: the indicator is of none of them, or it needs more contributors.
    """
    known = BY_ID.get(indicator)
    if known is None or known.family not in _DECIDED_BEFORE:
        raise ValueError("the indicator is none of those that are decided before")
    if contributors < (known.smallest or FLOOR):
        raise ValueError("too few contributors for the indicator")
    return PublishedCell(
        indicator=indicator,
        unit=unit,
        cadence=window.cadence,
        window_start=window.start,
        window_end=window.end_exclusive,
        value=coarse(Fraction(value), contributors),
        band=band(contributors),
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
    statistics = noise.over(units, window, k)
    if statistics is None:
        due, statistics = dict.fromkeys(due, Outcome.OVER_BUDGET), ()
    decisions = Counter(due[unit].told for unit in counted)
    return Release(
        published=tuple(cell for found in statistics for cell in published_cells(found, k)),
        statistics=statistics,
        withheld=len(counted) - len(statistics),
        decisions=MappingProxyType(dict(sorted(decisions.items()))),
    )


def _published(
    statistic: ReleasedStatistic, indicator: str, exact: Fraction, k: int
) -> PublishedCell:
    window, n, noisy = statistic.window, statistic.contributors, statistic.is_noisy
    return PublishedCell(
        indicator=indicator,
        unit=statistic.unit,
        cadence=window.cadence,
        window_start=window.start,
        window_end=window.end_exclusive,
        value=coarse(exact, FINE_FROM if noisy else n),
        band=at_least(k) if noisy else band(n),
        margin=statistic.margin,
    )
