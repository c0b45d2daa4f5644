"""What is sent: messages of hours that stay open, or of weeks that close while it goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final, Protocol

from models.climate.windows import Window, four_weeks_of, week_of
from models.language.corpus.loader import Example, load
from models.language.corpus.split import held_out
from models.language.labels import Sentiment
from services.cli.playing import CLOSED_AFTER, ZONE, last_monday, midnight
from tests.chaos.plan import Disorder
from tests.journey.feed import directory, event, identity, long_ago

A_UNIT: Final = 40
"""People in each unit."""
A_CONTRIBUTOR: Final = 3
"""Messages a week that make one."""
UNITS: Final = [f"acme.d{number % 2}.u{number}" for number in range(10)]
ROOT: Final = "acme"
PLANTED: Final = UNITS[3]
"""Where the climate drops."""
WEEKS: Final = 15
DROPS_IN: Final = 12
"""The week, from 1, from which on it is lower there: eleven before it say what was usual."""
SPREAD: Final = timedelta(hours=20)


class Feed(Protocol):
    """Messages by number, in the order of their writing.

    The units write in turn, and so do the people of each: nobody writes more than counts.
    """

    @property
    def disorder(self) -> Disorder:
        """How unlike their writing they arrive."""

    def line(self, number: int) -> bytes:
        """One message as the platform sends it."""

    def clock(self, number: int) -> datetime | None:
        """The time to declare before message *number* is sent; None leaves the clock alone."""


def people(now: datetime) -> dict[str, Any]:
    """The directory of both feeds."""
    return directory(UNITS, A_UNIT, since=long_ago(now))


def unit_of(number: int) -> str:
    """Where the author of message *number* works."""
    return UNITS[number % len(UNITS)]


def _line(number: int, writers: int, text: str, at: datetime) -> bytes:
    who = identity(unit_of(number), number // len(UNITS) % writers)
    return event(number, who, text, at)


@dataclass(frozen=True)
class OpenHours:
    """Messages of the last hours: none of their windows closes.

    Attributes:
        count: How many there are.
        now: When they are sent.
    """

    count: int
    now: datetime
    disorder: Disorder = field(default_factory=Disorder)

    @cached_property
    def _texts(self) -> Sequence[str]:
        return [example.text for example in load() if held_out(example.id)]

    def line(self, number: int) -> bytes:
        """Written at a moment that has nothing to do with its number."""
        at = self.now - SPREAD * ((number * 7_919) % self.count) / self.count
        return _line(number, A_UNIT, self._texts[number % len(self._texts)], at)

    def clock(self, _: int) -> datetime | None:
        """The wall's."""
        return None


@dataclass(frozen=True)
class ClosedWeeks:
    """Fifteen weeks in one run: their windows close under way, and one department's climate drops.

    The second quarter is published by the day too, and a day folds as it closes: like any import,
    this one declares a time only once everything that was written before it has come, twice where
    it comes twice.

    Attributes:
        count: How many messages there are.
        now: When they are sent.
    """

    count: int
    now: datetime

    @property
    def disorder(self) -> Disorder:
        """In proportion to the weeks."""
        return Disorder(within=self.count // 100)

    @property
    def writers(self) -> int:
        """So many people of each unit that every week makes a contributor of every one."""
        return min(A_UNIT, self.count // (len(UNITS) * WEEKS * A_CONTRIBUTOR) - 1)

    @cached_property
    def first(self) -> datetime:
        """When the first week begins."""
        return midnight(last_monday(self.now) - timedelta(weeks=WEEKS))

    @cached_property
    def ends(self) -> datetime:
        """When the last week ends."""
        return midnight(last_monday(self.now))

    @property
    def closed(self) -> datetime:
        """The time at which everything has closed."""
        return self.ends + CLOSED_AFTER

    @cached_property
    def _usual(self) -> Sequence[str]:
        # In turn, so that no week of any unit has more of one feeling than another.
        pairs = zip(_of(Sentiment.POSITIVE), _of(Sentiment.NEUTRAL), strict=False)
        return [text for pair in pairs for text in pair]

    @cached_property
    def _bad(self) -> Sequence[str]:
        return _of(Sentiment.NEGATIVE)

    def at(self, number: int) -> datetime:
        """When message *number* was written."""
        return self.first + (self.ends - self.first) * number / self.count

    def day(self, number: int) -> date:
        """The day on which its author wrote it."""
        return self.at(number).astimezone(ZONE).date()

    def line(self, number: int) -> bytes:
        """A usual text, or a bad one where and when the climate is down."""
        down = self.at(number) >= self.first + timedelta(weeks=DROPS_IN - 1)
        texts = self._bad if down and unit_of(number) == PLANTED else self._usual
        text = texts[number // len(UNITS) % len(texts)]
        return _line(number, self.writers, text, self.at(number))

    def clock(self, number: int) -> datetime | None:
        """When the first was written that may still come: two rounds of changing places earlier."""
        return self.at(max(0, number - 2 * self.disorder.within))

    def sent(self) -> Counter[tuple[Window, str]]:
        """Messages by window, for each unit of people and the whole, of windows that close."""
        found: Counter[tuple[Window, str]] = Counter()
        last_day = self.day(self.count - 1)
        for number in range(self.count):
            day = self.day(number)
            for window in (week_of(day), four_weeks_of(day)):
                if window.end_exclusive <= last_day + timedelta(days=1):
                    found[window, unit_of(number)] += 1
                    found[window, ROOT] += 1
        return found


def _of(sentiment: Sentiment) -> list[str]:
    def fits(example: Example) -> bool:
        return held_out(example.id) and example.sentiment is sentiment

    return [example.text for example in load() if fits(example)]
