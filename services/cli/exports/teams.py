"""A Microsoft Teams export: a JSON array of messages, named as in Graph but in PascalCase.

Source: https://learn.microsoft.com/graph/api/resources/chatmessage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeGuard

from services.cli.exports import Found, NotAnExport
from services.cli.exports.archive import elements
from services.contracts.envelope import Kind
from services.contracts.failures import Fault
from services.ingest.feed_event import Visibility
from services.ingest.sources.plain_text import from_html, tidy
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError, event, moment

SOURCE: Final = "teams"
MOST_BYTES: Final = 512 * 1024 * 1024
"""The file is one array, so it is held in memory whole."""
_MENTION: Final = re.compile(r"<at\b[^>]*>.*?</at>", re.DOTALL | re.IGNORECASE)
_PLACES: Final = {"identity": "/From/User/Id", "text": "/Body/Content", "at": "/CreatedDateTime"}


def read(path: Path) -> Iterator[Found]:
    """What was written, in the order of writing.

    Raises:
        NotAnExport: it is no such array, or one that is too large.
    """
    if path.stat().st_size > MOST_BYTES:
        raise NotAnExport("the array is too large: split it")
    found = elements(path.read_bytes())
    messages = [one for one in found if _is_message(one)]
    if len(messages) < len(found):
        raise NotAnExport("it is a JSON array, but not of a platform's messages")
    # As text, and not yet known to be times; the platform writes all of them alike.
    messages.sort(key=lambda one: str(one.get("CreatedDateTime")))
    authors = {str(one["Id"]): _author(one).get("Id") for one in messages}
    return (_reading(one, authors.get(str(one.get("ReplyToId")))) for one in messages)


def _is_message(one: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(one, dict) and {"Id", "MessageType", "Body"} <= one.keys()


def _author(message: Mapping[str, Any]) -> Mapping[str, Any]:
    return _object(_object(message.get("From")).get("User"))


def _reading(message: Mapping[str, Any], answered: object) -> Found:
    """What *message* says, in a thread that *answered* began, if that is known."""
    if message["MessageType"] != "message":
        return Ignored(IgnoredReason.HOUSEKEEPING)
    if message.get("DeletedDateTime"):
        return Ignored(IgnoredReason.NO_MESSAGE)
    user = _author(message)
    if not user:
        return Ignored(IgnoredReason.AUTOMATED)
    place, body = _object(message.get("ChannelIdentity")), _object(message["Body"])
    channel = f"{place.get('TeamId')}/{place.get('ChannelId')}"
    if not isinstance(user.get("Id"), str) or not user["Id"]:
        return SourceError(Fault("/From/User/Id", "missing"))
    # Who goes on in their own thread answers nobody.
    first = None if answered == user["Id"] else message.get("ReplyToId")
    try:
        return event(
            _PLACES,
            kind=Kind.REPLY if first else Kind.POST,
            source=SOURCE,
            source_id=f"{channel}/{message['Id']}",
            in_reply_to=f"{channel}/{first}" if first else None,
            channel=f"{SOURCE}:{channel}",
            identity=f"{SOURCE}:{user['Id']}",
            at=moment(message.get("CreatedDateTime"), "/CreatedDateTime"),
            text=_words(body),
            visibility=_visibility(place),
        )
    except SourceError as error:
        return error


def _visibility(place: Mapping[str, Any]) -> Visibility:
    """A chat has no team or no channel."""
    named = all(
        isinstance(place.get(part), str) and place[part] for part in ("TeamId", "ChannelId")
    )
    return Visibility.PUBLIC if named else Visibility.DIRECT


def _words(body: Mapping[str, Any]) -> str:
    content = body.get("Content")
    if not isinstance(content, str):
        return ""
    unnamed = _MENTION.sub(" ", content)
    return from_html(unnamed) if body.get("ContentType") == "html" else tidy(unnamed)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
