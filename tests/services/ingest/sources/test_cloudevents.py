"""CloudEvents in structured and binary mode, and the message in them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.contracts.envelope import Kind
from services.ingest.feed_event import FeedEvent
from services.ingest.sources import cloudevents
from services.ingest.sources.json_text import NotJson
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError
from tests.fakes.ingest import CANARY, message

ACTIVITY = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "type": "Create",
    "actor": "mailto:ann@example.org",
    "object": {"type": "Note", "content": "Hello"},
}
HEADERS = {
    "ce-specversion": "1.0",
    "ce-id": "1",
    "ce-source": "feed",
    "ce-type": "org.barograph.message.created.v1",
    "ce-time": "2026-01-05T08:00:00Z",
    "content-type": "application/json; charset=utf-8",
}


def read(document: object) -> FeedEvent:
    found = cloudevents.read(document)
    assert isinstance(found, FeedEvent)
    return found


def faults(document: object) -> list[tuple[str, str]]:
    with pytest.raises(SourceError) as caught:
        cloudevents.read(document)
    return [(fault.pointer, fault.code) for fault in caught.value.faults]


def test_a_message_of_our_own_shape_is_read() -> None:
    found = read(message())

    assert (found.kind, found.source, found.source_id) == (Kind.POST, "feed", "m1")
    assert (found.channel, found.identity) == ("feed:town-square", "feed:u1")
    assert (found.at, found.text) == (datetime(2026, 1, 5, 8, tzinfo=UTC), CANARY)


def test_a_message_of_our_own_shape_may_answer_another() -> None:
    found = read(message(in_reply_to="m0"))

    assert (found.kind, found.in_reply_to) == (Kind.REPLY, "m0")
    assert "m0" not in repr(found)
    assert faults(message(in_reply_to=7)) == [("/data/in_reply_to", "string_type")]
    assert faults(message(in_reply_to="")) == [("/data/in_reply_to", "string_too_short")]


def test_nothing_of_an_event_that_names_or_quotes_somebody_is_printed() -> None:
    event = cloudevents.structured({**message(), "subject": CANARY})

    assert "canary" not in repr(event)
    assert not {CANARY, "feed:u1", "m1", "feed:town-square"} & set(repr(read(message())).split("'"))


def test_base64_data_is_the_same_as_data() -> None:
    event = message()
    encoded = base64.b64encode(json.dumps(event.pop("data")).encode()).decode()

    assert read({**event, "data_base64": encoded}) == read(message())


def test_base64_data_that_is_not_the_json_it_claims_to_be_is_refused() -> None:
    event = message()
    del event["data"]

    with pytest.raises(NotJson):
        cloudevents.read({**event, "data_base64": "e2NhbmFyeQ=="})
    assert faults({**event, "data_base64": "e2 NhbmFyeQ"}) == [("/data_base64", "base64")]


def test_an_activity_in_the_data_takes_from_the_envelope_what_it_does_not_say() -> None:
    event = {**message(), "type": "org.example.activity", "subject": "sales", "data": ACTIVITY}

    found = read(event)

    assert (found.source_id, found.channel) == ("event-m1", "feed:sales")
    assert found.at == datetime(2026, 1, 5, 8, tzinfo=UTC)


def test_a_fault_of_an_activity_is_pointed_at_inside_the_data() -> None:
    event = {**message(), "type": "org.example.activity", "data": {**ACTIVITY, "id": 4}}

    assert faults(event) == [("/data/id", "absolute_iri")]


def test_binary_mode_is_the_same_as_structured_mode() -> None:
    event = cloudevents.binary(HEADERS, json.dumps(message()["data"]).encode())

    assert cloudevents.interpret(event) == read(message())


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        ({"ce-subject": "Euro%20%E2%82%AC"}, "Euro €"),
        ({"ce-subject": '"quoted \\"inside\\""'}, 'quoted "inside"'),
    ],
)
def test_a_header_is_decoded(headers: dict[str, str], subject: str) -> None:
    assert cloudevents.binary({**HEADERS, **headers}, b"").subject == subject


def test_a_header_that_decodes_to_no_text_is_refused() -> None:
    with pytest.raises(SourceError):
        cloudevents.binary({**HEADERS, "ce-subject": "%FF"}, b"")


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
def test_a_required_attribute_is_missed_by_its_name(name: str) -> None:
    event = message()
    del event[name]

    assert faults(event) == [(f"/{name}", "missing")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"subject": ""}, ("/subject", "string")),
        ({"id": 4}, ("/id", "string")),
        ({"dataschema": "not a uri"}, ("/dataschema", "uri")),
        ({"datacontenttype": "json"}, ("/datacontenttype", "media_type")),
        ({"datacontenttype": "text/xml"}, ("/datacontenttype", "media_type")),
        ({"Upper": "x"}, ("", "extension_name")),
        ({"number": 1.5}, ("", "extension_type")),
        ({"number": 2**31}, ("", "extension_type")),
        ({"time": "2026-01-05"}, ("/time", "time")),
    ],
)
def test_an_attribute_that_breaks_a_rule_is_pointed_at(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert faults({**message(), **changes}) == [expected]


@pytest.mark.parametrize("changes", [{"traceid": "x"}, {"flag": True}, {"seq": 5}, {"none": None}])
def test_extensions_are_let_pass(changes: dict[str, Any]) -> None:
    assert read({**message(), **changes}) == read(message())


def test_an_event_of_another_type_is_ignored() -> None:
    event = {**message(), "type": "com.example.order", "data": {"order": 1}}

    assert cloudevents.read(event) == Ignored(IgnoredReason.OTHER_EVENT)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": "updated"}, ("/data/posted_at", "missing")),
        ({"channel": None}, ("/data/channel", "missing")),
        ({"visibility": None}, ("/data/visibility", "missing")),
        ({"message_id": None}, ("/data/message_id", "missing")),
    ],
)
def test_a_message_that_lacks_something_is_pointed_at(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert faults(message(**changes)) == [expected]


def test_without_any_time_a_message_is_refused() -> None:
    event = message()
    del event["time"]

    assert faults(event) == [("/data/posted_at", "missing")]


def test_an_edit_without_a_version_counts_by_its_time() -> None:
    edit = message(kind="updated", time="2026-01-05T09:00:00Z", posted_at="2026-01-05T08:00:00Z")

    found = read(edit)

    assert (found.kind, found.version) == (Kind.EDIT, 1767603600000)
    assert found.at == datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("identity", "known_as"),
    [("u1", "feed:u1"), ("mail:Ann@Example.org", "mail:ann@example.org"), ("slack:T0/U1",) * 2],
)
def test_a_bare_name_is_the_feeds_own(identity: str, known_as: str) -> None:
    assert read(message(identity=identity)).identity == known_as


@pytest.mark.parametrize(
    ("source", "name"),
    [("/acme/Town Square".replace(" ", "-"), "acme-town-square"), ("demo", "demo")],
)
def test_a_source_has_a_short_name_for_the_policy(source: str, name: str) -> None:
    assert read({**message(), "source": source}).source == name


def test_a_leap_second_is_the_end_of_its_minute() -> None:
    found = read(message(time="2016-12-31T23:59:60Z"))

    assert found.at == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)
