"""One request against the index of recent messages, which other requests write to meanwhile."""

from __future__ import annotations

from datetime import datetime

from services.contracts.envelope import Kind
from services.contracts.messages import MessageV1
from services.ingest.feed_event import FeedEvent
from services.ingest.intake import Admitted, Intake, Refused
from services.ingest.recent_messages import RecentMessages

_Name = tuple[str, str | None]
"""Source and id."""


class Admission:
    """Admits the events of a request in their order, each as if those before it were known.

    Args:
        intake: What may enter.
        recent: The index.
        now: The gateway's time.
        wall: The wall's.
    """

    def __init__(
        self, intake: Intake, recent: RecentMessages, now: datetime, wall: datetime
    ) -> None:
        self._intake, self._recent = intake, recent
        self._now, self._wall = now, wall
        self._admitted: list[tuple[FeedEvent, MessageV1, datetime]] = []
        self._early: list[FeedEvent] = []
        self._remembered = (0, 0)
        self._new: set[_Name] = set()
        self._gone: set[_Name] = set()

    async def admit(self, event: FeedEvent) -> tuple[Admitted, ...] | Refused:
        """What becomes of *event*.

        Raises:
            Unavailable: a dependency does not answer, or no policy is in force.
        """
        name: _Name = event.source, event.source_id
        takes_back = event.kind is Kind.DELETE
        looked_for = name if takes_back else (event.source, event.in_reply_to)
        if looked_for in self._new or (not takes_back and name in self._gone):
            await self._remember()
        admitted = self._intake.admit(event, self._now, wall=self._wall)
        if not isinstance(admitted, Refused):
            self._admitted += [(event, message, at) for message, at in admitted]
            self._new.add(name)
        elif takes_back and self._intake.awaits(event, self._now, self._wall):
            self._early.append(event)
            self._gone.add(name)
        return admitted

    async def rows(self) -> list[Admitted]:
        """What is to be kept of the request.

        Another request may have told of a deletion, or of what it deletes, after this one looked
        and before it wrote.  Whoever writes last sees what both wrote, so each looks again.

        Raises:
            Unavailable: the index cannot be written.
        """
        await self._remember()
        rows = [
            Admitted(message, at)
            for event, message, at in self._admitted
            if not self._intake.overtaken(event)
        ]
        own = {(event.source, event.source_id) for event, _, _ in self._admitted}
        for event in self._early:
            if (event.source, event.source_id) not in own:
                late = self._intake.admit(event, self._now, wall=self._wall)
                rows += () if isinstance(late, Refused) else late
        return rows

    async def _remember(self) -> None:
        admitted, early = self._remembered
        fresh = [(event, message) for event, message, _ in self._admitted[admitted:]]
        await self._recent.remember(fresh)
        await self._recent.remember_deleted(self._early[early:], self._now)
        self._remembered = len(self._admitted), len(self._early)
        self._new.clear()
        self._gone.clear()
