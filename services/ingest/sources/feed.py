"""Our own message shape, for feeds that speak no other: the data of a CloudEvent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.contracts.envelope import Kind
from services.contracts.failures import Fault
from services.ingest.feed_event import FeedEvent, Visibility
from services.ingest.sources.reading import SourceError, event, milliseconds, moment

KINDS: Final[Mapping[str, Kind]] = {
    "org.barograph.message.created.v1": Kind.POST,
    "org.barograph.message.updated.v1": Kind.EDIT,
    "org.barograph.message.deleted.v1": Kind.DELETE,
}
"""Event types, and what each says of the message."""

FIELDS: Final = frozenset(
    {
        "message_id",
        "in_reply_to",
        "identity",
        "channel",
        "visibility",
        "text",
        "version",
        "posted_at",
    }
)
_PLACES: Final = {
    "source": "/source",
    "source_id": "/data/message_id",
    "in_reply_to": "/data/in_reply_to",
    "version": "/data/version",
    "channel": "/data/channel",
    "identity": "/data/identity",
    "at": "/data/posted_at",
    "text": "/data/text",
    "visibility": "/data/visibility",
}
_REQUIRED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.POST: ("message_id", "identity", "channel", "visibility", "text"),
    Kind.EDIT: ("message_id", "identity", "channel", "visibility", "text", "posted_at"),
    Kind.DELETE: ("message_id", "identity", "channel"),
}


def read(kind: Kind, source: str, data: object, time: datetime | None) -> FeedEvent:
    """The event that *data* tells of.

    Args:
        kind: What the event's type says.
        source: Short name of the source.
        data: The event's data, plain JSON.
        time: The event's own time: that of the post, the edit or the deletion.

    Raises:
        SourceError: *data* is not of the message shape, or has a field that it does not know.
    """
    if not isinstance(data, dict):
        raise SourceError(Fault("/data", "object_expected"))
    found = [Fault(f"/data/{name}", "missing") for name in _REQUIRED[kind] if name not in data]
    if not FIELDS.issuperset(data):
        found.append(Fault("/data", "extra_forbidden"))
    if kind is Kind.EDIT and time is None and "version" not in data:
        found.append(Fault("/data/version", "missing"))
    posted = moment(data["posted_at"], "/data/posted_at") if "posted_at" in data else time
    if posted is None:
        found.append(Fault("/data/posted_at", "missing"))
    if found:
        raise SourceError(*found)
    answered = data.get("in_reply_to")
    return event(
        _PLACES,
        kind=Kind.REPLY if kind is Kind.POST and answered is not None else kind,
        source=source,
        source_id=data["message_id"],
        in_reply_to=answered,
        version=_version(kind, data, time),
        channel=_prefixed(source, data["channel"]),
        identity=_identity(source, data["identity"]),
        at=posted,
        text="" if kind is Kind.DELETE else data["text"],
        visibility=data.get("visibility", Visibility.PUBLIC),
    )


def _version(kind: Kind, data: Mapping[str, Any], time: datetime | None) -> Any:  # noqa: ANN401
    if "version" in data:
        if type(data["version"]) is not int or data["version"] > 2**53:
            raise SourceError(Fault("/data/version", "int_type"))
        return data["version"]
    return 1 if kind is Kind.POST or time is None else milliseconds(time)


def _prefixed(source: str, channel: object) -> object:
    """*channel* under its source's name, so that two feeds cannot mean one place."""
    if not isinstance(channel, str) or not channel or channel.startswith(f"{source}:"):
        return channel
    return f"{source}:{channel}"


def _identity(source: str, identity: object) -> object:
    """*identity* as the directory has it: ``mail:`` and the like stay, a bare name is the feed's.

    >>> _identity("feed", "u1"), _identity("feed", "mail:Ann@Example.org")
    ('feed:u1', 'mail:ann@example.org')
    """
    if not isinstance(identity, str) or not identity:
        return identity
    if identity.startswith("mail:"):
        return identity.lower()
    return identity if ":" in identity else f"{source}:{identity}"
