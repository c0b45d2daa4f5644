"""A Mattermost bulk export: a JSON object a line, what is referred to before what refers to it.

Source: https://docs.mattermost.com/onboard/bulk-loading-data.html.  It knows people by their user
name; the mail address beside it is what a directory has too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from services.cli.exports import Found
from services.contracts.envelope import Kind
from services.contracts.failures import Fault
from services.ingest.feed_event import Visibility
from services.ingest.sources.json_text import NotJson, decode
from services.ingest.sources.plain_text import tidy
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError, event

SOURCE: Final = "mattermost"
_MENTION: Final = re.compile(r"(?<![\w.@-])@[\w.-]+")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS: Final = 253_402_300_799_000
_AUTOMATED: Final = frozenset({"from_webhook", "from_bot", "from_plugin", "from_oauth_app"})


def is_one(first_line: bytes) -> bool:
    """Whether a file that begins with *first_line* is such an export."""
    try:
        document = decode(first_line)
    except (NotJson, SourceError):
        return False
    return isinstance(document, dict) and document.get("type") == "version"


def read(path: Path) -> Iterator[Found]:
    """What was written, in the order of the file."""
    people: dict[str, str] = {}
    public: dict[str, bool] = {}
    bots: set[str] = set()
    with path.open("rb") as file:
        for raw in file:
            if not raw.strip():
                continue
            try:
                line = decode(raw)
            except NotJson:
                yield SourceError(Fault("", "not_json"))
                continue
            except SourceError as error:
                yield error
                continue
            kind = str(line.get("type")) if isinstance(line, dict) else ""
            body = line.get(kind) if isinstance(line, dict) else None
            if not isinstance(body, dict):
                continue
            if kind == "user":
                people[str(body.get("username"))] = str(body.get("email") or "")
            elif kind == "bot":
                bots.add(str(body.get("username")))
            elif kind == "channel":
                public[_channel(body, body.get("name"))] = body.get("type") == "O"
            elif kind in {"post", "direct_post"}:
                yield from _posts(kind, body, people, public, bots)


def _posts(
    kind: str,
    post: Mapping[str, Any],
    people: Mapping[str, str],
    public: Mapping[str, bool],
    bots: set[str],
) -> Iterator[Found]:
    """A post and its replies, which stand inside it."""
    channel = _channel(post, post.get("channel")) if kind == "post" else "direct"
    if kind == "direct_post":
        visibility = Visibility.DIRECT
    else:
        visibility = Visibility.PUBLIC if public.get(channel) else Visibility.PRIVATE
    replies = post.get("replies")
    below = [one for one in replies if isinstance(one, dict)] if isinstance(replies, list) else []
    for message in (post, *below):
        yield _reading(message, channel, visibility, people, bots)


def _reading(
    message: Mapping[str, Any],
    channel: str,
    visibility: Visibility,
    people: Mapping[str, str],
    bots: set[str],
) -> Found:
    user, text = message.get("user"), message.get("message")
    props = message.get("props")
    if user in bots or (isinstance(props, dict) and not _AUTOMATED.isdisjoint(props)):
        return Ignored(IgnoredReason.AUTOMATED)
    if str(message.get("type") or "").startswith("system_"):
        return Ignored(IgnoredReason.HOUSEKEEPING)
    try:
        at = _moment(message.get("create_at"))
        address = people.get(str(user), "")
        return event(
            {"identity": "/post/user", "text": "/post/message", "at": "/post/create_at"},
            kind=Kind.POST,
            source=SOURCE,
            source_id=f"{channel}/{user}/{message.get('create_at')}",  # it has no id of its own
            channel=f"{SOURCE}:{channel}",
            identity=f"mail:{address.lower()}" if address else f"{SOURCE}:{user}",
            at=at,
            text=tidy(_MENTION.sub(" ", text)) if isinstance(text, str) else "",
            visibility=visibility,
        )
    except SourceError as error:
        return error


def _channel(body: Mapping[str, Any], name: object) -> str:
    return f"{body.get('team')}/{name}"


def _moment(value: object) -> datetime:
    if type(value) is not int or not 0 < value < _LATEST_MS:
        raise SourceError(Fault("/post/create_at", "time"))
    return _EPOCH + timedelta(milliseconds=value)
