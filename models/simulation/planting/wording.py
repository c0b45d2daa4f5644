"""What one message says: its sentiment by the mood, its signal by what is usual and planted."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from models.language.corpus.loader import Example
from models.language.labels import Language, Sentiment, Signal
from models.simulation.chance import chance, stream
from models.simulation.planting.shelves import Shelves
from models.simulation.planting.staging import LEAVING_WEEKS, Place
from models.simulation.writing import mix

USUAL_SIGNALS: Final[Mapping[Signal, float]] = {
    Signal.MOBILITY_INTENT: 0.004,
    Signal.EXHAUSTION: 0.012,
    Signal.DISENGAGEMENT: 0.008,
    Signal.UNFAIRNESS: 0.008,
    Signal.CONFLICT: 0.006,
    Signal.INSECURITY: 0.008,
    Signal.COMMITMENT: 0.02,
}
"""Share of ordinary messages that carry each.  Ours: no archive has such labels."""
MISTAKEN: Final = 0.001
"""Share of messages about leaving that nobody leaves after (design study, section 4b)."""
MISTAKEN_SHAPE: Final = 0.15
"""Shape of the gamma distribution of that share over people: jokers, recruiters, personnel."""
LEAVER: Final = 0.02
"""Share of a leaver's messages that are about leaving (design study, section 4b)."""
ATTRITION: Final = 0.12
"""Share of people who leave in a year when nothing is wrong (design study, section 4b)."""
WEEKS_OF_YEAR: Final = 52
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Draws:
    """The chances behind the words of one message: as many, whatever they lead to."""

    sentiment: float
    signal: float
    irony: float
    pick: float
    second: float

    @classmethod
    def drawn(cls, draw: random.Random) -> Draws:
        """The next draws of a stream."""
        return cls(*(draw.random() for _ in range(5)))


class Wording:
    """Chooses messages for people of one organisation.

    Args:
        shelves: Where messages come from.
        irony: Share of negative messages by language that are said ironically.
        seed: Chance.
    """

    def __init__(self, shelves: Shelves, irony: Mapping[Language, float], seed: int) -> None:
        self._shelves, self._irony, self._seed = shelves, irony, seed
        self._mistaken: dict[str, float] = {}

    def leaves_anyway(self, person: str, week: int) -> bool:
        """Whether *person* is among those who leave when nothing is wrong, and writes about it."""
        weekly = ATTRITION / WEEKS_OF_YEAR
        begins = int(chance(self._seed, "attrition", person) / weekly) - LEAVING_WEEKS
        return begins <= week < begins + LEAVING_WEEKS

    def written(  # noqa: PLR0913 - a message has that many sides
        self,
        person: str,
        language: Language,
        shift: float,
        place: Place,
        draws: Draws,
        *,
        leaving: bool,
    ) -> tuple[Example, Example]:
        """What *person* writes, and what that might be changed into later.

        Args:
            person: Whose id.
            language: What it is written in.
            shift: How far the mean valence is from the usual one.
            place: What is planted in the person's team.
            draws: Chance.
            leaving: Whether the person is about to leave.
        """
        sentiment = _reached(mix(shift), draws.sentiment) or Sentiment.NEUTRAL
        turnover = max(self._mistaken_of(person), LEAVER if leaving else 0.0)
        signal = _reached(
            {(i, signal): share for i, (signal, share) in enumerate(place.signals)}
            | {(-1, Signal.TURNOVER_INTENT): turnover}
            | {(-1, signal): share for signal, share in USUAL_SIGNALS.items()},
            draws.signal,
        )
        picks = (draws.pick, draws.second)
        if signal is not None:
            first, second = (
                self._shelves.carrying(language, sentiment, signal[1], pick) for pick in picks
            )
        elif sentiment is Sentiment.NEGATIVE and draws.irony < self._irony.get(language, 0.0):
            first, second = (self._shelves.ironic(language, pick) for pick in picks)
        else:
            first, second = (self._shelves.plain(language, sentiment, pick) for pick in picks)
        return first, second

    def _mistaken_of(self, person: str) -> float:
        """Capped where nearly everything somebody writes would be about leaving."""
        if person not in self._mistaken:
            draw = stream(self._seed, "mistaken", person)
            scale = MISTAKEN / MISTAKEN_SHAPE
            self._mistaken[person] = min(0.1, draw.gammavariate(MISTAKEN_SHAPE, scale))
        return self._mistaken[person]


def _reached(shares: Mapping[_Value, float], at: float) -> _Value | None:
    """The value whose share *at* falls into; none where it lies beyond all of them."""
    reached = 0.0
    for value, share in shares.items():
        reached += share
        if at < reached:
            return value
    return None
