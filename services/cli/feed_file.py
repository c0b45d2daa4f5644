"""A feed in a file, one CloudEvent a line, read the way the gateway will read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from services.ingest.feed_event import FeedEvent
from services.ingest.sources import cloudevents
from services.ingest.sources.json_text import NotJson, decode
from services.ingest.sources.reading import Ignored, SourceError

IMPORTED: Final = "imported"
"""The one unit of a directory that is made from a feed."""
_BEFORE: Final = timedelta(days=366)
"""People seen in a feed are taken to have been there for a year before it."""
_ARCHIVES: Final = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh")


class NotAFeed(Exception):
    """The file is something else; says what."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that holds something.

    Attributes:
        number: From 1.
        raw: Its bytes.
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


def check(path: Path) -> None:
    """Let *path* pass if it can be a feed.

    Raises:
        NotAFeed: it is an archive, an array or a table.
    """
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(_ARCHIVES):
        raise NotAFeed("this is an archive, such as a platform's export")
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first == b"[":
        raise NotAFeed("this is a JSON array")
    if first != b"{":
        raise NotAFeed("its first line is no JSON object")


def read(path: Path) -> Iterator[Line]:
    """The lines of *path* that are not empty."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            stripped = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if stripped:
                yield _line(number, stripped)


def _line(number: int, raw: bytes) -> Line:
    try:
        document = decode(raw)
        at = cloudevents.structured(document).time
        reading = cloudevents.read(document)
    except NotJson:
        return Line(number, raw, "not_json", refused=True, at=None)
    except SourceError as error:
        fault = error.faults[0]
        return Line(number, raw, f"{fault.code} {fault.pointer}".strip(), refused=True, at=None)
    if isinstance(reading, Ignored):
        return Line(number, raw, reading.reason.value, refused=False, at=None)
    return Line(number, raw, reading, refused=False, at=at or reading.at)


def scan(path: Path) -> Contents:
    """What is in *path*."""
    contents = Contents()
    for line in read(path):
        contents.add(line)
    return contents


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
