"""What platforms do to a message: late, twice, edited, deleted, and not always in order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from models.language.corpus.loader import Example
from models.simulation.planting.found import Found
from models.simulation.planting.truth import Handling
from models.simulation.writing import EventKind, SimulatedEvent

SENT_AGAIN: Final = timedelta(minutes=15)
"""Until when a message is sent a second time, at most."""
EDIT: Final = (timedelta(minutes=1), timedelta(minutes=120))
DELETION: Final = (timedelta(minutes=121), timedelta(minutes=600))
"""How long after the message; it is never edited once deleted."""
OVERTAKEN: Final = timedelta(minutes=2)
"""By how much a message arrives after its own edit, if they are out of order."""


@dataclass(frozen=True, slots=True)
class Fate:
    """The chances behind what becomes of a message: as many, whatever becomes of it."""

    late: float
    twice: float
    edited: float
    deleted: float
    disordered: float
    when: float

    @classmethod
    def drawn(cls, draw: random.Random) -> Fate:
        """The next draws of a stream."""
        return cls(*(draw.random() for _ in range(6)))


class Handled:
    """Sends messages as platforms do, and counts."""

    def __init__(self, handling: Handling, found: Found) -> None:
        self._handling, self._counts = handling, found.handling

    def of(
        self, event: SimulatedEvent, change: Example, fate: Fate, late: timedelta
    ) -> Iterator[SimulatedEvent]:
        """Everything that is sent of *event*, each with the time of its arrival.

        Args:
            event: A message.
            change: What an edit makes of it.
            fate: Chance.
            late: How much later than it was written it arrives.
        """
        handling = self._handling
        edited, deleted = fate.edited < handling.edited, fate.deleted < handling.deleted
        later = []
        if edited:
            later.append(_later(event, change, EventKind.UPDATED, 2, _between(EDIT, fate.when)))
        if deleted:
            after = _between(DELETION, fate.when)
            later.append(_later(event, event.example, EventKind.DELETED, 3, after))
        arrives = event.at + late
        if later and fate.disordered < handling.disordered:
            self._counts["out of order"] += 1
            arrives = max(arrives, later[0].arrives + OVERTAKEN)
        elif later:  # a late message takes what happened to it along
            later = [replace(one, arrives=max(one.arrives, arrives)) for one in later]
        yield event if arrives == event.arrives else replace(event, arrives=arrives)
        if fate.twice < handling.twice:
            self._counts["sent twice"] += 1
            yield replace(event, arrives=arrives + fate.when * SENT_AGAIN)
        self._counts["edited"] += edited
        self._counts["deleted"] += deleted
        yield from later


def _between(bounds: tuple[timedelta, timedelta], at: float) -> timedelta:
    first, last = bounds
    return timedelta(seconds=round((first + at * (last - first)).total_seconds()))


def _later(
    event: SimulatedEvent, example: Example, kind: EventKind, version: int, after: timedelta
) -> SimulatedEvent:
    return replace(
        event,
        id=f"{event.message_id}-{version}",
        version=version,
        kind=kind,
        at=event.at + after,
        arrives=event.at + after,
        example=example,
    )
