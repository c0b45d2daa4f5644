"""Which format a request is in, from its headers; and its events, read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.contracts.access import ApiKey
from services.contracts.failures import Fault
from services.contracts.problems import INVALID, MEDIA, NOT_JSON, TOO_LARGE, Problem
from services.ingest.api.reception import Read
from services.ingest.sources import activitystreams, cloudevents
from services.ingest.sources.json_text import NotJson, decode
from services.ingest.sources.reading import SourceError, source_name
from services.telemetry.metrics.ingest import Door

EVENT: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
LINES: Final = "application/x-ndjson"
ACTIVITY: Final = "application/activity+json"
LINKED: Final = "application/ld+json"
OWN: Final = "application/json"
ACCEPTED: Final = (EVENT, BATCH, LINES, ACTIVITY, LINKED, OWN)
_UTF8: Final = re.compile(r'charset\s*=\s*"?(?P<name>[\w-]+)"?', re.ASCII | re.IGNORECASE)
_HINT: Final = (
    "Send application/cloudevents+json, application/cloudevents-batch+json, application/x-ndjson,"
    " application/activity+json or application/ld+json in UTF-8; or, in CloudEvents' binary mode,"
    " application/json with the headers ce-specversion, ce-id, ce-source and ce-type."
)


@dataclass(frozen=True, slots=True)
class Format:
    """How a body is read.

    Attributes:
        many: It is a batch, with a result for each event.
        door: What the metrics call it.
    """

    media: str
    many: bool
    door: Door
    binary: bool = False


def of(headers: Mapping[str, str]) -> Format:
    """The format that *headers* announce.

    Raises:
        Problem: none that is understood here; the answer names those that are.
    """
    content_type = headers.get("content-type", "")
    media = content_type.partition(";")[0].strip().lower()
    charset = _UTF8.search(content_type)
    utf8 = charset is None or charset["name"].lower() in {"utf-8", "utf8"}
    if media in {EVENT, BATCH, LINES} and utf8:
        return Format(media, many=media != EVENT, door="cloudevents")
    if any(name.startswith("ce-") for name in headers) and utf8:
        return Format(media, many=False, door="cloudevents", binary=True)
    if media in {ACTIVITY, LINKED} and utf8:
        return Format(media, many=False, door="activitystreams")
    raise Problem(MEDIA, detail=_HINT)


def single(form: Format, headers: Mapping[str, str], body: bytes, key: ApiKey) -> Read:
    """The one event in *body*."""
    try:
        if form.binary:
            return cloudevents.interpret(cloudevents.binary(headers, body))
        if form.door == "activitystreams":
            return activitystreams.read(decode(body), activitystreams.Envelope(source_of(key)))
        return cloudevents.read(decode(body))
    except (SourceError, NotJson) as error:
        return error


def many(form: Format, body: bytes, most: int) -> list[Callable[[], Read]]:
    """The events in *body*, each to be read when its turn comes.

    Raises:
        Problem: the whole body is no batch, or one of more than *most* events.
    """
    if form.media == LINES:
        lines = body.split(b"\n")
        if not lines[-1].strip():
            lines.pop()
        _at_most(most, len(lines))
        return [_Line(line) for line in lines]
    try:
        documents = decode(body)
    except NotJson:
        raise Problem(NOT_JSON) from None
    except SourceError as error:
        raise Problem(INVALID, errors=error.faults) from None
    if not isinstance(documents, list):
        raise Problem(INVALID, errors=[Fault("", "array_expected")])
    _at_most(most, len(documents))
    return [_Document(document) for document in documents]


def read_all(parts: list[Callable[[], Read]]) -> Iterator[Read]:
    """Read one after the other."""
    for part in parts:
        yield part()


def source_of(key: ApiKey) -> str:
    """The source of what names none itself: the label of its key, else ``feed``."""
    try:
        return source_name(key.label, "")
    except SourceError:
        return "feed"


@dataclass(frozen=True, slots=True, repr=False)
class _Line:
    raw: bytes

    def __call__(self) -> Read:
        try:
            return cloudevents.read(decode(self.raw))
        except (SourceError, NotJson) as error:
            return error


@dataclass(frozen=True, slots=True, repr=False)
class _Document:
    value: object

    def __call__(self) -> Read:
        try:
            return cloudevents.read(self.value)
        except (SourceError, NotJson) as error:
            return error


def _at_most(most: int, found: int) -> None:
    if found > most:
        raise Problem(TOO_LARGE, detail=f"At most {most} events.")
