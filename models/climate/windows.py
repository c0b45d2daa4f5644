"""Days, weeks, four weeks and quarters as values; every longer one holds whole shorter ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

FIRST_BLOCK: Final = date(2024, 1, 1)
"""A Monday, so a block holds whole ISO weeks."""
BLOCK_DAYS: Final = 28
LAST_MIDNIGHT: Final = timedelta(hours=12)
"""The last place on earth to end a day does so at noon UTC of the next."""


class Cadence(StrEnum):
    """How often a unit is published, from the finest to the coarsest."""

    DAY = "day"
    WEEK = "week"
    FOUR_WEEKS = "four_weeks"

    @property
    def days(self) -> int:
        """Length of one window."""
        return DAYS[self]

    def is_finer_than(self, other: Cadence) -> bool:
        """Whether several windows of this make one of *other*."""
        return self.days < other.days


DAYS: Final[Mapping[Cadence, int]] = {
    Cadence.DAY: 1,
    Cadence.WEEK: 7,
    Cadence.FOUR_WEEKS: BLOCK_DAYS,
}
LATENESS: Final[Mapping[Cadence, timedelta]] = {
    Cadence.DAY: timedelta(minutes=15),
    Cadence.WEEK: timedelta(hours=48),
    Cadence.FOUR_WEEKS: timedelta(hours=48),
}
"""How long after its end a window still waits for what is on its way."""
HOUR_LATENESS: Final = LATENESS[Cadence.DAY]
"""The same for an hour: what is on its way to a day is on its way to its last hour."""


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive local days that are published as one.

    Attributes:
        cadence: Its length.
        start: First local day: a Monday for weeks, the first day of a block for four of them.
        end_exclusive: First local day after it.

    Raises:
        ValueError: the days are not those of one aligned window: windows that overlap could be
            subtracted from each other.
    """

    cadence: Cadence
    start: date
    end_exclusive: date

    def __post_init__(self) -> None:
        days = self.cadence.days
        if (self.start - FIRST_BLOCK).days % days or (self.end_exclusive - self.start).days != days:
            raise ValueError(f"no aligned window of cadence {self.cadence}")

    @property
    def label(self) -> str:
        """How logs and pages name it: ``2026-11-25``, ``2026-W48`` or ``2026-W45/48``."""
        if self.cadence is Cadence.DAY:
            return self.start.isoformat()
        year, week, _ = self.start.isocalendar()
        if self.cadence is Cadence.WEEK:
            return f"{year}-W{week:02}"
        last = (self.end_exclusive - timedelta(days=1)).isocalendar().week
        return f"{year}-W{week:02}/{last:02}"

    @property
    def ends(self) -> datetime:
        """When its last local day is over everywhere, in UTC; lateness comes on top."""
        return datetime.combine(self.end_exclusive, time(), UTC) + LAST_MIDNIGHT

    def holds(self, day: date) -> bool:
        """Whether *day* is one of its days."""
        return self.start <= day < self.end_exclusive

    def split(self, cadence: Cadence) -> tuple[Window, ...]:
        """The windows of a finer (or the same) *cadence* that it consists of, in order."""
        return tuple(
            window_of(cadence, self.start + timedelta(days=offset))
            for offset in range(0, self.cadence.days, cadence.days)
        )


def hour_ends(day: date, hour: int) -> datetime:
    """When *hour* (0 to 23) of the UTC *day* is over, which is at once everywhere.

    >>> hour_ends(date(2026, 11, 25), 23).isoformat()
    '2026-11-26T00:00:00+00:00'
    """
    return datetime.combine(day, time(hour), UTC) + timedelta(hours=1)


def block(day: date) -> int:
    """Number of the aligned 4-week block that holds *day*.

    >>> block(date(2024, 1, 28)), block(date(2024, 1, 29))
    (0, 1)
    """
    return (day - FIRST_BLOCK).days // BLOCK_DAYS


def block_window(number: int) -> Window:
    """The four weeks of the block of that *number*.

    >>> block_window(1).start
    datetime.date(2024, 1, 29)
    """
    return four_weeks_of(FIRST_BLOCK + timedelta(days=BLOCK_DAYS * number))


def window_of(cadence: Cadence, day: date) -> Window:
    """The window of *cadence* that holds *day*."""
    start = day - timedelta(days=(day - FIRST_BLOCK).days % cadence.days)
    return Window(cadence, start, start + timedelta(days=cadence.days))


def week_of(day: date) -> Window:
    """The ISO week of *day*.

    >>> week_of(date(2026, 11, 25)).label
    '2026-W48'
    """
    return window_of(Cadence.WEEK, day)


def four_weeks_of(day: date) -> Window:
    """The aligned four weeks, that is the block, of *day*.

    >>> four_weeks_of(date(2026, 11, 25)).label
    '2026-W45/48'
    """
    return window_of(Cadence.FOUR_WEEKS, day)


def quarter_of(day: date) -> str:
    """The quarter whose unit tree counts on *day*: that in which the block of *day* begins.

    So no block ever spans two trees: somebody who moved at New Year could otherwise be found
    by subtracting the weeks over the new tree from the four weeks over the old one.

    >>> quarter_of(date(2026, 11, 25)), quarter_of(date(2027, 1, 24)), quarter_of(date(2027, 1, 25))
    ('2026Q4', '2026Q4', '2027Q1')
    """
    first = four_weeks_of(day).start
    return f"{first.year}Q{(first.month + 2) // 3}"


def blocks_of(quarter: str) -> tuple[Window, ...]:
    """The three or four blocks over which the unit tree of *quarter* counts, in order.

    >>> [block.label for block in blocks_of("2026Q4")]
    ['2026-W41/44', '2026-W45/48', '2026-W49/52', '2026-W53/03']
    """
    year, number = int(quarter[:4]), int(quarter[5])
    following = date(year + number // 4, 3 * number % 12 + 1, 1)
    found = [four_weeks_of(following - timedelta(days=1))]
    while quarter_of(found[0].start - timedelta(days=1)) == quarter:
        found.insert(0, four_weeks_of(found[0].start - timedelta(days=1)))
    return tuple(found)
