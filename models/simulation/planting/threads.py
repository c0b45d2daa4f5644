"""Who answers whom: the recent messages of each team, and which of them the next one answers."""

from __future__ import annotations

import math
import random
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import NormalDist
from typing import Final

from models.simulation.organisation import Organisation
from models.simulation.planting.truth import Replies, Silo

REMEMBERED: Final = 48
"""Messages of a team that can still be answered: memory is bounded by teams, not by messages."""
SPREAD: Final = 1.2
"""Standard deviation of the logarithm of how long an answer takes.  Ours."""
NEAR: Final = (0.6, 0.25)
"""Share of answers to other teams that stay in the department, and in the division.  Ours."""


@dataclass(frozen=True, slots=True)
class Answerable:
    """A message that can be answered."""

    id: str
    thread: str
    at: datetime
    person: str
    team: str
    channel: str


@dataclass(frozen=True, slots=True)
class ReplyDraws:
    """The chances behind an answer: as many, whether one is given or not."""

    answers: float
    outside: float
    near: float
    which: float
    silo: float
    after: float

    @classmethod
    def drawn(cls, draw: random.Random) -> ReplyDraws:
        """The next draws of a stream."""
        return cls(*(draw.random() for _ in range(6)))


class Threads:
    """The conversations of an organisation; messages come in the order of their day."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._recent: dict[str, deque[Answerable]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self._organisation: Organisation | None = None
        self._below: dict[str, list[str]] = {}

    def stand(self, organisation: Organisation) -> None:
        """From now on teams are near each other as *organisation* says."""
        if organisation is self._organisation:
            return
        self._organisation, below = organisation, defaultdict(list)
        for team in dict.fromkeys(person.unit for person in organisation.people):
            for unit in organisation.lineage(team)[1:]:
                below[unit].append(team)
        self._below = dict(below)

    def remember(self, message: Answerable) -> None:
        """Let *message* be answered."""
        self._recent[message.team].append(message)

    def answered(
        self,
        person: str,
        team: str,
        at: datetime,
        silos: Iterable[Silo],
        draws: ReplyDraws,
    ) -> Answerable | None:
        """The message that *person* of *team* answers at a time; None for a message of its own.

        Args:
            person: Nobody answers what they wrote.
            team: Where the person belongs.
            at: An answer comes after what it answers.
            silos: What is planted around *team*.
            draws: Chance.
        """
        if draws.answers >= self._replies.share:
            return None
        target = self._other(team, draws) if draws.outside < self._replies.outside else team
        for silo in silos:
            if not self.inside(target, silo.unit) and draws.silo >= silo.left:
                target = team
        wanted = at - self._after(draws.after)
        found = None
        for one in reversed(self._recent[target]):
            if one.person != person and one.at < at:
                found = one
                if one.at <= wanted:
                    break
        return found

    def inside(self, team: str, unit: str) -> bool:
        """Whether *team* is *unit* or below it."""
        assert self._organisation is not None, "teams stand nowhere yet"
        return unit in self._organisation.lineage(team)

    def _after(self, at: float) -> timedelta:
        """How long an answer takes at a quantile: log-normal."""
        quantile = NormalDist().inv_cdf(min(max(at, 1e-6), 1 - 1e-6))
        return timedelta(minutes=self._replies.median_minutes * math.exp(SPREAD * quantile))

    def _other(self, team: str, draws: ReplyDraws) -> str:
        """Another team: near by rather than far; the team itself where it is the only one."""
        assert self._organisation is not None, "teams stand nowhere yet"
        _, department, division, root = self._organisation.lineage(team)
        around = (department, division, root)
        nearest = (draws.near >= NEAR[0]) + (draws.near >= sum(NEAR))
        for unit in around[nearest:]:
            others = self._below[unit]
            if len(others) > 1:
                place = int(draws.which * len(others))
                return others[place] if others[place] != team else others[place - 1]
        return team
