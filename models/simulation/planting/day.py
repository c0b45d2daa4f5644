"""One day of messages: who writes how many, in which mood, and whom each of them answers."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from models.language.corpus.loader import Example
from models.language.labels import Signal
from models.simulation.activity import Activity, Moods
from models.simulation.calendar import HOURS, WEEKDAYS, working
from models.simulation.chance import chance, poisson, stream
from models.simulation.organisation import Person
from models.simulation.planting.cast import Cast
from models.simulation.planting.found import POLARITY, Found
from models.simulation.planting.handling import Fate
from models.simulation.planting.shelves import Shelves
from models.simulation.planting.staging import Place, Stage
from models.simulation.planting.threads import Answerable, ReplyDraws, Threads
from models.simulation.planting.truth import Bot, SignalRise, Truth, Wave
from models.simulation.planting.wording import Draws, Wording
from models.simulation.writing import EventKind, Setting, SimulatedEvent, setting

WORKING_DAY: Final = sum(WEEKDAYS[:5]) / 5
"""Share of a week that is written on a working day of average length."""
NOTHING: Final = Place()
HOUR: Final = timedelta(hours=1)
ID_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it is known whom it answers."""

    day: date
    at: datetime
    id: str
    person: Person
    bot: Bot | None
    where: Setting
    first: Example
    second: Example
    draws: ReplyDraws
    fate: Fate
    entry: str


class Day:
    """Writes one day after the other; every person and day has a stream of chance of its own."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a day is made of
        self,
        seed: int,
        shelves: Shelves,
        truth: Truth,
        activity: Activity,
        actors: Cast,
        threads: Threads,
        found: Found,
    ) -> None:
        self._seed, self._activity, self._actors = seed, activity, actors
        self._threads, self._found = threads, found
        self._signals = {
            name: entry.signal if isinstance(entry, SignalRise) else Signal.TURNOVER_INTENT
            for name, entry in truth.entries()
            if isinstance(entry, SignalRise | Wave)
        }
        self._moods, self._wording = Moods(seed), Wording(shelves, truth.irony, seed)
        self._week, self._stage = 0, Stage(actors.organisation, {}, {}, {}, {}, {}, frozenset())

    def week_begins(self, week: int, stage: Stage) -> None:
        """From now on *stage* is what is different."""
        self._week, self._stage = week, stage
        self._moods.advance(stage.organisation.people, week)
        self._threads.stand(stage.organisation)

    def messages(self, day: date) -> Iterator[tuple[SimulatedEvent, Example, Fate]]:
        """The messages of *day* in the order of their time.

        Each comes with what it might be changed into, and the chances behind what becomes of it.
        """
        drafts = [
            draft
            for person in self._stage.organisation.people
            if person.id not in self._stage.away
            for draft in self._of_person(person, day)
        ]
        for name, (account, bot) in self._actors.bots.items():
            drafts += self._of_bot(name, account, bot, day)
        drafts.sort(key=lambda draft: (draft.at, draft.id))
        for draft in drafts:
            yield self._threaded(draft), draft.second, draft.fate

    def late(self, event: SimulatedEvent, fate: Fate) -> timedelta:
        """How much later than it was written *event* arrives."""
        reached = 0.0
        for name, share, hours in self._stage.places.get(event.unit, NOTHING).late:
            reached += share
            if fate.late < reached:
                self._found.entries[name]["late"] += 1
                return timedelta(hours=hours)
        return timedelta(0)

    def _of_person(self, person: Person, day: date) -> Iterator[Draft]:
        bursts = [(size, "") for size in self._activity.bursts(person, day)]
        name, loud = self._stage.loud.get(person.id, ("", None))
        if loud is not None:
            mean = loud.messages_a_day * working(day, person.country) / WORKING_DAY
            extra = poisson(mean, chance(self._seed, "loud", person.id, day))
            bursts += [(1, name)] * extra
        if not bursts:
            return
        place = self._stage.places.get(person.unit, NOTHING)
        draw = stream(self._seed, "planted", person.id, day)
        shift = self._moods.of(
            person, self._stage.organisation.lineage(person.unit), self._week, day.weekday()
        )
        shift += place.shift + (loud.by if loud is not None else 0.0)
        for size, entry in bursts:
            where = setting(person, self._stage.organisation, draw)
            at = _moment(person, day, draw)
            for _ in range(size):
                draft = self._draft(person, None, where, day, at, shift, draw, entry)
                at += timedelta(seconds=draw.uniform(15, 240))
                left = place.left[day.weekday()]
                if left == 1 or chance(self._seed, "left", draft.id) < left:
                    yield draft
                    continue
                for one in place.silencing[day.weekday()]:
                    self._found.entries[one]["kept back"] += 1

    def _of_bot(self, name: str, account: Person, bot: Bot, day: date) -> Iterator[Draft]:
        draw = stream(self._seed, "planted", account.id, day)
        for _ in range(poisson(bot.messages_a_day, draw.random())):
            where = setting(account, self._stage.organisation, draw)
            at = _moment(account, day, draw)
            yield self._draft(account, bot, where, day, at, 0.0, draw, name)

    def _draft(  # noqa: PLR0913, PLR0917 - a message has that many sides
        self,
        person: Person,
        bot: Bot | None,
        where: Setting,
        day: date,
        at: datetime,
        shift: float,
        draw: random.Random,
        entry: str,
    ) -> Draft:
        place = NOTHING if bot is not None else self._stage.places.get(person.unit, NOTHING)
        leaving = person.id in self._stage.leaving or self._wording.leaves_anyway(
            person.id, self._week
        )
        first, second = self._wording.written(
            person.id, where.language, shift, place, Draws.drawn(draw), leaving=leaving
        )
        draws, fate = ReplyDraws.drawn(draw), Fate.drawn(draw)
        # A conversation near midnight stays on its day: the truth is told by days.
        at = min(at.replace(microsecond=0), _last_second(person, day))
        mark = f"{self._seed}/{person.id}/{at.isoformat()}/{fate.when}"
        message = hashlib.blake2b(mark.encode(), digest_size=ID_BYTES).hexdigest()
        return Draft(day, at, message, person, bot, where, first, second, draws, fate, entry)

    def _threaded(self, draft: Draft) -> SimulatedEvent:
        person, channel = draft.person, draft.where.channel
        silos = [silo for _, silo in self._stage.places.get(person.unit, NOTHING).silos]
        parent = (
            None
            if draft.bot is not None
            else self._threads.answered(person.id, person.unit, draft.at, silos, draft.draws)
        )
        if parent is not None:
            channel = parent.channel
        thread = parent.thread if parent is not None else draft.id
        if draft.bot is None and person.id not in self._stage.opted_out:
            self._threads.remember(
                Answerable(draft.id, thread, draft.at, person.id, person.unit, channel)
            )
        self._count(draft, parent)
        return SimulatedEvent(
            id=f"{draft.id}-1",
            message_id=draft.id,
            version=1,
            kind=EventKind.CREATED,
            at=draft.at,
            posted_at=draft.at,
            arrives=draft.at,
            person=person.id,
            unit=person.unit,
            identity=draft.where.identity,
            channel=channel,
            example=draft.first,
            parent=None if parent is None else parent.id,
            thread=thread,
            automated=draft.bot is not None and draft.bot.marked,
        )

    def _count(self, draft: Draft, parent: Answerable | None) -> None:
        person, stage = draft.person, self._stage
        own = (draft.entry, stage.leaving.get(person.id), stage.opted_out.get(person.id))
        names = [name for name in own if name]
        if draft.bot is None:
            place = stage.places.get(person.unit, NOTHING)
            names += place.covering[draft.day.weekday()]
            for name, silo in place.silos:
                counts = self._found.entries[name]
                counts["replies"] += parent is not None
                counts["replies outside the unit"] += parent is not None and not (
                    self._threads.inside(parent.team, silo.unit)
                )
        for name in names:
            counts = self._found.entries[name]
            counts["messages"] += 1
            signal = self._signals.get(name)
            counts["with the signal"] += signal in draft.first.signals
        outside = parent is not None and parent.team != person.unit
        if draft.bot is not None or draft.person.id in self._stage.opted_out:
            return
        written = self._found.teams[draft.person.unit, self._week]
        written.posts += 1
        written.valence += POLARITY[draft.first.sentiment]
        written.replies += parent is not None
        written.outside += outside
        written.within_hour += parent is not None and draft.at - parent.at <= HOUR


def _last_second(person: Person, day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(person.time_zone)).astimezone(UTC)


def _moment(person: Person, day: date, draw: random.Random) -> datetime:
    hour = draw.choices(range(len(HOURS)), HOURS)[0]
    local = datetime.combine(day, time(hour), ZoneInfo(person.time_zone))
    return local.astimezone(UTC) + timedelta(seconds=draw.uniform(0, 3_599))
