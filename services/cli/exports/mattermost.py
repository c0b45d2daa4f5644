"""A Mattermost bulk export: a JSON object a line, what is referred to before what refers to it.

Source: https://docs.mattermost.com/onboard/bulk-loading-data.html.  It knows people by their user
name; the mail address beside it is what a directory has too.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final

from services.cli.exports import Found, NotAnExport
from services.contracts.envelope import Kind
from services.contracts.failures import Fault
from services.ingest.feed_event import Visibility
from services.ingest.sources.json_text import NotJson, decode
from services.ingest.sources.plain_text import tidy
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError, event

SOURCE: Final = "mattermost"
MOST_BYTES: Final = 8 * 1024 * 1024
"""Of one line, which is a post with all its replies."""
_THREADS: Final = 16
"""Lines kept read: the replies of a thread come one by one, with others between them."""
_POSTS: Final = frozenset({"post", "direct_post"})
_WRITTEN: Final = frozenset({"", "me"})
"""Types of a post under which a person's own words are."""
_NOTICE: Final = re.compile(
    r"(\S+) (?:joined|left) the (?:channel|team)\."
    r"|\S+ (?:was )?(?:added to|removed from) the (?:channel|team) by (\S+?)\."
)
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


@dataclass(slots=True)
class _Known:
    """What the lines before the first post say.

    Attributes:
        people: User name -> mail address.
        public: Channel -> whether everybody may read it.
        bots: User names of bots.
    """

    people: dict[str, str] = field(default_factory=dict)
    public: dict[str, bool] = field(default_factory=dict)
    bots: set[str] = field(default_factory=set)


def read(path: Path) -> Iterator[Found]:
    """What was written, in the order of writing.

    The export has it in no order at all, and a clock that waited for the last line would keep
    every window open till then.  So the file is gone through twice: for when each message was
    written and in which line it is (some 150 bytes of memory a message), and for the words.

    Raises:
        NotAnExport: a line is too long.
    """
    known = _Known()
    order: list[tuple[int, int, int]] = []
    with path.open("rb") as file:
        for offset, raw in _lines(file):
            try:
                kind, body = _parsed(raw)
            except SourceError as error:
                yield error
                continue
            if kind in _POSTS:
                order += ((when, offset, n) for n, when in enumerate(map(_when, _thread(body))))
            else:
                _learn(known, kind, body)
        order.sort()

        @lru_cache(maxsize=_THREADS)
        def thread_at(offset: int) -> tuple[str, list[Mapping[str, Any]]]:
            file.seek(offset)
            kind, body = _parsed(file.readline(MOST_BYTES))
            return kind, _thread(body)

        for _, offset, place in order:
            kind, thread = thread_at(offset)
            yield _reading(thread[place], thread[0], _where(kind, thread[0], known), known)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, and where each begins."""
    offset = 0
    while raw := file.readline(MOST_BYTES + 1):
        if len(raw) > MOST_BYTES:
            raise NotAnExport("a line of it is too long")
        if raw.strip():
            yield offset, raw
        offset += len(raw)


def _parsed(raw: bytes) -> tuple[str, Mapping[str, Any]]:
    """Kind and content of a line; a kind that says nothing is empty."""
    try:
        line = decode(raw.removeprefix(b"\xef\xbb\xbf"))
    except NotJson:
        raise SourceError(Fault("", "not_json")) from None
    kind = str(line.get("type")) if isinstance(line, dict) else ""
    body = line.get(kind) if isinstance(line, dict) else None
    return (kind, body) if isinstance(body, dict) else ("", {})


def _learn(known: _Known, kind: str, body: Mapping[str, Any]) -> None:
    if kind == "user":
        known.people[str(body.get("username"))] = str(body.get("email") or "")
    elif kind == "bot":
        known.bots.add(str(body.get("username")))
    elif kind == "channel":
        known.public[_channel(body, body.get("name"))] = body.get("type") == "O"


def _thread(post: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A post and its replies, which stand inside it."""
    replies = post.get("replies")
    below = [one for one in replies if isinstance(one, dict)] if isinstance(replies, list) else []
    return [post, *below]


def _when(message: Mapping[str, Any]) -> int:
    at = message.get("create_at")
    return at if type(at) is int else 0


def _where(kind: str, post: Mapping[str, Any], known: _Known) -> tuple[str, Visibility]:
    if kind == "direct_post":
        return "direct", Visibility.DIRECT
    channel = _channel(post, post.get("channel"))
    return channel, Visibility.PUBLIC if known.public.get(channel) else Visibility.PRIVATE


def _reading(
    message: Mapping[str, Any],
    first: Mapping[str, Any],
    where: tuple[str, Visibility],
    known: _Known,
) -> Found:
    (channel, visibility), user = where, message.get("user")
    if not isinstance(user, str) or not user:
        return SourceError(Fault("/post/user", "missing"))
    reason = _not_written(message, user, known.bots)
    if reason:
        return Ignored(reason)
    answers = first.get("user") not in {user, None}  # else it goes on with what they wrote
    text, address = message.get("message"), known.people.get(user, "")
    try:
        return event(
            {"identity": "/post/user", "text": "/post/message", "at": "/post/create_at"},
            kind=Kind.REPLY if answers else Kind.POST,
            source=SOURCE,
            source_id=_id(channel, message),
            in_reply_to=_id(channel, first) if answers else None,
            channel=f"{SOURCE}:{channel}",
            identity=f"mail:{address.lower()}" if address else f"{SOURCE}:{user}",
            at=_moment(message.get("create_at")),
            text=tidy(_MENTION.sub(" ", text)) if isinstance(text, str) else "",
            visibility=visibility,
        )
    except SourceError as error:
        return error


def _not_written(
    message: Mapping[str, Any], user: str, bots: Container[str]
) -> IgnoredReason | None:
    """Why *message* is not its author's own words; None where it is."""
    props, kind = message.get("props"), str(message.get("type") or "")
    if user in bots or (isinstance(props, dict) and not _AUTOMATED.isdisjoint(props)):
        return IgnoredReason.AUTOMATED
    if kind.startswith("system_"):
        return IgnoredReason.HOUSEKEEPING
    if kind not in _WRITTEN:  # a webhook's or a plugin's own
        return IgnoredReason.AUTOMATED
    # Older servers export their notices without a type, as if the person had written them.
    notice = _NOTICE.fullmatch(str(message.get("message") or ""))
    return IgnoredReason.HOUSEKEEPING if notice and user in notice.groups() else None


def _id(channel: str, message: Mapping[str, Any]) -> str:
    """What stands for the id of *message*: the export has none."""
    return f"{channel}/{message.get('user')}/{message.get('create_at')}"


def _channel(body: Mapping[str, Any], name: object) -> str:
    return f"{body.get('team')}/{name}"


def _moment(value: object) -> datetime:
    if type(value) is not int or not 0 < value < _LATEST_MS:
        raise SourceError(Fault("/post/create_at", "time"))
    return _EPOCH + timedelta(milliseconds=value)
