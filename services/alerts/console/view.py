"""What the page shows, worked out from the read model: nothing here can reach a withheld cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from models.climate.catalogue import (
    AFTER_HOURS,
    ANSWERS,
    COVERAGE,
    DRIVERS,
    PARTICIPATION,
    SIGNALS,
    VALENCE,
    Indicator,
)
from models.climate.windows import Cadence
from services.alerts.console import adoption, networks
from services.alerts.console.chart import Chart, Line, chart
from services.alerts.console.wording import Wording
from services.alerts.indicators import ClosedWindow, PublishedValue, UnitInfo

STEPS = 5
"""Shades on either side of zero."""


@dataclass(frozen=True, slots=True)
class TableCell:
    """One value of the table, ready to print; None where nothing is published."""

    text: str
    shade: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A unit and its values over the windows."""

    unit: str
    name: str
    depth: int
    cells: tuple[TableCell | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Units by windows."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """The share of one signal or driver."""

    name: str
    text: str
    width: int


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that is not resolved, in words."""

    text: str
    state: str
    rises: bool
    held: bool


@dataclass(frozen=True, slots=True)
class OpenAlerts:
    """All of them, and how often chance alone raises one, by rule where that differs."""

    alerts: Sequence[OpenAlert]
    chance: Sequence[str]


@dataclass(frozen=True, slots=True)
class Now:
    """The whole organisation in the latest week."""

    value: str
    against: str
    band: str


@dataclass(frozen=True, slots=True)
class View:
    """The whole page."""

    as_of: str
    now: Now | None
    line: Chart
    chosen: str
    choices: tuple[tuple[str, str], ...]
    days: Table
    weeks: Table
    four_weeks: Table
    signals: tuple[Share, ...]
    drivers: tuple[Share, ...]
    participation: tuple[Share, ...]
    adoption: tuple[tuple[str, str], ...]
    networks: networks.Networks
    coverage: tuple[Share, ...]
    published: int
    withheld: int
    late: int
    gateways_left_out: int
    noise: bool


def shade(value: float) -> str:
    """Return the class of a valence: ``low-5`` to ``high-5``, in steps of 0.1 around zero."""
    step = min(STEPS, round(abs(value) * 10))
    if step == 0:
        return "even"
    return f"{'high' if value > 0 else 'low'}-{step}"


def table(
    windows: Sequence[ClosedWindow],
    units: Iterable[UnitInfo],
    values: Mapping[tuple[str, date], PublishedValue],
    wording: Wording,
) -> Table:
    """Lay out published valences; a unit without any published value has no row."""
    rows = []
    for unit in units:
        found = [values.get((unit.id, window.start)) for window in windows]
        if any(found):
            cells = tuple(
                TableCell(wording.noisy(value.value, value.margin), shade(value.value))
                if value
                else None
                for value in found
            )
            rows.append(TableRow(unit.id, unit.names[wording.language], unit.level, cells))
    return Table(tuple(wording.short_day(window.start) for window in windows), tuple(rows))


def as_tree(units: Sequence[UnitInfo]) -> list[UnitInfo]:
    """Put each unit right above its children, whatever the order of the directory."""
    below: dict[str | None, list[UnitInfo]] = {}
    for unit in units:
        below.setdefault(unit.parent, []).append(unit)
    ordered: list[UnitInfo] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        unit = waiting.pop()
        ordered.append(unit)
        waiting += below.get(unit.id, [])[::-1]
    return ordered


def shares(
    names: Mapping[str, str], latest: Mapping[str, PublishedValue], wording: Wording
) -> tuple[Share, ...]:
    """List *names* with their published share, those without one last and all alike."""
    known = [(latest[key].value, name) for key, name in names.items() if key in latest]
    hidden = [name for key, name in names.items() if key not in latest]
    return (
        *(Share(n, wording.percent(v), round(100 * v)) for v, n in sorted(known, reverse=True)),
        *(Share(name, wording.say("normal_or_hidden"), 0) for name in hidden),
    )


def _named(listed: Iterable[Indicator], wording: Wording) -> dict[str, str]:
    return {one.id: wording.indicator(one.id) for one in listed}


def _now(weeks: Sequence[PublishedValue], latest: ClosedWindow, wording: Wording) -> Now | None:
    if not weeks or weeks[-1].window_start != latest.start:
        return None
    value = weeks[-1]
    for before, after in pairwise(weeks[-2:]):
        if after.window_start - before.window_start == timedelta(weeks=1):
            change = wording.score(after.value - before.value)
            against = wording.say("against_before", change=change)
            break
    else:
        against = wording.say("not_before")
    band = wording.say("contributors", band=value.band)
    return Now(wording.noisy(value.value, value.margin), against, band)


def view(
    windows: Sequence[ClosedWindow],
    units: Sequence[UnitInfo],
    published: Sequence[PublishedValue],
    chosen: str,
    wording: Wording,
) -> View | None:
    """Work out the page.

    Args:
        windows: Closed windows, oldest first.
        units: The tree, parents before children.
        published: Everything that is published of *windows*.
        chosen: Unit to compare with; one that is unknown or not published draws nothing.
        wording: The reader's language.

    Returns:
        None while no week has closed.
    """
    weeks = [window for window in windows if window.cadence is Cadence.WEEK]
    fours = [window for window in windows if window.cadence is Cadence.FOUR_WEEKS]
    days = [window for window in windows if window.cadence is Cadence.DAY]
    if not weeks or not units:
        return None
    units = as_tree(units)
    by_cadence: dict[Cadence, dict[tuple[str, date], PublishedValue]] = {c: {} for c in Cadence}
    for value in published:
        if value.indicator == VALENCE.id:
            by_cadence[value.cadence][value.unit, value.window_start] = value
    weekly = by_cadence[Cadence.WEEK]
    root = units[0]

    def line(unit: UnitInfo, marker: str, style: str) -> Line:
        found = [weekly.get((unit.id, window.start)) for window in weeks]
        label = unit.names[wording.language]
        return Line(label, [v.value if v else None for v in found], marker, style)

    seen = {unit for unit, _ in weekly}
    others = [unit for unit in units[1:] if unit.id in seen]
    lines = [line(root, "circle", "first")]
    lines += [line(unit, "square", "second") for unit in others if unit.id == chosen]
    latest = weeks[-1]
    whole = {
        value.indicator: value
        for value in published
        if (value.unit, value.cadence, value.window_start) == (root.id, Cadence.WEEK, latest.start)
    }
    own = [weekly[root.id, week.start] for week in weeks if (root.id, week.start) in weekly]
    return View(
        as_of=wording.say(
            "as_of",
            start=wording.day(latest.start),
            end=wording.day(latest.end - timedelta(days=1)),
            published=wording.day(latest.closed_at.date()),
        ),
        now=_now(own, latest, wording),
        line=chart([wording.short_day(week.start) for week in weeks], lines),
        chosen=chosen,
        choices=tuple((unit.id, unit.names[wording.language]) for unit in others),
        days=table(days, units, by_cadence[Cadence.DAY], wording),
        weeks=table(weeks, units, weekly, wording),
        four_weeks=table(fours, units, by_cadence[Cadence.FOUR_WEEKS], wording),
        signals=shares(_named(SIGNALS, wording), whole, wording),
        drivers=shares(_named(DRIVERS, wording), whole, wording),
        participation=shares(
            _named([PARTICIPATION, AFTER_HOURS, *ANSWERS], wording), whole, wording
        ),
        adoption=adoption.adoption(
            [value for value in published if value.unit == root.id],
            {(window.cadence, window.start) for window in (latest, *fours[-1:])},
            wording,
        ),
        networks=networks.networks(
            [v for v in published if v.window_start == latest.start], units, wording
        ),
        coverage=shares(
            _named([one for one in COVERAGE if one.id in whole], wording), whole, wording
        ),
        published=latest.published,
        withheld=latest.withheld,
        late=latest.late,
        gateways_left_out=latest.gateways_left_out,
        noise=any(value.margin is not None for value in published),
    )
