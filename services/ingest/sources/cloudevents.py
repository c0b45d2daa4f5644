"""CloudEvents 1.0 in structured and binary mode: the generic door.

Source: https://github.com/cloudevents/spec, spec.md, json-format.md, http-protocol-binding.md.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from services.contracts.failures import Fault
from services.ingest.sources import activitystreams, feed
from services.ingest.sources.json_text import decode
from services.ingest.sources.reading import (
    Ignored,
    IgnoredReason,
    Reading,
    SourceError,
    moment,
    source_name,
)

_NAME: Final = re.compile(r"[a-z0-9]+", re.ASCII)
_MEDIA_TYPE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(\s*;.*)?", re.ASCII)
_JSON: Final = re.compile(r"[^/]+/(?:[^;]+\+)?json", re.ASCII)
_URI: Final = re.compile(r"[^\s\x00-\x1f\x7f<>\"{}|\\^`]+")
_LONGEST: Final = 512
_STANDARD: Final = frozenset(
    {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema"}
)
_DATA: Final = frozenset({"data", "data_base64"})


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """A valid event; its extensions are dropped, as nothing here needs them."""

    id: str = field(repr=False)
    source: str = field(repr=False)
    type: str
    subject: str | None = field(repr=False)
    time: datetime | None
    datacontenttype: str
    data: object = field(repr=False)
    """Plain JSON, or bytes or a string of another content type."""


def read(document: object) -> Reading:
    """What the event *document*, in structured mode, tells of a message.

    Raises:
        SourceError: it is not a valid event.
        NotJson: its base64 data is not the JSON that it claims to be.
    """
    return interpret(structured(document))


def interpret(event: CloudEvent) -> Reading:
    """The message in the data of *event*; an event that carries none is ignored."""
    media = event.datacontenttype.partition(";")[0].strip().lower()
    kind = feed.KINDS.get(event.type)
    streams = media in activitystreams.MEDIA_TYPES or (
        isinstance(event.data, dict) and "@context" in event.data
    )
    if kind is None and not streams:
        return Ignored(IgnoredReason.OTHER_EVENT)
    if not _JSON.fullmatch(media):
        raise SourceError(Fault("/datacontenttype", "media_type"))
    source = source_name(event.source, "/source")
    if kind is not None:
        return feed.read(kind, source, event.data, event.time)
    return activitystreams.read(
        event.data,
        activitystreams.Envelope(source, event.id, event.time, event.subject, "/data"),
    )


def structured(document: object) -> CloudEvent:
    """The event that a JSON object is.

    Raises:
        SourceError: it is none.
        NotJson: its base64 data is not the JSON that it claims to be.
    """
    if not isinstance(document, dict):
        raise SourceError(Fault("", "object_expected"))
    present = {name: value for name, value in document.items() if value is not None}
    found = _attribute_faults(present)
    if not found and present.keys() >= _DATA:
        found.append(Fault("/data_base64", "data_twice"))
    if found:
        raise SourceError(*found)
    content_type = present.get("datacontenttype", "application/json")
    data = present.get("data")
    if "data_base64" in present:
        data = _content(_base64(present["data_base64"]), content_type)
    return _event(present, content_type, data)


def binary(headers: Mapping[str, str], body: bytes) -> CloudEvent:
    """The event whose attributes are *headers* and whose data is *body*.

    Args:
        headers: Lower-case names.
        body: Data as it came.

    Raises:
        SourceError: it is none.
        NotJson: the data is not the JSON that the content type claims.
    """
    attributes: dict[str, object] = {
        name.removeprefix("ce-"): _header_value(value)
        for name, value in headers.items()
        if name.startswith("ce-")
    }
    # In this mode the content type is the HTTP header's; one given twice would be two truths.
    attributes.pop("datacontenttype", None)
    if headers.get("content-type"):
        attributes["datacontenttype"] = headers["content-type"]
    found = _attribute_faults(attributes)
    if found:
        raise SourceError(*found)
    content_type = headers.get("content-type") or "application/json"
    return _event(attributes, content_type, _content(body, content_type) if body else None)


def _event(attributes: Mapping[str, object], content_type: str, data: object) -> CloudEvent:
    subject = attributes.get("subject")
    return CloudEvent(
        id=str(attributes["id"]),
        source=str(attributes["source"]),
        type=str(attributes["type"]),
        subject=None if subject is None else str(subject),
        time=moment(attributes["time"], "/time") if "time" in attributes else None,
        datacontenttype=content_type,
        data=data,
    )


def _attribute_faults(attributes: Mapping[str, object]) -> list[Fault]:
    """What is wrong with the attributes; the name of an extension is input and is not told."""
    required = ("specversion", "id", "source", "type")
    found = [Fault(f"/{name}", "missing") for name in required if name not in attributes]
    if attributes.get("specversion", "1.0") != "1.0":
        found.append(Fault("/specversion", "unsupported"))
    for name in sorted(attributes.keys() - _DATA):
        place = f"/{name}" if name in _STANDARD else ""
        rule = _standard if name in _STANDARD else _extension
        code = rule(name, attributes[name])
        if code:
            found.append(Fault(place, code))
    return found


def _standard(name: str, value: object) -> str | None:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        return "string"
    if name in {"source", "dataschema"} and not _URI.fullmatch(value):
        return "uri"
    if name == "datacontenttype" and not _MEDIA_TYPE.fullmatch(value):
        return "media_type"
    return None


def _extension(name: str, value: object) -> str | None:
    if not _NAME.fullmatch(name):
        return "extension_name"
    whole = isinstance(value, int) and -(2**31) <= value < 2**31
    return None if whole or isinstance(value, str | bool) else "extension_type"


def _base64(value: object) -> bytes:
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise SourceError(Fault("/data_base64", "base64"))


def _content(raw: bytes, content_type: str) -> object:
    """*raw* as JSON where it is called JSON; as it came otherwise."""
    media = content_type.partition(";")[0].strip().lower()
    if not _JSON.fullmatch(media):
        return raw
    try:
        return decode(raw)
    except SourceError as error:
        raise SourceError(
            *(Fault(f"/data{fault.pointer}", fault.code) for fault in error.faults)
        ) from None


def _header_value(value: str) -> str:
    """*value* without the quotes and the percent-encoding that HTTP put on.

    >>> _header_value('"Euro%20%E2%82%AC"')
    'Euro €'
    """
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise SourceError(Fault("", "percent_encoding")) from None
