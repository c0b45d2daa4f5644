"""Slack's Events API: a channel's messages, their edits and deletions.

Source: https://docs.slack.dev/reference/events/message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from services.contracts.envelope import Kind
from services.contracts.failures import Fault
from services.ingest.feed_event import FeedEvent, Visibility
from services.ingest.sources.plain_text import from_slack
from services.ingest.sources.reading import (
    Ignored,
    IgnoredReason,
    Reading,
    SourceError,
    event,
    milliseconds,
)

SOURCE: Final = "slack"

_WRITTEN: Final = frozenset({"", "thread_broadcast", "file_share", "me_message"})
"""Subtypes under which a person's own words arrive."""
_CHALLENGE: Final = 256
"""Characters that are answered at most."""
_TS: Final = re.compile(r"(\d{9,11})\.(\d{6})", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_VISIBILITY: Final[Mapping[str, Visibility]] = {
    "channel": Visibility.PUBLIC,
    "group": Visibility.PRIVATE,
    "im": Visibility.DIRECT,
    "mpim": Visibility.DIRECT,
    "app_home": Visibility.DIRECT,
}
_PLACES: Final = {
    "source_id": "/event/ts",
    "channel": "/event/channel",
    "identity": "/event/user",
    "at": "/event/ts",
    "text": "/event/text",
}


@dataclass(frozen=True, slots=True)
class Challenge:
    """Slack asks whether this address is ours; it wants the value back."""

    value: str = field(repr=False)


def read(payload: object) -> Reading | Challenge:
    """What *payload*, whose signature holds, tells of a message.

    Raises:
        SourceError: a message in it lacks what admission needs.
    """
    if not isinstance(payload, dict):
        raise SourceError(Fault("", "object_expected"))
    kind = payload.get("type")
    if kind == "url_verification":
        return _challenge(payload.get("challenge"))
    inner = payload.get("event") if kind == "event_callback" else payload
    if not isinstance(inner, dict):
        raise SourceError(Fault("/event", "object_expected"))
    if inner.get("type") == "app_rate_limited":
        return Ignored(IgnoredReason.RATE_LIMITED)
    if kind != "event_callback" or inner.get("type") != "message":
        return Ignored(IgnoredReason.OTHER_EVENT)
    return _message(payload, inner)


def _challenge(value: object) -> Challenge:
    if not isinstance(value, str) or not 0 < len(value) <= _CHALLENGE or not value.isprintable():
        raise SourceError(Fault("/challenge", "string"))
    return Challenge(value)


def _message(payload: Mapping[str, object], inner: Mapping[str, object]) -> Reading:
    place, subtype = _Place.of(payload, inner), inner.get("subtype")
    if subtype == "message_changed":
        return _changed(place, inner)
    if subtype == "message_deleted":
        previous = _object(inner.get("previous_message"))
        if _not_written(previous) is IgnoredReason.AUTOMATED:
            return Ignored(IgnoredReason.AUTOMATED)
        return place.deleted(inner.get("deleted_ts"), inner.get("event_ts"), previous)
    reason = _not_written(inner)
    if reason:
        return Ignored(reason)
    kind = Kind.POST if _thread(inner) is None else Kind.REPLY
    return place.event(kind, 1, inner, inner.get("text"))


def _changed(place: _Place, inner: Mapping[str, object]) -> Reading:
    message, previous = _object(inner.get("message")), _object(inner.get("previous_message"))
    if message.get("subtype") == "tombstone":  # a deleted message that has a thread below it
        return place.deleted(message.get("ts"), inner.get("event_ts"), previous)
    reason = _not_written(message)
    if reason:
        return Ignored(reason)
    edited = _object(message.get("edited"))
    if not edited or message.get("text") == previous.get("text"):
        return Ignored(IgnoredReason.UNCHANGED)  # a link unfolded, a thread grew
    version = milliseconds(_moment(edited.get("ts"), "/event/message/edited/ts"))
    return place.event(Kind.EDIT, version, message, message.get("text"))


def _not_written(message: Mapping[str, object]) -> IgnoredReason | None:
    """Why *message* is not somebody's own words; None where it is."""
    subtype = message.get("subtype") or ""
    if message.get("bot_id") or message.get("bot_profile") or subtype == "bot_message":
        return IgnoredReason.AUTOMATED
    written = isinstance(subtype, str) and subtype in _WRITTEN
    return None if written else IgnoredReason.HOUSEKEEPING


@dataclass(frozen=True, slots=True)
class _Place:
    """Where it was written, and by whose workspace's people."""

    team: str = field(repr=False)
    channel: str = field(repr=False)
    visibility: Visibility

    @classmethod
    def of(cls, payload: Mapping[str, object], inner: Mapping[str, object]) -> _Place:
        # An app installed for a whole Enterprise Grid may be told the enterprise alone.
        team = payload.get("team_id") or payload.get("enterprise_id")
        channel = inner.get("channel")
        found = [
            Fault(pointer, "missing")
            for pointer, value in (("/team_id", team), ("/event/channel", channel))
            if not isinstance(value, str) or not value
        ]
        if found:
            raise SourceError(*found)
        # A kind of conversation that nobody has told us to be public is taken to be private.
        visibility = _VISIBILITY.get(str(inner.get("channel_type")), Visibility.PRIVATE)
        return cls(str(team), str(channel), visibility)

    def event(
        self, kind: Kind, version: int, message: Mapping[str, object], text: object
    ) -> FeedEvent:
        user = message.get("user")
        if not isinstance(user, str) or not user:
            raise SourceError(Fault("/event/user", "missing"))
        # In a channel shared between workspaces the author's own one comes with the message.
        team = message.get("user_team") or message.get("team") or self.team
        ts, thread = message.get("ts"), _thread(message)
        at = _moment(ts, "/event/ts")
        return event(
            _PLACES,
            kind=kind,
            source=SOURCE,
            source_id=f"{self.team}/{self.channel}/{ts}",
            in_reply_to=thread and f"{self.team}/{self.channel}/{thread}",
            version=version,
            channel=f"{SOURCE}:{self.team}/{self.channel}",
            identity=f"{SOURCE}:{team}/{user}",
            at=at,
            text=from_slack(text) if isinstance(text, str) else text or "",
            visibility=self.visibility,
        )

    def deleted(self, ts: object, event_ts: object, previous: Mapping[str, object]) -> FeedEvent:
        version = milliseconds(_moment(event_ts, "/event/event_ts"))
        return self.event(
            Kind.DELETE, version, {"user": "unknown", **previous, "ts": ts}, text=None
        )


def _thread(message: Mapping[str, object]) -> str | None:
    """The ``ts`` of the first message of the thread of somebody else that *message* answers in.

    That is all Slack tells: which message of a thread is answered, it does not know either.
    """
    first = message.get("thread_ts")
    if not isinstance(first, str) or _TS.fullmatch(first) is None or first == message.get("ts"):
        return None
    # A reply that is shown in the channel too has the first message with it instead.
    author = message.get("parent_user_id") or _object(message.get("root")).get("user")
    return None if author == message.get("user") else first


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _moment(value: object, pointer: str) -> datetime:
    """The time of a ``ts`` such as ``1767600000.000100``."""
    found = _TS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise SourceError(Fault(pointer, "missing" if value in (None, "") else "ts"))
    return _EPOCH + timedelta(seconds=int(found[1]), microseconds=int(found[2]))
