"""What a truth came to in the messages that were written: what an evaluation is held against."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from models.language.labels import Sentiment

POLARITY: Final = {Sentiment.NEGATIVE: -1, Sentiment.NEUTRAL: 0, Sentiment.POSITIVE: 1}


@dataclass
class Written:
    """What the people of one team wrote in one week, as they first wrote it.

    Attributes:
        posts: Messages of people who are read.
        valence: Sum of -1, 0 and 1 over these.
        replies: Those of them that answer somebody.
        outside: Those of the replies that answer another team.
        within_hour: Those of the replies that came within an hour.
    """

    posts: int = 0
    valence: int = 0
    replies: int = 0
    outside: int = 0
    within_hour: int = 0


@dataclass
class Found:
    """Counts while a world is played.

    Attributes:
        entries: By the name of an entry, how often what.
        handling: How many messages were edited, deleted, sent twice, out of order or never.
        teams: By team and week.
    """

    entries: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    handling: Counter[str] = field(default_factory=Counter)
    teams: dict[tuple[str, int], Written] = field(default_factory=lambda: defaultdict(Written))
