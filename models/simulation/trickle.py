"""What is written after the simulated weeks: one message at a time, for as long as one likes."""

from __future__ import annotations

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

from models.simulation.activity import appetites
from models.simulation.chance import stream
from models.simulation.play import Author, World
from models.simulation.writing import SimulatedEvent, setting


class Trickle:
    """Live messages of a world: whoever writes much, writes often here too."""

    def __init__(self, world: World) -> None:
        self._world, self._author = world, Author(world)
        appetite = appetites(world.organisation, world.seed)
        self._people = world.organisation.people
        self._reached = list(itertools.accumulate(appetite[person.id] for person in self._people))

    def event(self, at: datetime) -> SimulatedEvent:
        """The message that is written *at* a time, which differs from call to call."""
        draw = stream(self._world.seed, "trickle", at.isoformat())
        person = draw.choices(self._people, cum_weights=self._reached)[0]
        day = at.astimezone(ZoneInfo(person.time_zone)).date()
        where = setting(person, self._world.organisation, draw)
        # Milliseconds of the day's clock are far above the numbers of the played weeks.
        number = int(at.timestamp() * 1_000)
        event, _ = self._author.message(person, day, where, at, draw, number)
        return event
