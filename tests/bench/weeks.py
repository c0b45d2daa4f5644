"""What an organisation of any size has written: messages of one week, person-days of others."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Final

import click
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, Table

from models.climate.windows import Window, block
from models.language.labels import Driver, Signal
from services.alerts.tables.pseudonymous import FOLDED_DAY, OPEN_SCORE, PERSON_DAY

A_WEEK: Final = 20
"""Messages of one person."""
OF_DAYS: Final = (0.19, 0.19, 0.19, 0.19, 0.19, 0.025, 0.025)
"""Which share of them falls on Monday, Tuesday and so on."""
TEAM: Final = 13.0
"""Median of the people of a team; their mean is 15."""
SPREAD_OF_TEAMS: Final = 0.55
LEAST_TEAM: Final = 3
BRANCHES: Final = 5
"""Units below each unit."""
CARRIES: Final = 0.05
"""Share of messages with one certain signal, or about one certain driver."""
CHUNK: Final = 20_000


class Organisation:
    """Teams of different sizes under ever larger units; the same size is the same organisation."""

    def __init__(self, people: int) -> None:
        self.people = people
        sizes = np.random.default_rng(people).lognormal(np.log(TEAM), SPREAD_OF_TEAMS, people)
        ends = np.cumsum(np.maximum(sizes.round().astype(int), LEAST_TEAM))
        teams = int(np.searchsorted(ends, people)) + 1
        self._team_of = np.searchsorted(ends, np.arange(people), side="right")
        levels = [teams]
        while levels[0] > BRANCHES:
            levels.insert(0, -(-levels[0] // BRANCHES))
        self._depth = len(levels) - 1
        self.parents: dict[str, str | None] = {"org": None} | {
            f"l{depth}.{n}": f"l{depth - 1}.{n // BRANCHES}" if depth else "org"
            for depth, size in enumerate(levels)
            for n in range(size)
        }
        self.eligible = dict.fromkeys(self.parents, 0)
        for person in range(people):
            unit: str | None = self.leaf(person)
            while unit is not None:
                self.eligible[unit] += 1
                unit = self.parents[unit]

    def leaf(self, person: int) -> str:
        """Name the team of *person*."""
        return f"l{self._depth}.{self._team_of[person]}"

    def counts(self, week: Window) -> NDArray[np.int64]:
        """How many messages everybody writes on each day of *week*: (people, 7)."""
        return self._chance(week).multinomial(A_WEEK, OF_DAYS, self.people)

    def messages(self, week: Window) -> Iterator[dict[str, Any]]:
        """Every message of *week*, scored."""
        chance = self._chance(week)
        for person, counts in enumerate(self.counts(week)):
            pid, home = f"{person:032x}", self.leaf(person)
            days = np.repeat(np.arange(len(counts)), counts).tolist()
            valences = chance.integers(-1_000_000, 1_000_001, A_WEEK).tolist()
            signals = _bits(chance, len(Signal), A_WEEK)
            drivers = _bits(chance, len(Driver), A_WEEK)
            digests = chance.bytes(16 * A_WEEK).hex()
            for number, day in enumerate(days):
                yield {
                    "block": block(week.start),
                    "digest": digests[32 * number : 32 * number + 32],
                    "version": 1,
                    "kind": "post",
                    "pid": pid,
                    "leaf": home,
                    "countable": True,
                    "local_day": week.start + timedelta(days=day),
                    "after_hours": False,
                    "place": pid,
                    "language": "en",
                    "valence_micro": valences[number],
                    "signals": signals[number],
                    "drivers": drivers[number],
                    "model": "bench",
                    "spool_id": "ingest-0",
                    "seq": 0,
                }

    def person_days(self, week: Window) -> Iterator[dict[str, Any]]:
        """The sums that the messages of *week* fold into."""
        chance = self._chance(week)
        for person, counts in enumerate(self.counts(week)):
            signals = chance.binomial(counts[:, None], CARRIES, (len(counts), len(Signal))).tolist()
            drivers = chance.binomial(counts[:, None], CARRIES, (len(counts), len(Driver))).tolist()
            moods = chance.integers(-1_000_000, 1_000_001, len(counts)).tolist()
            for day in np.flatnonzero(counts).tolist():
                yield {
                    "block": block(week.start),
                    "pid": f"{person:032x}",
                    "leaf": self.leaf(person),
                    "local_day": week.start + timedelta(days=day),
                    "messages": int(counts[day]),
                    "valence_micro": moods[day] * int(counts[day]),
                    "signals": signals[day],
                    "drivers": drivers[day],
                }

    def _chance(self, week: Window) -> np.random.Generator:
        return np.random.default_rng([self.people, week.start.toordinal()])


def _bits(chance: np.random.Generator, kinds: int, size: int) -> list[int]:
    """So many sets of *kinds* as numbers, each of them in it with the same probability."""
    carried = chance.random((size, kinds)) < CARRIES
    numbers: list[int] = (carried @ (1 << np.arange(kinds))).tolist()
    return numbers


def write_messages(engine: Engine, organisation: Organisation, week: Window) -> None:
    """Put a week of messages where the collector puts them."""
    length = organisation.people * A_WEEK
    _write(engine, OPEN_SCORE, organisation.messages(week), week.label, length)


def write_person_days(engine: Engine, organisation: Organisation, week: Window) -> None:
    """Put a week of sums where folding puts them."""
    length = np.count_nonzero(organisation.counts(week))
    _write(engine, PERSON_DAY, organisation.person_days(week), week.label, int(length))
    folded = [
        {"local_day": week.start + timedelta(days=day), "folded_at": week.ends, "models": ["bench"]}
        for day in range(len(OF_DAYS))
    ]
    with engine.begin() as connection:
        connection.execute(FOLDED_DAY.insert(), folded)


def _write(
    engine: Engine, table: Table, rows: Iterable[Mapping[str, Any]], label: str, length: int
) -> None:
    left = iter(rows)
    with (
        engine.begin() as connection,
        click.progressbar(
            length=length, label=f"Writing {table.name} of {label}", file=sys.stderr
        ) as bar,
    ):
        while chunk := list(islice(left, CHUNK)):
            connection.execute(table.insert(), chunk)
            bar.update(len(chunk))
