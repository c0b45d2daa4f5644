"""The feed of the organisation: every message of some weeks, in the order of its arrival."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from models.language.corpus.loader import Example
from models.simulation.activity import Activity, Moods
from models.simulation.bank import Bank
from models.simulation.calendar import HOURS
from models.simulation.chance import stream
from models.simulation.organisation import Organisation, Person
from models.simulation.planted import Planted
from models.simulation.replies import Conversations
from models.simulation.writing import Chances, EventKind, Setting, SimulatedEvent, setting, written

DAYS_OF_WEEK: Final = 7
EDITED: Final = 0.01
DELETED: Final = 0.005
SENT_TWICE: Final = 0.01
LATE: Final = 0.01


@dataclass(frozen=True)
class World:
    """Everything that decides what is written.

    Attributes:
        organisation: Who.
        bank: What can be written.
        first_day: A Monday.
        weeks: How many.
        messages: How many are expected altogether, edits and duplicates not counted.
        seed: The same seed writes the same feed.
        planted: The drop, if there is one: all else is the same without it.
    """

    organisation: Organisation
    bank: Bank
    first_day: date
    weeks: int
    messages: int
    seed: int
    planted: Planted | None

    @property
    def days(self) -> list[date]:
        """Every day of the feed."""
        return [self.first_day + timedelta(n) for n in range(self.weeks * DAYS_OF_WEEK)]


def play(world: World) -> Iterator[SimulatedEvent]:
    """Every event of *world* in the order of its arrival."""
    organisation = world.organisation
    activity = Activity(organisation, world.days, messages=world.messages, seed=world.seed)
    author, conversations = Author(world), Conversations(organisation, world.seed)
    waiting: list[tuple[datetime, int, SimulatedEvent]] = []
    number, order = 0, itertools.count()
    for day in world.days:
        today: list[SimulatedEvent] = []
        for person in organisation.people:
            bursts = activity.bursts(person, day)
            if not bursts:
                continue
            draw = stream(world.seed, "burst", person.id, day)
            for size in bursts:
                today += author.burst(person, day, size, draw, number)
                number += size
        for event in conversations.of_day(today):
            heapq.heappush(waiting, (event.arrives, next(order), event))
        midnight = datetime.combine(day + timedelta(1), time(), ZoneInfo("Europe/Brussels"))
        while waiting and waiting[0][0] < midnight:
            yield heapq.heappop(waiting)[-1]
    while waiting:
        yield heapq.heappop(waiting)[-1]


class Author:
    """Writes messages for people of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._moods = Moods(world.seed)

    def burst(
        self, person: Person, day: date, size: int, draw: random.Random, number: int
    ) -> Iterator[SimulatedEvent]:
        """*size* messages of *person* within some minutes of *day*, and what becomes of them.

        Args:
            person: Who.
            day: Local day.
            size: How many messages.
            draw: Chance.
            number: Of the first of them.
        """
        where = setting(person, self._world.organisation, draw)
        hour = draw.choices(range(len(HOURS)), HOURS)[0]
        local = datetime.combine(day, time(hour), ZoneInfo(person.time_zone))
        at = local.astimezone(UTC) + timedelta(seconds=draw.uniform(0, 3_599))
        for place in range(size):
            event, change = self.message(person, day, where, at, draw, number + place)
            yield from _with_consequences(event, change, draw)
            at += timedelta(seconds=draw.uniform(15, 240))

    def message(  # noqa: PLR0913, PLR0917 - a message has that many sides
        self,
        person: Person,
        day: date,
        where: Setting,
        at: datetime,
        draw: random.Random,
        number: int,
    ) -> tuple[SimulatedEvent, Example]:
        """A message, and what its author would change its words into."""
        world = self._world
        week = max(0, (day - world.first_day).days // DAYS_OF_WEEK)
        lineage = world.organisation.lineage(person.unit)
        shift = self._moods.of(person, lineage, week, day.weekday())
        planted = world.planted
        strained = planted is not None and planted.hits(person.unit, week)
        if planted is not None and strained:
            shift -= planted.size
        first, second = written(
            world.bank, where.language, shift, Chances.drawn(draw), strained=strained
        )
        at = at.replace(microsecond=0)
        event = SimulatedEvent(
            id=f"e{number:07}-1",
            message_id=f"m{number:07}",
            version=1,
            kind=EventKind.CREATED,
            at=at,
            posted_at=at,
            arrives=at,
            person=person.id,
            unit=person.unit,
            identity=where.identity,
            channel=where.channel,
            example=first,
        )
        return event, second


def _with_consequences(
    event: SimulatedEvent, change: Example, draw: random.Random
) -> Iterator[SimulatedEvent]:
    """*event* as a platform sends it: late or twice, and later edited or deleted."""
    late, twice, edited, deleted = (draw.random() for _ in range(4))
    if late < LATE:
        event = replace(event, arrives=event.at + timedelta(minutes=draw.randint(2, 45)))
    yield event
    if twice < SENT_TWICE:
        yield replace(event, arrives=event.arrives + timedelta(seconds=draw.randint(1, 900)))
    if edited < EDITED:
        yield _later(event, change, EventKind.UPDATED, 2, timedelta(minutes=draw.randint(46, 120)))
    if deleted < DELETED:
        yield _later(event, change, EventKind.DELETED, 3, timedelta(minutes=draw.randint(121, 600)))


def _later(
    event: SimulatedEvent, change: Example, kind: EventKind, version: int, after: timedelta
) -> SimulatedEvent:
    at = event.at + after
    return replace(
        event,
        id=f"{event.id[:-1]}{version}",
        version=version,
        kind=kind,
        at=at,
        arrives=at,
        example=change,
    )
