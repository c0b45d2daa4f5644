"""ActivityStreams 2.0: ``Create``, ``Update`` and ``Delete`` of a ``Note`` or an ``Article``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.contracts.envelope import Kind
from services.contracts.failures import Fault
from services.ingest.feed_event import TEXT_LIMIT, FeedEvent, Visibility
from services.ingest.sources import as2_rules, plain_text
from services.ingest.sources.as2_rules import id_of, types
from services.ingest.sources.reading import (
    Ignored,
    IgnoredReason,
    Reading,
    SourceError,
    event,
    milliseconds,
    moment,
)

MEDIA_TYPES: Final = frozenset({"application/activity+json", "application/ld+json"})
NOWHERE: Final = "main"
"""The place of a message that names none."""

_KINDS: Final[Mapping[str, Kind]] = {
    "Create": Kind.POST,
    "Update": Kind.EDIT,
    "Delete": Kind.DELETE,
}
_MESSAGES: Final = frozenset({"Note", "Article"})
_APPS: Final = frozenset({"Application", "Service"})
_PUBLIC: Final = frozenset({"Public", "as:Public", *(f"{one}#Public" for one in (
    "https://www.w3.org/ns/activitystreams", "http://www.w3.org/ns/activitystreams"))})  # fmt: skip
_SCORED: Final = ("en", "nl", "fr")
_MARKUP_LIMIT: Final = 8 * TEXT_LIMIT
"""Characters of HTML that are read at all: the parser's time can grow with the square."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the activity came in, for what it does not say itself."""

    source: str
    id: str | None = field(default=None, repr=False)
    time: datetime | None = None
    place: str | None = field(default=None, repr=False)
    pointer: str = ""
    """Where the activity stands in the payload."""


def read(document: object, envelope: Envelope) -> Reading:
    """What the activity *document* tells of a message.

    Raises:
        SourceError: it is not a valid document, or a message in it lacks what admission needs.
    """
    try:
        return _read(as2_rules.check(document), envelope)
    except SourceError as error:
        raise SourceError(
            *(Fault(envelope.pointer + fault.pointer, fault.code) for fault in error.faults)
        ) from None


def _read(activity: Mapping[str, object], envelope: Envelope) -> Reading:
    kinds = [kind for name, kind in _KINDS.items() if name in types(activity)]
    if not kinds:
        # Who has no actor is no activity: a thing, a place, a page of a collection.
        acted = activity.get("actor") is not None
        return Ignored(IgnoredReason.OTHER_EVENT if acted else IgnoredReason.NO_MESSAGE)
    kind, message = kinds[0], _one(activity.get("object"), "/object")
    if message is None:
        raise SourceError(Fault("/object", "missing"))
    if isinstance(message, str) and kind is not Kind.DELETE:
        return Ignored(IgnoredReason.NO_MESSAGE)  # nothing here fetches what it points at
    if isinstance(message, dict) and not _is_message(kind, message):
        return Ignored(IgnoredReason.NO_MESSAGE)
    author = _author(activity, message)
    if types(author) & _APPS:
        return Ignored(IgnoredReason.AUTOMATED)
    return _event(kind, activity, message, author, envelope)


def _is_message(kind: Kind, message: Mapping[str, object]) -> bool:
    found = types(message)
    if kind is not Kind.DELETE:
        return bool(found & _MESSAGES)
    former = {message.get("formerType")} if isinstance(message.get("formerType"), str) else set()
    return not found or bool((found | former) & _MESSAGES) or found == {"Tombstone"} > former


def _event(
    kind: Kind,
    activity: Mapping[str, object],
    message: object,
    author: object,
    envelope: Envelope,
) -> FeedEvent:
    body = message if isinstance(message, dict) else {}
    told = _time(activity, "published", "") or envelope.time
    posted = _time(body, "published", "/object")
    changed = _time(body, "updated", "/object") or _time(activity, "updated", "") or told
    at = posted or (told if kind is not Kind.EDIT else None)
    who = id_of(author)
    source_id = id_of(message) or (
        None if kind is not Kind.POST else id_of(activity) or envelope.id
    )
    needed = {"/object/id": source_id, "/actor/id": who, "/object/published": at}
    missing = [Fault(place, "missing") for place, value in needed.items() if value is None]
    if kind is Kind.EDIT and changed is None:
        missing.append(Fault("/object/updated", "missing"))
    if missing:
        raise SourceError(*missing)
    places = {
        "source_id": "/object/id",
        "in_reply_to": "/object/inReplyTo",
        "identity": "/actor/id",
        "at": "/object/published",
        "text": "/object/content",
        "channel": "/target",
    }
    answered = _answered(body)
    return event(
        places,
        kind=Kind.REPLY if kind is Kind.POST and answered is not None else kind,
        source=envelope.source,
        source_id=source_id,
        in_reply_to=answered,
        version=1 if kind is Kind.POST or changed is None else milliseconds(changed),
        channel=f"{envelope.source}:{_place(activity, body) or envelope.place or NOWHERE}",
        identity=_identity(str(who)),
        at=at,
        text="" if kind is Kind.DELETE else _text(body),
        visibility=_visibility(activity, body),
    )


def _one(value: object, pointer: str) -> object:
    """*value*, or the only member of the list that it is."""
    if not isinstance(value, list):
        return value
    if len(value) != 1:
        raise SourceError(Fault(pointer, "one_expected"))
    return value[0]


def _author(activity: Mapping[str, object], message: object) -> object:
    """Who wrote it: an edit or a deletion may be a moderator's act."""
    written = message.get("attributedTo") if isinstance(message, dict) else None
    if isinstance(written, list):
        written = written[0] if len(written) == 1 else None
    return written or _one(activity.get("actor"), "/actor")


def _answered(message: Mapping[str, object]) -> str | None:
    """What *message* answers, if that is one thing."""
    answered = message.get("inReplyTo")
    if isinstance(answered, list):
        answered = answered[0] if len(answered) == 1 else None
    return id_of(answered)


def _identity(iri: str) -> str:
    """The directory's form of an actor's IRI.

    >>> _identity("mailto:Ann@Example.org"), _identity("https://social.example.org/ann")
    ('mail:ann@example.org', 'as:https://social.example.org/ann')
    """
    scheme, _, rest = iri.partition(":")
    return f"mail:{rest.lower()}" if scheme.lower() == "mailto" else f"as:{iri}"


def _place(activity: Mapping[str, object], message: Mapping[str, object]) -> str | None:
    for node in (activity, message):
        for name in ("target", "audience", "context"):
            value = node.get(name)
            places = value if isinstance(value, list) else [value]
            found = [place for place in map(id_of, places) if place and place not in _PUBLIC]
            if found:
                return found[0]
    return None


def _visibility(activity: Mapping[str, object], message: Mapping[str, object]) -> Visibility:
    """Public unless it is addressed, and not to everybody."""
    addressed: set[str | None] = set()
    for node in (activity, message):
        for name in ("to", "cc", "bto", "bcc"):
            value = node.get(name)
            if value is not None:
                addressed |= set(map(id_of, value if isinstance(value, list) else [value]))
    return Visibility.DIRECT if addressed and not addressed & _PUBLIC else Visibility.PUBLIC


def _time(node: Mapping[str, object], name: str, pointer: str) -> datetime | None:
    value = node.get(name)
    return None if value is None else moment(value, f"{pointer}/{name}", seconds=False)


def _text(message: Mapping[str, object]) -> str:
    content = message.get("content")
    by_language = message.get("contentMap")
    if content is None and isinstance(by_language, dict):
        content = _preferred(by_language)
    parts = content if isinstance(content, list) else [content]
    words = "\n".join(part for part in parts if isinstance(part, str))
    if len(words) > _MARKUP_LIMIT:
        raise SourceError(Fault("/object/content", "string_too_long"))
    if message.get("mediaType", "text/html") == "text/html":
        words = plain_text.from_html(words)
    title = message.get("name")
    if "Article" in types(message) and isinstance(title, str):
        return f"{title}\n{words}".strip()
    return words


def _preferred(by_language: Mapping[str, str]) -> str | None:
    """The words in a language that is scored, else the first there are."""
    for wanted in _SCORED:
        for tag, text in by_language.items():
            if tag.lower().partition("-")[0] == wanted:
                return text
    return next(iter(by_language.values()), None)
