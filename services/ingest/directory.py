"""Who works where: the people, their identities and the unit tree, as one checked value."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final
from zoneinfo import available_timezones

from models.climate.disclosure.reorganisation import isolating
from services.contracts.failures import Fault, Malformed
from services.contracts.units import UnitNames, UnitsV1, UnitV1

MOST_PEOPLE: Final = 200_000
MOST_UNITS: Final = 20_000
DEEPEST: Final = 12
"""Levels, the whole organisation included."""
SETTLING_IN: Final = timedelta(days=28)
"""Who has been in a unit for less does not count towards k: nobody can pad a unit overnight."""
STAFF: Final = "staff"
"""The leaf of those who belong to an inner unit itself."""


class PersonKind(StrEnum):
    """What an account stands for."""

    HUMAN = "human"
    BOT = "bot"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, repr=False)
class DirectoryUnit:
    """One node of the organisation as the directory gives it."""

    id: str
    parent: str | None
    names: UnitNames


@dataclass(frozen=True, slots=True, repr=False)
class DirectoryPerson:
    """One row of the directory.  It has no ``repr``: everything in it is personal.

    Attributes:
        key: The organisation's own id of the person; the same over all platforms.
        identities: Such as ``slack:T0/U0``, ``mail:a@example.org``.
        since: First day in this unit.
        name: For redaction only; may be empty.
    """

    key: str
    unit: str
    identities: tuple[str, ...]
    time_zone: str
    since: date
    kind: PersonKind = PersonKind.HUMAN
    name: str = ""

    def counts(self, day: date) -> bool:
        """Whether the person counts towards k on *day*."""
        return self.kind is PersonKind.HUMAN and self.since + SETTLING_IN <= day


def canonical(identity: str) -> str:
    """*identity* in the one spelling under which it is looked up.

    >>> canonical("mail:Ann@Example.org"), canonical("slack:T0/U0")
    ('mail:ann@example.org', 'slack:T0/U0')
    """
    return identity.lower() if identity.startswith("mail:") else identity


@dataclass(frozen=True, repr=False)
class Directory:
    """A directory without contradictions; make it with ``checked``."""

    units: tuple[DirectoryUnit, ...] = ()
    """Parents before children."""
    people: tuple[DirectoryPerson, ...] = ()

    @cached_property
    def inner(self) -> frozenset[str]:
        """Units that have units below them."""
        return frozenset(unit.parent for unit in self.units if unit.parent is not None)

    def leaf(self, unit: str) -> str:
        """Where a person of *unit* counts: the unit, or the staff leaf of an inner one.

        >>> root = DirectoryUnit("acme", None, UnitNames(en="A", nl="A", fr="A"))
        >>> sales = DirectoryUnit("acme.sales", "acme", UnitNames(en="S", nl="S", fr="S"))
        >>> Directory((root, sales)).leaf("acme"), Directory((root, sales)).leaf("acme.sales")
        ('acme.staff', 'acme.sales')
        """
        return f"{unit}.{STAFF}" if unit in self.inner else unit

    def units_record(self, quarter: str, on: date | None = None) -> UnitsV1:
        """The tree of *quarter*, with staff leaves and eligible headcounts; no person.

        Args:
            quarter: Such as ``2026Q4``.
            on: The day on which people are counted; the first of the quarter without one.
        """
        day = first_day(quarter) if on is None else on
        eligible = Tally(
            leaf for person in self.people if person.counts(day) for leaf in self._line(person.unit)
        )
        # A staff leaf stands even when it is empty: its coming and going would tell of a person.
        records = [
            UnitV1(id=unit.id, parent=unit.parent, names=unit.names, eligible=eligible[unit.id])
            for unit in self.units
        ]
        records += [
            UnitV1(
                id=self.leaf(unit.id),
                parent=unit.id,
                names=_staff_names(unit.names),
                eligible=eligible[self.leaf(unit.id)],
            )
            for unit in self.units
            if unit.id in self.inner
        ]
        return UnitsV1(quarter=quarter, units=tuple(records))

    def members(self) -> dict[str, set[str]]:
        """By unit, inner ones and staff leaves too, the people of it and of all below it.

        Also those who opted out: were they left out, a refused chart would tell who they are.
        """
        found: defaultdict[str, set[str]] = defaultdict(set)
        for person in self.people:
            if person.kind is PersonKind.HUMAN:
                for unit in self._line(person.unit):
                    found[unit].add(person.key)
        return dict(found)

    def nests(self, one: str, other: str) -> bool:
        """Whether one of the two units, staff leaves too, holds the other."""
        return one in self._above(other) or other in self._above(one)

    def _above(self, unit: str) -> tuple[str, ...]:
        inner = unit.removesuffix(f".{STAFF}")
        if inner != unit and inner in self.inner:
            return (inner, *self._above(inner))
        parent = self._parents.get(unit)
        return () if parent is None else (parent, *self._above(parent))

    @cached_property
    def _parents(self) -> Mapping[str, str | None]:
        return {unit.id: unit.parent for unit in self.units}

    def _line(self, unit: str) -> tuple[str, ...]:
        """The leaf of *unit* and everything above it."""
        line = [self.leaf(unit)]
        above: str | None = unit if line[0] != unit else self._parents[unit]
        while above is not None:
            line.append(above)
            above = self._parents[above]
        return tuple(line)


def few_apart(before: Directory, after: Directory, k: int) -> tuple[tuple[str, str], ...]:
    """Pairs of an old unit and another, new one that are the same but for fewer than *k* people.

    A unit that goes on under its id and loses or wins a few is not among them, nor two of which one
    holds the other in both: people move every week, and such a move tells of somebody what their
    leaving would.

    Args:
        before: The directory in force.
        after: The one that is to follow.
        k: Fewest people of a published value.

    Returns:
        Ids, the old one first, in their order; never a person.
    """
    pairs = isolating(before.members(), after.members(), k=k)
    return tuple(
        (old, new)
        for old, new in pairs
        if old != new and not (before.nests(old, new) and after.nests(old, new))
    )


def first_day(quarter: str) -> date:
    """The first day of *quarter*.

    >>> first_day("2026Q4")
    datetime.date(2026, 10, 1)
    """
    return date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1)


def checked(
    units: Sequence[tuple[str, DirectoryUnit]], people: Sequence[tuple[str, DirectoryPerson]]
) -> Directory:
    """A directory of *units* and *people*, each with the pointer to where it was read.

    Raises:
        Malformed: it contradicts itself; each fault says where and why.
    """
    found = [*_unit_faults(units)]
    if not found:
        found += _people_faults({unit.id for _, unit in units}, people)
    if found:
        raise Malformed("Directory", tuple(found))
    return Directory(_top_down([unit for _, unit in units]), tuple(person for _, person in people))


def _staff_names(names: UnitNames) -> UnitNames:
    return UnitNames(
        en=f"{names.en[:60]} (own staff)",
        nl=f"{names.nl[:60]} (eigen staf)",
        fr=f"{names.fr[:60]} (équipe propre)",
    )


def _unit_faults(units: Sequence[tuple[str, DirectoryUnit]]) -> Iterable[Fault]:
    parents = {unit.id: unit.parent for _, unit in units}
    if not units:
        yield Fault("/units", "no_units")
    if len(units) > MOST_UNITS:
        yield Fault("/units", "too_many")
    if sum(parent is None for parent in parents.values()) > 1:
        yield Fault("/units", "several_roots")
    seen: set[str] = set()
    for place, unit in units:
        if unit.id in seen:
            yield Fault(f"{place}/id", "duplicate_unit")
        seen.add(unit.id)
        if unit.parent is not None and unit.parent not in parents:
            yield Fault(f"{place}/parent", "unknown_parent")
        elif unit.id.endswith(f".{STAFF}"):
            yield Fault(f"{place}/id", "reserved")  # ours: it would collide with a staff leaf
        else:
            yield from _line_faults(place, unit.id, parents)


def _line_faults(place: str, unit: str, parents: Mapping[str, str | None]) -> Iterable[Fault]:
    line, above = {unit}, parents[unit]
    while above is not None:
        if above in line or len(line) == DEEPEST:
            yield Fault(f"{place}/parent", "cycle" if above in line else "too_deep")
            return
        line.add(above)
        above = parents.get(above)


def _people_faults(
    units: set[str], people: Sequence[tuple[str, DirectoryPerson]]
) -> Iterable[Fault]:
    if len(people) > MOST_PEOPLE:
        yield Fault("/people", "too_many")
    zones = available_timezones()
    persons: set[str] = set()
    taken: set[str] = set()
    for place, person in people:
        if person.key in persons:
            yield Fault(f"{place}/person", "duplicate_person")
        persons.add(person.key)
        if person.unit not in units:
            yield Fault(f"{place}/unit", "unknown_unit")
        if person.time_zone not in zones:
            yield Fault(f"{place}/time_zone", "unknown_time_zone")
        for identity in person.identities:
            if identity in taken:
                yield Fault(f"{place}/identities", "duplicate_identity")
            taken.add(identity)


def _top_down(units: Sequence[DirectoryUnit]) -> tuple[DirectoryUnit, ...]:
    below: dict[str | None, list[DirectoryUnit]] = {}
    for unit in units:
        below.setdefault(unit.parent, []).append(unit)
    line = list(below.get(None, ()))
    for unit in line:  # grows while it is read: breadth first
        line.extend(below.get(unit.id, ()))
    return tuple(line)
