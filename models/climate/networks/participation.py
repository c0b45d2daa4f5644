"""Who takes part: shares of people, of channels and of messages, none of them a climate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from models.climate.disclosure.tenths import LEAST_PEOPLE
from models.climate.disclosure.thresholds import ONE_AT_MOST, TWO_AT_MOST
from models.climate.disclosure.two_sided import LEAST

LEAST_MEMBERS: Final = 10
"""Of a channel that could be a ghost town (design study)."""
LEAST_AGE: Final = 90
"""Days a channel must exist to be one; a young one is not dead yet (design study)."""
LEAST_AUTHORS: Final = 5
"""A channel with fewer distinct authors in 28 days is a ghost town (design study)."""
LEAST_CHANNELS: Final = 20
"""Fewest channels of which a share is told (design study)."""
LOWEST_LEVEL: Final = 1
"""Ghost towns are told of the organisation and its divisions (design study)."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel over 28 days.

    Attributes:
        members: People who can write in it.
        age: Days since it was made.
        authors: Distinct people who wrote in it.
    """

    members: int
    age: int
    authors: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages of a unit in one window and how they hang together.

    Attributes:
        messages: All.
        answers: Those that answer one of somebody else.
        answered: Those that somebody else answers.
        both: Those that do both.
        conversing: Distinct authors of messages that answer or are answered.
        unheard: Distinct authors of messages that do neither.
        heaviest: Most messages of one author and of the next, for the dominance rule.

    Raises:
        ValueError: the parts do not fit the whole.
    """

    messages: int
    answers: int
    answered: int
    both: int
    conversing: int
    unheard: int
    heaviest: tuple[int, int]

    def __post_init__(self) -> None:
        if not 0 <= self.both <= min(self.answers, self.answered):
            raise ValueError("more do both than do either")
        if not self.conversing <= self.inside <= self.messages:
            raise ValueError("messages in conversation do not fit")
        if not self.unheard <= self.messages - self.inside:
            raise ValueError("messages on their own do not fit")

    @property
    def inside(self) -> int:
        """Messages that answer or are answered."""
        return self.answers + self.answered - self.both


def ghost_town_ratio(channels: Iterable[Channel], *, level: int) -> float | None:
    """Share of channels that are ghost towns, 0 to 1.

    Counted are channels of at least ``LEAST_MEMBERS`` members and ``LEAST_AGE`` days; a ghost town
    has fewer than ``LEAST_AUTHORS`` authors.

    Args:
        channels: Those of one unit.
        level: Depth of that unit in the tree.

    Returns:
        None below ``LOWEST_LEVEL``, or for fewer than ``LEAST_CHANNELS`` channels that count.
    """
    counted = [c for c in channels if c.members >= LEAST_MEMBERS and c.age >= LEAST_AGE]
    if level > LOWEST_LEVEL or len(counted) < LEAST_CHANNELS:
        return None
    return sum(c.authors < LEAST_AUTHORS for c in counted) / len(counted)


def conversation_index(traffic: Conversation, *, contributors: int) -> float | None:
    """Share of messages that answer or are answered: 0 is broadcasting, 1 is conversation.

    Returns:
        None for fewer than ``LEAST_PEOPLE`` contributors, fewer than ``two_sided.LEAST`` distinct
        authors on either side of the share, or where one or two authors wrote most of it.
    """
    first, second = traffic.heaviest
    dominated = (
        100 * first > ONE_AT_MOST * traffic.messages
        or 100 * (first + second) > TWO_AT_MOST * traffic.messages
    )
    if contributors < LEAST_PEOPLE or min(traffic.conversing, traffic.unheard) < LEAST or dominated:
        return None
    return traffic.inside / traffic.messages
