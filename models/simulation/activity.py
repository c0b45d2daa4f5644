"""How much people write, and in what mood: skewed, clustered and correlated as real chat is.

Calibrated on public chat archives: a few people write most of it, people come in bursts of a
few messages, and moods are shared within a person's week, a unit's week and everybody's week.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from statistics import NormalDist
from typing import Final

from models.simulation.calendar import school_holiday, working
from models.simulation.chance import chance, poisson, stream
from models.simulation.organisation import Organisation, Person

SPREAD: Final = 1.28
"""Standard deviation of the logarithm of what people write: one in ten writes most of it."""
BURST: Final = (0.03, 0.07, 0.40, 0.30, 0.15, 0.05)
"""How likely a burst has 1, 2, 3 ... messages: people write in conversations."""
AWAY: Final = 0.03
AWAY_IN_SCHOOL_HOLIDAYS: Final = 0.08
"""Chance of a week away."""
MEAN_BURST: Final = sum(size * share for size, share in enumerate(BURST, 1))


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations of what moves valence, on its scale of -1 to 1."""

    person: float = 0.06
    person_week: float = 0.05
    memory: float = 0.5
    """How much of last week's mood is left."""
    unit: float = 0.02
    unit_week: float = 0.012
    everybody_week: float = 0.02


WEEKDAY_MOOD: Final = (-0.02, -0.005, 0.0, 0.005, 0.02, 0.01, -0.01)
"""Mondays and Fridays differ by as much as the effects that are sought."""


class Activity:
    """How many messages each person writes on a day.

    Args:
        organisation: Who writes.
        days: Every day of the feed.
        messages: What they are expected to write altogether.
        seed: Chance.
    """

    def __init__(
        self, organisation: Organisation, days: Sequence[date], *, messages: int, seed: int
    ) -> None:
        self._seed = seed
        self._appetite = appetites(organisation, seed)
        expected = sum(
            self._relative(person, day) for person in organisation.people for day in days
        )
        self._scale = messages / expected

    def _relative(self, person: Person, day: date) -> float:
        if self._away(person.id, day):
            return 0.0
        return self._appetite[person.id] * working(day, person.country)

    def _away(self, person: str, day: date) -> bool:
        year, week, _ = day.isocalendar()
        return _away(
            self._seed, person, year, week, AWAY_IN_SCHOOL_HOLIDAYS if school_holiday(day) else AWAY
        )

    def bursts(self, person: Person, day: date) -> list[int]:
        """Sizes of the bursts in which *person* writes on *day*."""
        mean = self._scale * self._relative(person, day) / MEAN_BURST
        if not mean:
            return []
        count = poisson(mean, chance(self._seed, "bursts", person.id, day))
        if not count:
            return []
        draw = stream(self._seed, "sizes of bursts", person.id, day)
        return draw.choices(range(1, len(BURST) + 1), BURST, k=count)


def appetites(organisation: Organisation, seed: int) -> dict[str, float]:
    """How much each person writes, beside the others: log-normal.

    Every department is dealt the whole range, so that departments of one size have about as
    many who can count in a week; who of them it is is chance.
    """
    departments: dict[str, list[str]] = defaultdict(list)
    for person in organisation.people:
        departments[organisation.parents[person.unit] or person.unit].append(person.id)
    normal, dealt = NormalDist(0.0, SPREAD), {}
    for department, people in departments.items():
        draw = stream(seed, "appetite", department)
        draw.shuffle(people)
        for place, person_id in enumerate(people):
            dealt[person_id] = math.exp(
                normal.inv_cdf((place + draw.uniform(0.1, 0.9)) / len(people))
            )
    return dealt


@lru_cache(maxsize=200_000)
def _away(seed: int, person: str, year: int, week: int, share: float) -> bool:
    return chance(seed, "away", person, year, week) < share


class Moods:
    """What moves the mean valence of what people write, before anything is planted."""

    def __init__(self, seed: int, spreads: Spreads | None = None) -> None:
        self._seed, self._spreads = seed, spreads or Spreads()
        self._drawn: dict[tuple[str, int], float] = {}

    def of(self, person: Person, units: Iterable[str], week: int, weekday: int) -> float:
        """How far *person* writes above or below the usual valence.

        Args:
            person: Who.
            units: The person's team, and every unit above it.
            week: Number of the week, from 0.
            weekday: From Monday, 0.
        """
        spreads = self._spreads
        shared = sum(
            self._one(spreads.unit, unit, _ALWAYS) + self._one(spreads.unit_week, unit, week)
            for unit in units
        )
        return (
            self._one(spreads.person, person.id, _ALWAYS)
            + self._person_week(person.id, week)
            + shared
            + self._one(spreads.everybody_week, "everybody", week)
            + WEEKDAY_MOOD[weekday]
        )

    def advance(self, people: Iterable[Person], week: int) -> None:
        """Take everybody on to *week* and let go of the weeks before: memory does not grow.

        Who skips weeks would otherwise have their walk from the first one drawn again.
        """
        for person in people:
            self._person_week(person.id, week)
        self._drawn = {
            (whose, drawn_in): drawn
            for (whose, drawn_in), drawn in self._drawn.items()
            if drawn_in == _ALWAYS or drawn_in >= week
        }

    def _one(self, spread: float, whose: str, week: int) -> float:
        if (whose, week) not in self._drawn:
            draw = stream(self._seed, "mood", whose, week)
            self._drawn[whose, week] = draw.gauss(0.0, spread)
        return self._drawn[whose, week]

    def _person_week(self, person: str, week: int) -> float:
        """An autoregressive walk of order one whose spread is the same in every week."""
        spreads = self._spreads
        if week == 0:
            return self._one(spreads.person_week, person, week)
        walked = f"{person} walked"
        if (walked, week) not in self._drawn:
            fresh = spreads.person_week * math.sqrt(1 - spreads.memory**2)
            before = self._person_week(person, week - 1)
            self._drawn[walked, week] = spreads.memory * before + self._one(fresh, person, week)
        return self._drawn[walked, week]


_ALWAYS: Final = -1
