"""What readers may see: the one read model of the API, the page and the metrics page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, Select, and_, func, select

from models.climate.windows import Cadence, hour_ends
from services.alerts.tables.released import (
    LATE,
    PUBLISHED_CELL,
    PUBLISHED_PULSE,
    RECEIPT,
    UNIT,
    WINDOW_SUMMARY,
)

HOURS_SHOWN: Final = 48
"""So far back from the newest hour of the pulse readers look, unless they name a day."""


@dataclass(frozen=True, slots=True)
class ClosedWindow:
    """A window that has closed, and what it holds of the whole organisation.

    Attributes:
        cadence: Length of the window.
        start: First day.
        end: First day after it.
        quarter: The tree that it was published over, such as ``2026Q4``.
        published: Units whose values were published.
        withheld: Units that were due and are not shown; never which.
        late: Messages that came too late for it, so far.
        lost: Messages that were set aside unscored while it was open.
        gateways_left_out: Silent gateways that it did not wait for.
        closed_at: When it closed.
    """

    cadence: Cadence
    start: date
    end: date
    quarter: str
    published: int
    withheld: int
    late: int
    lost: int
    gateways_left_out: int
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """One value that people may see: rounded, never restated.

    Attributes:
        indicator: ``valence`` (-1..1), a signal or ``driver_<name>`` (0..1).
        unit: Id of the unit.
        cadence: Length of the window.
        window_start: First day.
        window_end: First day after the window.
        value: Rounded.
        band: How many contributed, as a band such as ``10-14``.
        margin: Nine in ten such values lie so near to what they were before noise was added; None
            where none was.
    """

    indicator: str
    unit: str
    cadence: Cadence
    window_start: date
    window_end: date
    value: float
    band: str
    margin: float | None


@dataclass(frozen=True, slots=True)
class PublishedHour:
    """One hour of the pulse that people may see: rounded, never restated.

    Attributes:
        unit: Id of the whole organisation.
        end: When the hour was over.
        value: From -1 to 1, in steps of 0.05.
        band: How many contributed, as a band.
    """

    unit: str
    end: datetime
    value: float
    band: str

    @property
    def start(self) -> datetime:
        """When it began."""
        return self.end - timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """A unit as pages show it; how many people it has is not for readers.

    Attributes:
        id: Id.
        parent: Its parent's id; None for the whole organisation.
        names: Name by language: ``en``, ``nl``, ``fr``.
        level: 0 for the whole organisation, 1 below it.
    """

    id: str
    parent: str | None
    names: Mapping[str, str]
    level: int


def _window(row: Row[tuple[object, ...]]) -> ClosedWindow:
    return ClosedWindow(
        cadence=Cadence(row.cadence),
        start=row.window_start,
        end=row.window_end,
        quarter=row.quarter,
        published=row.published,
        withheld=row.withheld,
        late=row.late or 0,
        lost=row.lost,
        gateways_left_out=row.gateways_left_out,
        closed_at=row.closed_at,
    )


def windows(
    connection: Connection, cadence: Cadence | None = None, *, limit: int | None = None
) -> tuple[ClosedWindow, ...]:
    """Closed windows, newest first."""
    same = and_(
        LATE.c.cadence == WINDOW_SUMMARY.c.cadence,
        LATE.c.window_start == WINDOW_SUMMARY.c.window_start,
    )
    found = (
        select(WINDOW_SUMMARY, LATE.c.count.label("late"))
        .select_from(WINDOW_SUMMARY.outerjoin(LATE, same))
        .order_by(WINDOW_SUMMARY.c.window_start.desc(), WINDOW_SUMMARY.c.cadence)
        .limit(limit)
    )
    if cadence is not None:
        found = found.where(WINDOW_SUMMARY.c.cadence == cadence.value)
    return tuple(_window(row) for row in connection.execute(found))


def newest_receipt(connection: Connection, cadence: Cadence) -> str | None:
    """Id of the receipt of the newest window of that length; None before there is one."""
    found = select(RECEIPT.c.id).where(RECEIPT.c.cadence == cadence.value)
    newest = found.order_by(RECEIPT.c.window_start.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def _values(
    connection: Connection, found: Select[tuple[object, ...]]
) -> tuple[PublishedValue, ...]:
    return tuple(
        PublishedValue(
            indicator=row.indicator,
            unit=row.unit,
            cadence=Cadence(row.cadence),
            window_start=row.window_start,
            window_end=row.window_end,
            value=row.value,
            band=row.band,
            margin=row.margin,
        )
        for row in connection.execute(found)
    )


def cells(
    connection: Connection, cadence: Cadence, window_start: date
) -> tuple[PublishedValue, ...]:
    """Everything published for one window, by unit and indicator."""
    return _values(
        connection,
        select(PUBLISHED_CELL)
        .where(
            PUBLISHED_CELL.c.cadence == cadence.value,
            PUBLISHED_CELL.c.window_start == window_start,
        )
        .order_by(PUBLISHED_CELL.c.unit, PUBLISHED_CELL.c.indicator),
    )


def series(connection: Connection, unit: str, indicator: str) -> tuple[PublishedValue, ...]:
    """One indicator of one unit over time, oldest first; empty whatever the reason."""
    return _values(
        connection,
        select(PUBLISHED_CELL)
        .where(PUBLISHED_CELL.c.unit == unit, PUBLISHED_CELL.c.indicator == indicator)
        .order_by(PUBLISHED_CELL.c.window_start, PUBLISHED_CELL.c.cadence),
    )


def hours(connection: Connection, day: date | None = None) -> tuple[PublishedHour, ...]:
    """The pulse of a UTC *day*, else of the last 48 hours up to the newest one, oldest first."""
    pulse = PUBLISHED_PULSE.c
    found = select(PUBLISHED_PULSE).order_by(pulse.day.desc(), pulse.hour.desc())
    found = found.limit(HOURS_SHOWN) if day is None else found.where(pulse.day == day)
    told = [
        PublishedHour(row.unit, hour_ends(row.day, row.hour), row.value, row.band)
        for row in connection.execute(found)
    ]
    if day is None and told:
        told = [one for one in told if one.end > told[0].end - timedelta(hours=HOURS_SHOWN)]
    return tuple(reversed(told))


def units(connection: Connection, quarter: str | None = None) -> tuple[UnitInfo, ...]:
    """The tree of *quarter*, else the newest, parents before children."""
    if quarter is None:
        quarter = connection.execute(select(func.max(UNIT.c.quarter))).scalar_one_or_none()
    found = select(UNIT).where(UNIT.c.quarter == quarter).order_by(UNIT.c.place)
    return tuple(
        UnitInfo(
            id=row.id,
            parent=row.parent,
            names={"en": row.name_en, "nl": row.name_nl, "fr": row.name_fr},
            level=row.level,
        )
        for row in connection.execute(found)
    )
