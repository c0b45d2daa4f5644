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
        days = {day: written for day, written in person.days.items() if window.holds(day)}
        if days:
            leaves[person.leaf] += cell_of(days, least_messages=3)
    return units.roll_up(leaves)


@dataclass
class Organisation:
    """A tree whose block can be played: four weeks, then all of them together.

    Attributes:
        units: The tree.
        plan: The cadence of each unit.
        people: Everybody who writes.
        gone: Those of them who withdraw between the last week's release and that of the four.
        k: Fewest contributors of anything that can be known.
    """

    units: UnitTree
    plan: Mapping[str, Cadence]
    people: Sequence[Person]
    gone: frozenset[int] = field(default_factory=frozenset)
    k: int = 5

    def left(self) -> list[Person]:
        """Those who did not withdraw."""
        return [person for number, person in enumerate(self.people) if number not in self.gone]

    def week(self, window: Window) -> Release:
        """What one week releases."""
        found = cells(self.units, self.people, window)
        return release(
            tree=self.units, plan=self.plan, window=window, cells=found, k=self.k,
            indicators=("valence",),
        )  # fmt: skip

    def closed(self, window: Window, released: Release) -> ClosedWindow:
        """That week as the four weeks see it."""
        by_unit = {statistic.unit: statistic for statistic in released.statistics}
        return ClosedWindow(window, cells(self.units, self.left(), window), by_unit)

    def closed_weeks(self) -> tuple[ClosedWindow, ...]:
        """All weeks of the block."""
        return tuple(self.closed(window, self.week(window)) for window in WEEKS)

    def four_weeks(self, finer: Sequence[ClosedWindow] | None = None) -> Release:
        """What the four weeks release after them."""
        return release(
            tree=self.units,
            plan=self.plan,
            window=FOUR_WEEKS,
            cells=cells(self.units, self.left(), FOUR_WEEKS),
            k=self.k,
            indicators=("valence",),
            finer=self.closed_weeks() if finer is None else finer,
        )


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
    return Organisation(units, plan, people, frozenset(few))


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
