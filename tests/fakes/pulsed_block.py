"""A random block by the hour: who wrote what when, and took back or changed it when.

Time has moments: a day, and the place in it.  At places 0 to 2 an hour is decided, at place 3 the
days and windows close that are due then; what is taken back at a moment is so after that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from models.climate.windows import Cadence, Window
from tests.fakes.trees import MONDAY, Organisation, random_block

HOURS = (8, 9, 10)
CLOSING = len(HOURS)
DAYS = 32
"""From the first day on, until the four weeks have closed too."""
WEEKS_WAIT = 3
"""Days from the last day of a week to the noon at which it closes."""
Moment = tuple[int, int]


@dataclass(frozen=True)
class Message:
    """One version of a message; an edit is another one.

    Attributes:
        author: Number of the person.
        day: When it was written.
        name: The same for all its versions.
        hour: In which it counts, if that is published; None: it came too late for it.
        written: The hour that it says.
        since: It is there after this moment.
        until: It was deleted or edited then.
        edited: Which of the two.
        edits: The hour in which the version before it counts, if that is published.
    """

    author: int
    day: date
    name: str
    hour: int | None
    written: int
    since: Moment
    until: Moment | None = None
    edited: bool = False
    edits: int | None = None


@dataclass(frozen=True)
class PulsedBlock:
    """An organisation, its messages, and who withdrew when."""

    organisation: Organisation
    messages: Sequence[Message]
    withdrawn: Mapping[int, Moment]

    def folds(self, day: date) -> Moment:
        """When the messages of *day* become sums."""
        waits = 1 if Cadence.DAY in self.organisation.plan.values() else WEEKS_WAIT
        return (day - MONDAY).days + waits, CLOSING

    def in_hour(self, message: Message, day: date, hour: int) -> bool:
        """Whether the *hour* of *day* holds it, if that is published."""
        at = decided(day, hour)
        stays = message.until is None or message.until >= at
        here = (message.day, message.hour) == (day, hour)
        return here and message.since < at and stays and self.takes_part(message, at)

    def in_window(self, message: Message, window: Window) -> bool:
        """Whether the sums of *window* hold it."""
        folded = self.folds(message.day)
        stays = message.until is None or message.until >= folded
        here = window.holds(message.day) and message.since < folded and stays
        return here and self.takes_part(message, closes(window))

    def takes_part(self, message: Message, at: Moment) -> bool:
        """Whether its author has not withdrawn before *at*."""
        gone = self.withdrawn.get(message.author)
        return gone is None or gone >= at


def decided(day: date, hour: int) -> Moment:
    """When an hour is decided."""
    return (day - MONDAY).days, HOURS.index(hour)


def closes(window: Window) -> Moment:
    """When *window* closes."""
    waits = 1 if window.cadence is Cadence.DAY else WEEKS_WAIT
    return (window.end_exclusive - MONDAY).days - 1 + waits, CLOSING


def pulsed_block(seed: int, *, gone: bool) -> PulsedBlock:
    """A random one: few write early, some of it comes late.

    Args:
        seed: Which.
        gone: Whether people withdraw, and messages are deleted and edited: above all of what is in
            no published hour, soon after it was written.
    """
    rng = Random(seed)  # noqa: S311  a test, not a secret
    organisation = random_block(1_000 + seed)
    early, late = rng.choice((0.1, 0.2, 0.5)), rng.choice((0.0, 0.2))
    changed = rng.choice(((0.0, 0.0), (0.1, 0.0), (0.7, 0.0), (0.9, 0.1))) if gone else (0.0, 0.0)
    withdrawn: dict[int, Moment] = {}
    messages: list[Message] = []
    quits = rng.choice((0.0, 0.1, 0.4)) if gone else 0.0
    for author, person in enumerate(organisation.people):
        for day, written in person.days.items():
            for number in range(written.messages):
                hour = HOURS[0] if rng.random() < early else rng.choice((9, 9, 10))
                offset, place = decided(day, hour)
                in_time = rng.random() >= late
                outside = hour == HOURS[0] or not in_time
                one = Message(
                    author,
                    day,
                    f"{author} {day} {number}",
                    hour if in_time else None,
                    hour,
                    (offset, place - 1 if in_time else place),
                )
                messages += _versions(one, rng, changed[0] if outside else changed[1])
                if rng.random() < (quits if outside else quits / 20):
                    withdrawn.setdefault(author, _after(one, rng))
    return PulsedBlock(organisation, messages, withdrawn)


def _versions(one: Message, rng: Random, changed: float) -> list[Message]:
    if rng.random() >= changed:
        return [one]
    at, edited = _after(one, rng), rng.random() < 0.1
    first = replace(one, until=at, edited=edited)
    return [first, replace(one, hour=None, since=at, edits=one.hour)] if edited else [first]


def _after(one: Message, rng: Random) -> Moment:
    """Some moment after the hour of a message was decided: mostly of the same day."""
    offset, place = decided(one.day, one.written)
    if rng.random() < 0.7:
        return offset, rng.randint(place, CLOSING)
    return offset + rng.randint(1, 2 * WEEKS_WAIT), rng.randint(0, CLOSING)


def until(moment: Moment) -> timedelta:
    """From the first midnight to the moment."""
    offset, place = moment
    hour = HOURS[place] + 1 if place < CLOSING else 12
    return timedelta(days=offset, hours=hour, minutes=15)
