"""Every message of an organisation in which something is planted, day by day, as it arrives."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from models.simulation.activity import Activity
from models.simulation.organisation import Organisation, Person
from models.simulation.planting.cast import Cast, cast
from models.simulation.planting.day import Day
from models.simulation.planting.found import Found
from models.simulation.planting.handling import Handled
from models.simulation.planting.shelves import Shelves
from models.simulation.planting.staging import DAYS_OF_WEEK, Stage, Staging
from models.simulation.planting.threads import Threads
from models.simulation.planting.truth import Truth
from models.simulation.writing import SimulatedEvent

PATIENCE: Final = timedelta(hours=48)
"""How long after the last week the feed goes on: what arrives later is never sent."""
ZONE: Final = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True, slots=True)
class PlantedWorld:
    """Everything that decides what is written.

    Attributes:
        organisation: Who, before anything is planted.
        shelves: What can be written.
        truth: What is planted; nothing of it is impossible.
        first_day: A Monday.
        weeks: How many.
        messages: How many are expected altogether if nothing is planted.
        seed: The same seed writes the same feed.
    """

    organisation: Organisation
    shelves: Shelves
    truth: Truth
    first_day: date
    weeks: int
    messages: int
    seed: int

    def cast(self) -> Cast:
        """The people behind the entries of the truth."""
        return cast(self.organisation, self.truth, seed=self.seed, first_day=self.first_day)

    def days(self) -> list[date]:
        """Every day of the feed."""
        return [self.first_day + timedelta(n) for n in range(self.weeks * DAYS_OF_WEEK)]

    def midnight(self, week: int) -> datetime:
        """When *week* begins, in UTC."""
        day = self.first_day + timedelta(weeks=week)
        return datetime.combine(day, time(), ZONE).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Reorganised:
    """From *at* on the organisation is another one."""

    at: datetime
    organisation: Organisation
    accounts: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class OptedOut:
    """From *at* on somebody is not read any more."""

    at: datetime
    identity: str


Item = SimulatedEvent | Reorganised | OptedOut


def unmarked(cast: Cast) -> tuple[Person, ...]:
    """Bots that a directory takes for people."""
    return tuple(account for account, bot in cast.bots.values() if not bot.marked)


def play(world: PlantedWorld, found: Found) -> Iterator[Item]:
    """What happens in *world*, in the order of its arrival; what it came to is added to *found*.

    Memory holds the people, one day of messages, and what of these is still to arrive.
    """
    actors = world.cast()
    staging = Staging(actors, world.truth, world.first_day)
    activity = Activity(world.organisation, world.days(), messages=world.messages, seed=world.seed)
    threads, handled = Threads(world.truth.replies), Handled(world.truth.handling, found)
    day = Day(world.seed, world.shelves, world.truth, activity, actors, threads, found)
    waiting: list[tuple[datetime, int, SimulatedEvent]] = []
    order, stood = itertools.count(), actors.organisation
    last = world.midnight(world.weeks) + PATIENCE
    for week in range(world.weeks):
        stage = staging.of(week)
        yield from _begins(world.midnight(week), stage, stood, actors)
        stood = stage.organisation
        day.week_begins(week, stage)
        for number in range(DAYS_OF_WEEK):
            today = world.first_day + timedelta(weeks=week, days=number)
            for event, change, draws in day.messages(today):
                for sent in handled.of(event, change, draws, day.late(event, draws)):
                    heapq.heappush(waiting, (sent.arrives, next(order), sent))
            tomorrow = datetime.combine(today + timedelta(1), time(), ZONE)
            yield from _arrived(waiting, tomorrow)
    yield from _arrived(waiting, last)
    found.handling["never sent"] += len(waiting)


def _arrived(
    waiting: list[tuple[datetime, int, SimulatedEvent]], until: datetime
) -> Iterator[SimulatedEvent]:
    while waiting and waiting[0][0] < until:
        yield heapq.heappop(waiting)[-1]


def _begins(
    at: datetime, stage: Stage, stood: Organisation, actors: Cast
) -> Iterator[Reorganised | OptedOut]:
    if stage.organisation is not stood:
        yield Reorganised(at, stage.organisation, unmarked(actors))
    opting: Sequence[Person] = [
        person for person in stage.organisation.people if person.id in stage.opting_out
    ]
    for person in opting:
        yield OptedOut(at, person.identities[0])
