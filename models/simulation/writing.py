"""One message: what a person in a mood writes, where, under which account, in which language."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from models.language.corpus.loader import Example
from models.language.labels import Language, Sentiment
from models.simulation import channels
from models.simulation.bank import Bank, Theme
from models.simulation.organisation import Organisation, Person

MIX: Final = {Sentiment.NEGATIVE: 0.16, Sentiment.NEUTRAL: 0.60, Sentiment.POSITIVE: 0.24}
"""Of the messages of an ordinary week."""
LEAST: Final = 0.02
"""Even the worst week has a kind word, and the best one a complaint."""

Themes = Mapping[Sentiment, tuple[float, float, float]]

THEMES: Final[Themes] = {
    Sentiment.NEGATIVE: (0.55, 0.32, 0.13),
    Sentiment.NEUTRAL: (0.93, 0.05, 0.02),
    Sentiment.POSITIVE: (0.62, 0.36, 0.02),
}
"""Share of plain messages, of other signals, and of strain, by sentiment."""
THEMES_UNDER_STRAIN: Final[Themes] = {
    **THEMES,
    Sentiment.NEGATIVE: (0.15, 0.20, 0.65),
    Sentiment.NEUTRAL: (0.90, 0.05, 0.05),
}
"""The same where the climate has turned: people speak of exhaustion and of leaving."""

MAIN_LANGUAGE: Final = 0.87
SOCIAL: Final = 0.3
"""Share of the bursts that somebody with both accounts writes on the social platform."""
PLACES: Final = (0.55, 0.3, 0.15)
"""Share of chat in the channels of the team, the department and everybody."""


_Value = TypeVar("_Value")


class EventKind(StrEnum):
    """What happens to a message."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class SimulatedEvent:
    """One event as its platform would send it.

    Attributes:
        id: Of the event; a duplicate has the same.
        message_id: Of the message; its edits and its deletion have the same.
        version: 1 for the message, more for what happens to it later.
        kind: What happened.
        at: When (UTC).
        posted_at: When the message was first posted (UTC).
        arrives: When the platform sends the event (UTC); the feed is in this order.
        person: Who wrote it; not sent.
        unit: The writer's team; not sent.
        identity: The writer's account.
        channel: Where it stands.
        example: What was written, with its true labels; empty text once deleted.
        parent: Id of the message that this one answers.
        thread: Id of the message that the conversation began with, if this is part of one.
        automated: Whether the platform says that no person wrote it.
    """

    id: str
    message_id: str
    version: int
    kind: EventKind
    at: datetime
    posted_at: datetime
    arrives: datetime
    person: str
    unit: str
    identity: str
    channel: str
    example: Example
    parent: str | None = None
    thread: str | None = None
    automated: bool = False

    @property
    def text(self) -> str:
        """What is sent: nothing for a deletion."""
        return "" if self.kind is EventKind.DELETED else self.example.text

    @property
    def language(self) -> Language:
        """What it is written in."""
        return self.example.language


@dataclass(frozen=True, slots=True)
class Setting:
    """What the messages of one burst have in common."""

    identity: str
    channel: str
    language: Language


def setting(person: Person, organisation: Organisation, draw: random.Random) -> Setting:
    """Under which account, where and in which language *person* writes next."""
    social, place, language = draw.random(), draw.random(), draw.random()
    spoken = person.language if language < MAIN_LANGUAGE else person.second
    team, department, *above = organisation.lineage(person.unit)
    if len(person.identities) > 1 and social < SOCIAL:
        return Setting(person.identities[1], channels.social(above[0]), spoken)
    where = team if place < PLACES[0] else department if place < sum(PLACES[:2]) else above[-1]
    return Setting(person.identities[0], channels.chat(where), spoken)


@dataclass(frozen=True, slots=True)
class Chances:
    """The draws behind one message: as many whatever they lead to, so that worlds stay alike."""

    sentiment: float
    theme: float
    pick: float
    second_pick: float

    @classmethod
    def drawn(cls, draw: random.Random) -> Chances:
        """The next draws of a stream."""
        return cls(draw.random(), draw.random(), draw.random(), draw.random())


def mix(shift: float) -> dict[Sentiment, float]:
    """Shares of the sentiments where the mean valence is *shift* away from the usual one.

    Example:
        >>> shares = mix(-0.1)
        >>> round(shares[Sentiment.POSITIVE] - shares[Sentiment.NEGATIVE], 2)
        -0.02
    """
    negative = max(LEAST, MIX[Sentiment.NEGATIVE] - shift / 2)
    positive = max(LEAST, MIX[Sentiment.POSITIVE] + shift / 2)
    # Where one side is used up, the other one makes up for it.
    if positive == LEAST:
        negative = LEAST - (MIX[Sentiment.POSITIVE] - MIX[Sentiment.NEGATIVE] + shift)
    if negative == LEAST:
        positive = LEAST + (MIX[Sentiment.POSITIVE] - MIX[Sentiment.NEGATIVE] + shift)
    negative, positive = min(negative, 0.9), min(positive, 0.9)
    return {
        Sentiment.NEGATIVE: negative,
        Sentiment.NEUTRAL: max(0.0, 1 - negative - positive),
        Sentiment.POSITIVE: positive,
    }


def written(
    bank: Bank, language: Language, shift: float, chances: Chances, *, strained: bool
) -> tuple[Example, Example]:
    """What somebody writes in a mood, and what they might change it into.

    Args:
        bank: Where messages come from.
        language: What they are written in.
        shift: How far the mean valence is from the usual one.
        chances: The draws.
        strained: Whether the climate has turned here.
    """
    sentiment = _at(mix(shift), chances.sentiment)
    shares = (THEMES_UNDER_STRAIN if strained else THEMES)[sentiment]
    theme = _at(dict(zip(Theme, shares, strict=True)), chances.theme)
    return (
        bank.pick(language, sentiment, theme, chances.pick),
        bank.pick(language, sentiment, theme, chances.second_pick),
    )


def _at(shares: Mapping[_Value, float], chance: float) -> _Value:
    reached = 0.0
    for value, share in shares.items():
        reached += share
        if chance < reached:
            return value
    return next(iter(shares))
