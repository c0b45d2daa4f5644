"""A feed in a file, read the way the gateway will read it.

It is NDJSON, one CloudEvent a line, or what a platform exports; that becomes the same lines.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from services.cli.exports import Found, NotAnExport, mattermost, slack, teams
from services.ingest.feed_event import FeedEvent, Visibility
from services.ingest.sources import cloudevents
from services.ingest.sources.json_text import NotJson, decode
from services.ingest.sources.reading import Ignored, SourceError

IMPORTED: Final = "imported"
"""The one unit of a directory that is made from a feed."""
_BEFORE: Final = timedelta(days=366)
"""People seen in a feed are taken to have been there for a year before it."""
_START: Final = 65_536
_ARCHIVES: Final = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh")


@dataclass(frozen=True, slots=True)
class File:
    """A file that may hold a feed.

    Attributes:
        path: Where it is.
        workspace: Id of the workspace that a Slack export is of, where it does not say so.
    """

    path: Path
    workspace: str | None = None


class NotAFeed(Exception):
    """The file is something else; says what."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that holds something, or one message of an export.

    Attributes:
        number: From 1.
        raw: Its bytes; none where it stays here.
        reading: What the gateway will read: an event, or why there is none in it.
        at: When it happened, where that is known.
    """

    number: int
    raw: bytes = field(repr=False)
    reading: FeedEvent | str = field(repr=False)
    refused: bool
    at: datetime | None


@dataclass
class Contents:
    """What a look through the file found.

    Attributes:
        lines: How many lines hold something.
        size: Bytes.
        first: When the earliest event happened.
        last: When the latest one did.
        disorder: How far an event lies behind the latest one before it, at most.
        identities: Who wrote, in the order of appearance.
        events: How many lines the gateway would read as an event.
        ignored: How many it would ignore, by reason.
        refused: How many it would refuse, by reason.
    """

    lines: int = 0
    size: int = 0
    first: datetime | None = None
    last: datetime | None = None
    disorder: timedelta = timedelta(0)
    identities: dict[str, None] = field(default_factory=dict, repr=False)
    events: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, line: Line) -> None:
        """Count *line* in."""
        self.lines += 1
        self.size += len(line.raw)
        if isinstance(line.reading, FeedEvent):
            self.events += 1
            self.identities.setdefault(line.reading.identity)
        else:
            (self.refused if line.refused else self.ignored)[line.reading] += 1
        if line.at is None:
            return
        self.first = line.at if self.first is None else min(self.first, line.at)
        self.last = line.at if self.last is None else max(self.last, line.at)
        self.disorder = max(self.disorder, self.last - line.at)


def read(file: File) -> Iterator[Line]:
    """What is in *file*, whatever of the known formats it has.

    Raises:
        NotAFeed: it is something else.
    """
    path = file.path
    start = b""
    if not path.is_dir():
        with path.open("rb") as opened:
            start = opened.read(_START)
    line = start.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    try:
        if slack.is_one(path):
            yield from _exported(slack.read(path, file.workspace))
        elif path.is_dir():
            raise NotAFeed("it is a folder, but no Slack export")
        elif start.startswith(_ARCHIVES):
            raise NotAFeed("it is an archive, but no Slack export")
        elif line.startswith(b"["):
            yield from _exported(teams.read(path))
        elif not line.startswith(b"{"):
            raise NotAFeed("its first line is no JSON object")
        elif mattermost.is_one(line):
            yield from _exported(mattermost.read(path))
        else:
            yield from _lines(path)
    except NotAnExport as error:
        raise NotAFeed(str(error)) from None


def _lines(path: Path) -> Iterator[Line]:
    """The lines of *path* that are not empty."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            stripped = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if stripped:
                yield _line(number, stripped)


def _exported(messages: Iterable[Found]) -> Iterator[Line]:
    """Messages of an export; what is not public, or no message, stays here."""
    for number, found in enumerate(messages, 1):
        if isinstance(found, SourceError):
            yield Line(number, b"", _listed(found), refused=True, at=None)
        elif isinstance(found, Ignored):
            yield Line(number, b"", found.reason.value, refused=False, at=None)
        elif found.visibility is not Visibility.PUBLIC:
            yield Line(number, b"", "not_public", refused=True, at=None)
        elif not found.text:
            yield Line(number, b"", "no_text", refused=True, at=None)
        else:
            yield Line(number, cloud_event(found), found, refused=False, at=found.at)


def cloud_event(event: FeedEvent) -> bytes:
    """*event*, a post or a reply, as the line that brings the gateway to it."""
    posted = event.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": sha256(event.source_id.encode()).hexdigest(),
        "source": event.source,
        "type": "org.barograph.message.created.v1",
        "time": posted,
        "datacontenttype": "application/json",
        "data": {
            "message_id": event.source_id,
            "identity": event.identity,
            "channel": event.channel,
            "visibility": event.visibility.value,
            "version": event.version,
            "posted_at": posted,
            "text": event.text,
        },
    }
    if event.in_reply_to is not None:
        document["data"]["in_reply_to"] = event.in_reply_to
    return json.dumps(document, ensure_ascii=False).encode()


def _listed(error: SourceError) -> str:
    """The reason that the gateway would give: a message that stays here is counted like others."""
    return "not_json" if error.faults[0].code == "not_json" else "invalid"


def _reason(error: SourceError) -> str:
    fault = error.faults[0]
    return f"{fault.code} {fault.pointer}".strip()


def _line(number: int, raw: bytes) -> Line:
    try:
        document = decode(raw)
        at = cloudevents.structured(document).time
        reading = cloudevents.read(document)
    except NotJson:
        return Line(number, raw, "not_json", refused=True, at=None)
    except SourceError as error:
        return Line(number, raw, _reason(error), refused=True, at=None)
    if isinstance(reading, Ignored):
        return Line(number, raw, reading.reason.value, refused=False, at=None)
    return Line(number, raw, reading, refused=False, at=at or reading.at)


def scan(file: File) -> Contents:
    """What is in *file*; raises what ``read`` does."""
    contents = Contents()
    for line in read(file):
        contents.add(line)
    return contents


def channels_of(file: File) -> dict[str, Any]:
    """The list of channels in *file*, which only a Slack export has.

    Raises:
        NotAFeed: it has none.
    """
    try:
        if slack.is_one(file.path):
            return slack.channel_list(file.path, file.workspace)
    except NotAnExport as error:
        raise NotAFeed(str(error)) from None
    raise NotAFeed("only a Slack export lists its channels")


def directory_from(contents: Contents, *, today: date, time_zone: str) -> dict[str, Any]:
    """A directory of everybody seen in a feed: one unit, and opaque ids instead of names."""
    earliest = min(contents.first.date() if contents.first else today, today)
    since = (earliest - _BEFORE).isoformat()
    names = {"en": "Imported", "nl": "Geïmporteerd", "fr": "Importé"}
    return {
        "units": [{"id": IMPORTED, "parent": None, "names": names}],
        "people": [
            {
                "person": f"p{number:06}",
                "unit": IMPORTED,
                "identities": [identity],
                "time_zone": time_zone,
                "since": since,
                "kind": "human",
            }
            for number, identity in enumerate(contents.identities, 1)
        ],
    }
