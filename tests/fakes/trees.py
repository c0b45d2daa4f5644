"""Small organisations for tests: who works where, and who wrote how much on which day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from models.climate.cell import Cell, cell_of
from models.climate.disclosure.release import ClosedWindow, Release, release
from models.climate.person_day import PersonDay
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence, Window, four_weeks_of

MONDAY = date(2026, 11, 2)
"""First day of a block."""
FOUR_WEEKS = four_weeks_of(MONDAY)
WEEKS = FOUR_WEEKS.split(Cadence.WEEK)
WEEK = WEEKS[0]


def tree(parents: Mapping[str, str | None], eligible: Mapping[str, int] | int = 30) -> UnitTree:
    """A tree from each unit's parent; everywhere the same headcount unless told."""
    counts = dict.fromkeys(parents, eligible) if isinstance(eligible, int) else eligible
    return UnitTree(Unit(unit, parent, counts[unit]) for unit, parent in parents.items())


@dataclass(frozen=True)
class Person:
    """Somebody with one home and what they wrote by day."""

    leaf: str
    days: Mapping[date, PersonDay]

    def messages(self, window: Window) -> int:
        """How many they wrote in *window*."""
        return sum(day.messages for at, day in self.days.items() if window.holds(at))


def crowd(leaf: str, count: int, messages: int = 3, *, days: Sequence[date] = ()) -> list[Person]:
    """*count* people of *leaf* who write so many messages on each of *days* (a Monday)."""
    written = PersonDay(messages, 100_000 * messages)
    return [Person(leaf, dict.fromkeys(days or (MONDAY,), written)) for _ in range(count)]


def cells(units: UnitTree, people: Iterable[Person], window: Window) -> dict[str, Cell]:
    """The cell of every unit in *window*."""
    leaves = dict.fromkeys(units.leaves, Cell())
    for person in people:
        if any(map(window.holds, person.days)):
            leaves[person.leaf] += cell_of(person.days, window)
    return units.roll_up(leaves)


ORDER: Sequence[Window] = (
    *(window for week in WEEKS for window in (*week.split(Cadence.DAY), week)),
    FOUR_WEEKS,
)
"""The windows of the block in the order in which they close."""


@dataclass
class Organisation:
    """A tree whose block can be played: days, weeks, then all four together.

    Attributes:
        units: The tree.
        plan: The cadence of each unit.
        people: Everybody who writes.
        gone: Those of them who withdraw, and how many windows of ``ORDER`` have closed before.
        k: Fewest contributors of anything that can be known.
    """

    units: UnitTree
    plan: Mapping[str, Cadence]
    people: Sequence[Person]
    gone: Mapping[int, int] = field(default_factory=dict)
    k: int = 5
    _released: dict[Window, Release] = field(default_factory=dict, init=False)

    def left(self, window: Window = FOUR_WEEKS) -> list[Person]:
        """Those who have not withdrawn when *window* closes."""
        place = ORDER.index(window)
        return [
            person
            for number, person in enumerate(self.people)
            if self.gone.get(number, len(ORDER)) > place
        ]

    def week(self, window: Window) -> Release:
        """What one week releases."""
        return self.release(window)

    def release(self, window: Window) -> Release:
        """What *window* releases; of a window in which nobody wrote nothing."""
        if window not in self._released:
            self._released[window] = self._release(window, self.finer(window))
        return self._released[window]

    def _release(self, window: Window, finer: Sequence[ClosedWindow]) -> Release:
        return release(
            tree=self.units,
            plan=self.plan,
            window=window,
            cells=cells(self.units, self.left(window), window),
            k=self.k,
            indicators=("valence",),
            finer=finer,
        )

    def finer(self, window: Window) -> tuple[ClosedWindow, ...]:
        """The finer windows of *window* as it sees them when it closes."""
        cadences = [Cadence.DAY] if Cadence.DAY in self.plan.values() else []
        cadences += [Cadence.WEEK]
        return tuple(
            self.closed(part, self.release(part), window)
            for cadence in cadences
            if cadence.is_finer_than(window.cadence)
            for part in window.split(cadence)
        )

    def closed(
        self, window: Window, released: Release, within: Window = FOUR_WEEKS
    ) -> ClosedWindow:
        """A finer window as the one that it is part of sees it."""
        by_unit = {statistic.unit: statistic for statistic in released.statistics}
        return ClosedWindow(window, cells(self.units, self.left(within), window), by_unit)

    def closed_weeks(self) -> tuple[ClosedWindow, ...]:
        """All weeks of the block."""
        return tuple(c for c in self.finer(FOUR_WEEKS) if c.window.cadence is Cadence.WEEK)

    def four_weeks(self, finer: Sequence[ClosedWindow] | None = None) -> Release:
        """What the four weeks release after all others."""
        return self._release(FOUR_WEEKS, self.finer(FOUR_WEEKS) if finer is None else finer)

    def published(self) -> dict[Window, frozenset[str]]:
        """Units of which each window publishes a sum that no finer window has told.

        The week of a unit by the day is the sum of what its days told.
        """
        return {
            window: frozenset(
                statistic.unit
                for statistic in self.release(window).statistics
                if self.plan[statistic.unit] is window.cadence
            )
            for window in ORDER
            if window.cadence in self.plan.values()
        }


SHAPES: Sequence[Mapping[str, str | None]] = (
    {"o": None, "a": "o", "b": "o"},
    {"o": None, "a": "o", "b": "o", "c": "o"},
    {"o": None, "a": "o", "b": "o", "a1": "a", "a2": "a"},
    {"o": None, "a": "o", "a1": "a", "a2": "a", "a3": "a"},
    {"o": None, "a": "o", "b": "o", "a1": "a", "a2": "a", "b1": "b", "b2": "b"},
    {"o": None, "a": "o", "b": "o", "a1": "a", "a2": "a", "a11": "a1", "a12": "a1"},
)


def random_organisation(seed: int, *, withdrawals: bool = False) -> Organisation:
    """One of few people and odd weeks: leaves fall silent, some people write a single message."""
    rng = Random(seed)  # noqa: S311  a test, not a secret
    units = tree(rng.choice(SHAPES))
    plan: dict[str, Cadence] = {}
    for unit in units.top_down():
        parent = units.parent(unit)
        finest = Cadence.WEEK if parent is None else plan[parent]
        coarser = rng.random() < (0.1 if parent is None else 0.5)
        plan[unit] = Cadence.FOUR_WEEKS if coarser else finest
    steady = rng.choice((None, *units.leaves))  # else few parents have four published weeks
    people = [
        person
        for leaf in units.leaves
        for person in _random_people(leaf, rng, steady=leaf == steady)
        if person.days
    ]
    few = rng.sample(range(len(people)), min(len(people), rng.randint(0, 2))) if withdrawals else ()
    return Organisation(units, plan, people, dict.fromkeys(few, len(ORDER) - 1))


def _random_people(leaf: str, rng: Random, *, steady: bool) -> Iterable[Person]:
    activity = [1.0 if steady else rng.choice((0.0, 0.0, 0.3, 1.0, 1.0)) for _ in WEEKS]
    for _ in range(9 if steady else rng.choice((0, 1, 3, 6, 6, 9))):
        days: dict[date, PersonDay] = {}
        for window, chance in zip(WEEKS, activity, strict=True):
            if rng.random() < chance:
                messages = rng.choice((1, 3, 3, 3, 4))
                day = window.start + timedelta(days=rng.randrange(7))
                days[day] = PersonDay(messages, rng.randint(-messages, messages) * 1_000_000)
        yield Person(leaf, days)


def random_block(seed: int, *, withdrawals: bool = False) -> Organisation:
    """One with up to three cadences, in any combination that a plan allows, and odd days."""
    rng = Random(seed)  # noqa: S311  a test, not a secret
    busy = rng.random() < 0.5  # else little is published of more than one cadence
    units = tree(rng.choice(DEEP if busy else (*SHAPES, *DEEP)))
    plan: dict[str, Cadence] = {}
    for unit in units.top_down():
        parent = units.parent(unit)
        finest = Cadence.DAY if parent is None else plan[parent]
        allowed = [cadence for cadence in Cadence if cadence.days >= finest.days]
        chances = (8, 1, 1) if parent is None else (4, 5, 4)[-len(allowed) :]
        (plan[unit],) = rng.choices(allowed, chances)
    weeks = rng.sample(WEEKS, rng.choice((1, 1, 2, 2, 3)))
    days = [
        day.start
        for week in weeks
        for day in rng.sample(week.split(Cadence.DAY), rng.choice((1, 2, 2, 3)))
    ]
    steady = rng.choice((None, *units.leaves))
    people = [
        person
        for leaf in units.leaves
        for person in _people_by_day(leaf, days, rng, steady=leaf == steady, busy=busy)
        if person.days
    ]
    few = rng.sample(range(len(people)), min(len(people), rng.randint(0, 3))) if withdrawals else ()
    return Organisation(units, plan, people, {one: rng.randrange(len(ORDER)) for one in few})


DEEP: Sequence[Mapping[str, str | None]] = (
    {"o": None, "a": "o", "a1": "a", "a2": "a", "b": "o", "c": "o"},
    {"o": None, "a": "o", "b": "o", "a1": "a", "a2": "a", "a11": "a1", "a12": "a1", "b1": "b"},
    {"o": None, "a": "o", "a1": "a", "a11": "a1", "a12": "a1", "a2": "a", "b": "o"},
)


def _people_by_day(
    leaf: str, days: Sequence[date], rng: Random, *, steady: bool, busy: bool
) -> Iterable[Person]:
    chances = (0.1, 0.8, 1.0, 1.0) if busy else (0.0, 0.3, 0.8, 1.0)
    activity = {day: 1.0 if steady else rng.choice(chances) for day in days}
    counts = (1, 5, 6, 8, 10, 12) if busy else (0, 1, 3, 5, 6, 9, 12)
    for _ in range(9 if steady else rng.choice(counts)):
        written = {
            day: PersonDay(messages := rng.choice((1, 2, 3)), messages * 100_000)
            for day, chance in activity.items()
            if rng.random() < chance
        }
        yield Person(leaf, written)
