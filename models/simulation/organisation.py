"""An organisation that does not exist: four levels, three languages, nobody with a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from models.language.labels import Language
from models.simulation.calendar import TIME_ZONES, Country
from models.simulation.chance import apportion, stream
from models.simulation.places import DIVISIONS, FUNCTIONS, ROOT, Division, Names

LEAST_PEOPLE: Final = 40
TEAM: Final = 16.0
"""Mean size of a team; the sizes run from 3 to about 60, the median is near 15."""
LEAST_TEAM: Final = 3
SPREAD_OF_TEAMS: Final = 0.55
SPREAD_OF_DEPARTMENTS: Final = 0.3
SECOND_PLATFORM: Final = 0.35
"""Share of people who write on the social platform too, under another identity."""
NEWCOMERS: Final = 0.02
"""Share of people who came in the last weeks; nobody counts before the end of the fourth."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One node of the organisation: its dotted id, its parent's, and its name by language."""

    id: str
    parent: str | None
    names: Names


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes.

    Attributes:
        id: Such as ``p0001``; there is no name.
        unit: Id of the team.
        identities: One or two accounts, such as ``demo:chat/u0001`` and ``demo:social/u0001``.
        language: What this person mostly writes in.
        second: What this person writes in otherwise.
        country: Whose holidays apply.
        since: First day in the unit.
    """

    id: str
    unit: str
    identities: tuple[str, ...]
    language: Language
    second: Language
    country: Country
    since: date

    @property
    def time_zone(self) -> str:
        """IANA name."""
        return TIME_ZONES[self.country]


@dataclass(frozen=True)
class Organisation:
    """Units, parents before children, and the people in their teams."""

    units: tuple[Unit, ...]
    people: tuple[Person, ...]

    @cached_property
    def parents(self) -> Mapping[str, str | None]:
        """The parent of each unit."""
        return {unit.id: unit.parent for unit in self.units}

    @cached_property
    def _lineages(self) -> Mapping[str, tuple[str, ...]]:
        lineages: dict[str, tuple[str, ...]] = {}
        for unit in self.units:
            above = () if unit.parent is None else lineages[unit.parent]
            lineages[unit.id] = (unit.id, *above)
        return lineages

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How many people a unit has, everything below it included."""
        return Counter(above for person in self.people for above in self.lineage(person.unit))

    def lineage(self, unit: str) -> tuple[str, ...]:
        """*unit*, its parent and so on up to the whole organisation."""
        return self._lineages[unit]

    def level(self, unit: str) -> int:
        """0 for the whole organisation, 3 for a team."""
        return len(self.lineage(unit)) - 1

    def at_level(self, level: int) -> tuple[Unit, ...]:
        """Every unit of one level."""
        return tuple(unit for unit in self.units if self.level(unit.id) == level)


def organise(people: int = 2_000, *, seed: int = 1, first_day: date) -> Organisation:
    """An organisation of *people*: for 2,000 they are 5 divisions, 20 departments, 125 teams.

    Args:
        people: At least 40.
        seed: The same seed makes the same organisation.
        first_day: When its messages begin; most people were there long before.

    Raises:
        ValueError: *people* is too few.
    """
    if people < LEAST_PEOPLE:
        raise ValueError(f"an organisation has at least {LEAST_PEOPLE} people")
    draw = stream(seed, "organisation", people)
    units, members, number = [Unit(ROOT.id, None, ROOT.names)], [], 1
    departments = _departments(people)
    weights = [draw.lognormvariate(0, SPREAD_OF_DEPARTMENTS) for _ in departments]
    least = min(people // len(departments), 2 * LEAST_TEAM)
    opened: set[str] = set()
    for (division, function), size in zip(
        departments, apportion(people, weights, least=least), strict=True
    ):
        division_id = f"{ROOT.id}.{division.id}"
        if division_id not in opened:
            opened.add(division_id)
            units.append(Unit(division_id, ROOT.id, division.names))
        department_id = f"{division_id}.{function}"
        units.append(Unit(department_id, division_id, FUNCTIONS[function].at(division.names)))
        for place, team_size in enumerate(_teams(size, seed, department_id), 1):
            team = Unit(
                f"{department_id}.team-{place}",
                department_id,
                FUNCTIONS[function].team(place).at(division.names),
            )
            units.append(team)
            members += [
                _person(number + i, team.id, division, seed=seed, first_day=first_day)
                for i in range(team_size)
            ]
            number += team_size
    return Organisation(tuple(units), tuple(members))


def _departments(people: int) -> list[tuple[Division, str]]:
    """Which departments there are: a smaller organisation has fewer, from two on."""
    every = [(division, function) for division in DIVISIONS for function in division.functions]
    count = max(2, min(len(every), round(people / 100)))
    per_division = apportion(count, [1.0] * min(len(DIVISIONS), max(2, round(count / 4))))
    return [
        (division, function)
        for division, departments in zip(DIVISIONS, per_division, strict=False)
        for function in division.functions[:departments]
    ]


def _teams(size: int, seed: int, department: str) -> Iterable[int]:
    draw = stream(seed, "teams", department)
    count = max(1, min(round(size / TEAM), size // LEAST_TEAM))
    weights = [draw.lognormvariate(0, SPREAD_OF_TEAMS) for _ in range(count)]
    return apportion(size, weights, least=LEAST_TEAM)


def _person(number: int, team: str, division: Division, *, seed: int, first_day: date) -> Person:
    draw = stream(seed, "person", number)
    languages = list(division.languages)
    main = draw.choices(languages, list(division.languages.values()))[0]
    others = [language for language in Language if language is not main]
    second = draw.choices(others, [division.languages[language] + 0.02 for language in others])[0]
    account = f"u{number:04}"
    identities = (f"demo:chat/{account}", f"demo:social/{account}")
    both = draw.random() < SECOND_PLATFORM
    age = draw.randrange(60, 4_000) if draw.random() >= NEWCOMERS else draw.randrange(25)
    return Person(
        id=f"p{number:04}",
        unit=team,
        identities=identities if both else identities[:1],
        language=main,
        second=second,
        country=division.country,
        since=first_day - timedelta(age),
    )
