"""A block through the pure rules, hour by hour and window by window, while things go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

from models.climate.cell import Cell, cell_of
from models.climate.disclosure.pulse import Hour, Overlap, released_hour
from models.climate.disclosure.release import ClosedWindow, Release, release
from models.climate.person_day import PersonDay
from models.climate.windows import Cadence, Window, window_of
from tests.fakes.pulsed_block import HOURS, Message, PulsedBlock, closes, decided
from tests.fakes.trees import ORDER, Person, cells
from tests.models.climate.disclosure.row_space import exposed_by_sums, leaves_of

K = 5
LEAST = 7
"""Small organisations have no hour of 250 people."""
Beside = Callable[[Sequence[Overlap]], Sequence[Overlap]]


class Played:
    """A block that is published hour by hour and window by window.

    Args:
        block: Who wrote what, and what is taken back.
        beside: What each window is told of the overlaps of its hours.
    """

    def __init__(self, block: PulsedBlock, beside: Beside) -> None:
        self.block, self.beside = block, beside
        self.cadences = {Cadence.WEEK, *block.organisation.plan.values()}
        self.hours: set[tuple[date, int]] = set()
        self.windows: dict[Window, Release] = {}
        days = sorted({one.day for one in block.messages})
        steps: list[tuple[tuple[int, int], int, Callable[[], None]]] = [
            (decided(day, hour), 0, partial(self._decide, day, hour))
            for day in days
            for hour in HOURS
        ]
        steps += [
            (closes(window), window.cadence.days, partial(self._close, window))
            for window in ORDER
            if window.cadence in self.cadences
        ]
        for _, _, step in sorted(steps, key=lambda each: each[:2]):
            step()

    def _decide(self, day: date, hour: int) -> None:
        at = decided(day, hour)
        there = [
            one for one in self.block.messages
            if one.day == day and one.since < at and self.block.takes_part(one, at)
            and (one.until is None or one.until >= at)
        ]  # fmt: skip
        by_hour = {each: _by_leaf(self.block, there, each) for each in HOURS if each <= hour}
        kept_back: Counter[str] = Counter()
        for each, leaves in by_hour.items():
            if each < hour and (day, each) not in self.hours:
                kept_back |= Counter({leaf: cell.contributors for leaf, cell in leaves.items()})
        if released_hour(day, Hour(hour, by_hour[hour]), kept_back, K) is not None:
            self.hours.add((day, hour))

    def _close(self, window: Window) -> None:
        organisation = self.block.organisation
        there = [one for one in self.block.messages if self.block.in_window(one, window)]
        finer = [
            self._closed(part, there)
            for cadence in (Cadence.DAY, Cadence.WEEK)
            if cadence.is_finer_than(window.cadence) and cadence in self.cadences
            for part in window.split(cadence)
        ]
        self.windows[window] = release(
            tree=organisation.units,
            plan=organisation.plan,
            window=window,
            cells=cells(organisation.units, _people(self.block, there), window),
            k=K,
            indicators=("valence",),
            finer=finer,
            beside=self.beside(self._overlaps(window, there)),
        )

    def _closed(self, part: Window, there: Sequence[Message]) -> ClosedWindow:
        units = self.block.organisation.units
        return ClosedWindow(
            part,
            cells(units, _people(self.block, there), part),
            {found.unit: found for found in self.windows[part].statistics
             if self.block.organisation.plan[found.unit] is part.cadence},
        )  # fmt: skip

    def _overlaps(self, window: Window, there: Sequence[Message]) -> list[Overlap]:
        def by_leaf(day: date, hour: int | None) -> Counter[str]:
            wrote = {one.author for one in there if one.day == day and self._counts_in(one) == hour}
            return Counter(self.block.organisation.people[author].leaf for author in wrote)

        return [
            Overlap(by_leaf(day, hour), by_leaf(day, None))
            for day, hour in self.hours
            if window.holds(day)
        ]

    def _counts_in(self, one: Message) -> int | None:
        """The published hour that holds what it says, or what it said before it was edited."""
        for hour in (one.hour, one.edits):
            if hour is not None and (one.day, hour) in self.hours:
                return hour
        return None

    def published(self) -> dict[Window, frozenset[str]]:
        """Units of which each window publishes a sum that no finer one has told."""
        plan = self.block.organisation.plan
        return {
            window: frozenset(s.unit for s in found.statistics if plan[s.unit] is window.cadence)
            for window, found in self.windows.items()
        }

    def exposed(self) -> int:
        """Groups of fewer than k that everything together tells."""
        return exposed(self.block, self.published(), self.hours)


def exposed(
    block: PulsedBlock,
    published: Mapping[Window, frozenset[str]],
    hours: Collection[tuple[date, int]],
) -> int:
    """Groups of fewer than k that what was published tells, if edits say what they said before.

    Args:
        block: Who wrote what, and what was taken back.
        published: Units by window.
        hours: Of the pulse.
    """
    organisation = block.organisation
    leaves = {unit: leaves_of(organisation, unit) for unit in organisation.units.top_down()}
    held: dict[tuple[int, date, str], set[Hashable]] = defaultdict(set)
    for one in block.messages:
        said = held[one.author, one.day, one.name]
        said |= {
            (window, unit)
            for window, units in published.items()
            if block.in_window(one, window)
            for unit in units
            if organisation.people[one.author].leaf in leaves[unit]
        }
        said |= {hour for hour in hours if block.in_hour(one, *hour)}
    messages = ((author, day, frozenset(sums)) for (author, day, _), sums in held.items())
    return exposed_by_sums(messages, K)


def _by_leaf(block: PulsedBlock, there: Iterable[Message], hour: int) -> dict[str, Cell]:
    """What was written in the *hour* of one day by those who are *there*."""
    leaves: dict[str, Cell] = defaultdict(Cell)
    for (author, day), count in Counter(
        (one.author, one.day) for one in there if one.hour == hour
    ).items():
        wrote = {day: PersonDay(count, 100_000 * count)}
        leaf = block.organisation.people[author].leaf
        leaves[leaf] += cell_of(wrote, window_of(Cadence.DAY, day))
    return leaves


def _people(block: PulsedBlock, there: Iterable[Message]) -> list[Person]:
    days: dict[int, Counter[date]] = defaultdict(Counter)
    for one in there:
        days[one.author][one.day] += 1
    return [
        Person(
            block.organisation.people[author].leaf,
            {day: PersonDay(count, 100_000 * count) for day, count in written.items()},
        )
        for author, written in days.items()
    ]
