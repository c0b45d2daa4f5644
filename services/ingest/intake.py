"""Admission: a feed event becomes a message without a name, or is refused.  No I/O of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from models.climate import windows
from models.climate.networks.answer_time import AnsweredWithin, answered_within
from services.contracts.envelope import Kind
from services.contracts.failures import Unavailable
from services.contracts.messages import MessageV1
from services.ingest.block_keys import keyed
from services.ingest.directory import PersonKind
from services.ingest.feed_event import FeedEvent, Visibility
from services.ingest.recent_messages import KEPT, Remembered
from services.ingest.registry import Person

WORKDAY: Final = range(8, 18)
SATURDAY: Final = 5
_SURELY_LONGER: Final = timedelta(days=3)
"""The calendars of two people are up to 26 hours apart: further apart than this is over a day."""
AHEAD: Final = timedelta(minutes=5)
"""How far the clock of a source may be ahead of ours."""


class Refused(StrEnum):
    """Why an event may not enter."""

    CHANNEL_NOT_LISTED = "channel_not_listed"
    CHANNEL_DENIED = "channel_denied"
    NOT_PUBLIC = "not_public"
    AUTOMATED = "automated"
    IDENTITY_UNKNOWN = "identity_unknown"
    EXTERNAL = "external"
    NO_TEXT = "no_text"
    IN_THE_FUTURE = "in_the_future"
    TOO_OLD = "too_old"
    BLOCK_CLOSED = "block_closed"
    UNKNOWN_MESSAGE = "unknown_message"
    """Deletes what was never accepted, or what is yet to come."""
    DELETED_BEFORE = "deleted_before"
    """Was taken back by an event that overtook it."""
    OPTED_OUT = "opted_out"
    """For the gateway alone: the caller gets the answer of an accepted event."""


class Admitted(NamedTuple):
    """A message, and the event time that holds the gateway's progress until it is settled."""

    message: MessageV1
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Intake:
    """Everything that admission asks for is handed in; nothing is opened here.

    Attributes:
        channel: Source and channel to the reason why they are closed, if they are.
        person: Identity to the person behind it.
        redact: Text to text without names, addresses and numbers.
        block_key: Block and the gateway's time to that block's random key; None when it is closed.
        live_keys: The gateway's time to the keys of all blocks in which something may count.
        seal: Redacted text to ciphertext, under the key of the hour.
        recent: Source and id to where that message counts.
        deleted: Source and id to the version with which it was deleted before it came.
        spool_id: Name of the spool that will hold the messages.
    """

    channel: Callable[[str, str], Refused | None]
    person: Callable[[str], Person | None]
    redact: Callable[[str], str]
    block_key: Callable[[int, datetime], bytes | None]
    live_keys: Callable[[datetime], Mapping[int, bytes]]
    seal: Callable[[str], bytes]
    recent: Callable[[str, str], Remembered | None]
    deleted: Callable[[str, str], int | None]
    spool_id: str

    def admit(
        self, event: FeedEvent, now: datetime, *, wall: datetime | None = None
    ) -> tuple[Admitted, ...] | Refused:
        """*event* with its author, channel and id replaced by keyed digests.

        Args:
            event: What a source told.
            now: The gateway's time: the wall's, or what was declared.
            wall: The wall's time where another was declared: an import is always ahead of what it
                declared, and never ahead of the wall.

        Raises:
            Unavailable: the key store does not answer, or no policy is in force.
        """
        if event.kind is Kind.DELETE:
            return self._deleted(event, now)
        person = self.person(event.identity)
        refused = (
            self.channel(event.source, event.channel)
            or _whose(event, person)
            or _when(event.at, now, wall or now)
            or _what(event)
        )
        if refused or person is None:
            return refused or Refused.IDENTITY_UNKNOWN
        local = event.at.astimezone(person.zone)
        day = local.date()
        block = windows.block(day)
        key = self.block_key(block, now)
        if key is None:
            return Refused.BLOCK_CLOSED
        # Last of all: whatever else is wrong is answered as for everybody, so that no answer
        # tells who does not take part.
        untold = self._untold(event, person)
        if untold:
            return untold
        if not event.text.strip():  # an edit that took the words away: nothing is left to count
            return self._without_words(event, now, Remembered(person.leaf, block, day))
        answered = (
            None if event.in_reply_to is None else self.recent(event.source, event.in_reply_to)
        )
        message = MessageV1(
            kind=event.kind,
            spool_id=self.spool_id,
            seq=0,
            digest=keyed(key, "message", _name(event)),
            version=event.version,
            block=block,
            pid=keyed(key, "person", person.key),
            leaf=person.leaf,
            countable=person.counts_from <= day,
            local_day=day,
            after_hours=local.hour not in WORKDAY or local.weekday() >= SATURDAY,
            place=keyed(key, "place", event.channel),
            other_leaf=answered and answered.leaf,
            answer_bucket=answered and _how_soon(event, answered, day),
            hour=_hour(event.at, day),
            sealed=self.seal(self.redact(event.text)),
        )
        return (Admitted(message, event.at),)

    def overtaken(self, event: FeedEvent) -> bool:
        """Whether *event* is no deletion, and was taken back by one that came before it."""
        if event.kind is Kind.DELETE:
            return False
        gone = self.deleted(event.source, event.source_id)
        return gone is not None and event.version <= gone

    def awaits(self, deletion: FeedEvent, now: datetime, wall: datetime) -> bool:
        """Whether what a deletion did not find may be yet to come; arguments as for ``admit``."""
        try:
            closed = self.channel(deletion.source, deletion.channel)
        except Unavailable:  # the message may come once a policy is in force again
            closed = None
        return (closed or _when(deletion.at, now, wall)) is None

    def _untold(self, event: FeedEvent, person: Person) -> Refused | None:
        if person.opted_out:
            return Refused.OPTED_OUT
        return Refused.DELETED_BEFORE if self.overtaken(event) else None

    def withdraw(self, person: Person, now: datetime) -> tuple[Admitted, ...]:
        """Takes *person* out of every block that is still open at *now*, the gateway's time."""
        day = now.astimezone(person.zone).date()
        return tuple(
            Admitted(
                MessageV1(
                    kind=Kind.WITHDRAW,
                    spool_id=self.spool_id,
                    seq=0,
                    digest=keyed(key, "withdrawal", person.key),
                    version=max(1, int(now.timestamp() * 1_000)),
                    block=block,
                    pid=keyed(key, "person", person.key),
                    leaf=person.leaf,
                    countable=False,
                    local_day=_day_in(block, day),
                    after_hours=False,
                    place=keyed(key, "place", ""),
                ),
                now,
            )
            for block, key in self.live_keys(now).items()
        )

    def _deleted(self, event: FeedEvent, now: datetime) -> tuple[Admitted, ...] | Refused:
        """Asks the index alone: what was admitted can be taken back, whatever the policy says."""
        known = self.recent(event.source, event.source_id)
        if known is not None:
            return self._without_words(event, now, known) or Refused.BLOCK_CLOSED
        person = self.person(event.identity)
        if person is not None and person.opted_out:
            return Refused.OPTED_OUT
        return Refused.UNKNOWN_MESSAGE

    def _without_words(
        self, event: FeedEvent, now: datetime, known: Remembered
    ) -> tuple[Admitted, ...]:
        """A deletion for every open block: the digest is another in each.

        It holds progress at *now*, not at the time of the message: a window that is open now
        waits for it, and one that has closed could not be changed.
        """
        return tuple(
            Admitted(
                MessageV1(
                    kind=Kind.DELETE,
                    spool_id=self.spool_id,
                    seq=0,
                    digest=keyed(key, "message", _name(event)),
                    version=event.version,
                    block=block,
                    # Whoever deletes need not be the author, and the author is not kept.
                    pid=keyed(key, "nobody", _name(event)),
                    leaf=known.leaf,
                    countable=False,
                    local_day=_day_in(block, known.day),
                    after_hours=False,
                    place=keyed(key, "place", event.channel),
                ),
                now,
            )
            for block, key in self.live_keys(now).items()
        )


def _whose(event: FeedEvent, person: Person | None) -> Refused | None:
    if event.visibility is not Visibility.PUBLIC:
        return Refused.NOT_PUBLIC
    if event.is_bot or (person is not None and person.kind is PersonKind.BOT):
        return Refused.AUTOMATED
    if person is None:
        return Refused.IDENTITY_UNKNOWN
    return Refused.EXTERNAL if person.kind is PersonKind.EXTERNAL else None


def _when(at: datetime, now: datetime, wall: datetime) -> Refused | None:
    if at > max(now, wall) + AHEAD:
        return Refused.IN_THE_FUTURE
    # Beyond what the index remembers it could never be deleted again.
    return Refused.TOO_OLD if at < now - KEPT else None


def _what(event: FeedEvent) -> Refused | None:
    if event.kind not in {Kind.POST, Kind.EDIT, Kind.REPLY}:
        return Refused.NO_TEXT
    return None if event.text.strip() or event.kind is Kind.EDIT else Refused.NO_TEXT


def _how_soon(event: FeedEvent, answered: Remembered, day: date) -> AnsweredWithin | None:
    """How soon *event*, of the local *day*, answers; None where that is not known."""
    if answered.at is not None:
        return answered_within(event.at - answered.at)
    return AnsweredWithin.LONGER if day - answered.day > _SURELY_LONGER else None


def _hour(at: datetime, day: date) -> int | None:
    """The hour of UTC, if it belongs to the local *day*.

    An hour of UTC is over everywhere at once, one of local time only twelve hours later; but one
    that held two local days would be no part of either, and could be subtracted from both.
    """
    in_utc = at.astimezone(UTC)
    return in_utc.hour if in_utc.date() == day else None


def _name(event: FeedEvent) -> str:
    return f"{event.source}\0{event.source_id}"


def _day_in(block: int, day: date) -> date:
    """*day* moved by whole blocks into *block*."""
    return day + timedelta(days=windows.BLOCK_DAYS * (block - windows.block(day)))
