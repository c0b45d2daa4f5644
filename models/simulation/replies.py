"""Which messages of an ordinary day answer another one: the words and times stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from models.simulation.chance import stream
from models.simulation.organisation import Organisation
from models.simulation.planting.threads import Answerable, ReplyDraws, Threads
from models.simulation.planting.truth import Replies
from models.simulation.writing import EventKind, SimulatedEvent

ANSWERS: Final = Replies(share=0.5, outside=0.6, median_minutes=20.0)
"""Ours.  More and farther than is usual elsewhere in this package: with 1,200 people it takes that
many until five write in both directions between departments, so that most of these are shown."""


class Conversations:
    """Makes messages answers, day after day, to what others wrote before them.

    Chance comes from a stream of each message's own, so that whoever writes without replies
    writes the same messages.

    Args:
        organisation: Who writes.
        seed: Chance.
    """

    def __init__(self, organisation: Organisation, seed: int) -> None:
        self._seed, self._threads = seed, Threads(ANSWERS)
        self._threads.stand(organisation)
        self._accounts = {person.id: person.identities for person in organisation.people}

    def of_day(self, events: Iterable[SimulatedEvent]) -> list[SimulatedEvent]:
        """*events* of a day, in their order; each message of a reply with all that becomes of it.

        An answer stands in the channel of what it answers, under the writer's account there; who
        has none there answers nothing.
        """
        events = list(events)
        said = {one.message_id: one for one in events if one.kind is EventKind.CREATED}
        threaded = {
            one.message_id: self._threaded(one)
            for one in sorted(said.values(), key=lambda one: (one.at, one.message_id))
        }
        return [
            replace(
                event,
                identity=(now := threaded[event.message_id]).identity,
                channel=now.channel,
                parent=now.parent,
                thread=now.thread,
            )
            for event in events
        ]

    def _threaded(self, event: SimulatedEvent) -> SimulatedEvent:
        draws = ReplyDraws.drawn(stream(self._seed, "answers", event.message_id))
        parent = self._threads.answered(event.person, event.unit, event.at, (), draws)
        account = None if parent is None else self._account(event.person, parent.channel)
        if parent is None or account is None:
            channel, thread = event.channel, event.message_id
            now = replace(event, thread=thread)
        else:
            channel, thread = parent.channel, parent.thread
            now = replace(event, identity=account, channel=channel, parent=parent.id, thread=thread)
        self._threads.remember(
            Answerable(event.message_id, thread, event.at, event.person, event.unit, channel)
        )
        return now

    def _account(self, person: str, channel: str) -> str | None:
        """The account under which *person* writes in *channel*, if there is one."""
        held = (one for one in self._accounts[person] if _platform(one) == _platform(channel))
        return next(held, None)


def _platform(name: str) -> str:
    """The platform of an account or a channel.

    >>> _platform("demo:chat/u0001")
    'demo:chat'
    """
    return name.partition("/")[0]
