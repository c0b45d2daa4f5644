"""Bad input of every kind: a clear problem, nothing lost, nothing echoed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.ingest import CANARY, Gateway, message

EVENT = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
LINES = "application/x-ndjson"
DEEP = b"[" * 10_000 + b"]" * 10_000


def raw(**changes: Any) -> bytes:
    return json.dumps(message(**changes)).encode()


def with_text(text: str) -> bytes:
    """A message whose text is the JSON string *text*, escapes and all."""
    return raw(text="#").replace(b'"#"', text.encode())


@pytest.mark.parametrize(
    ("body", "status", "errors"),
    [
        pytest.param(b"{canary", 400, [], id="malformed"),
        pytest.param(b"", 400, [], id="empty"),
        pytest.param(b'{"canary": NaN}', 400, [], id="not a number"),
        pytest.param(b'{"canary": "\xff"}', 400, [], id="not UTF-8"),
        pytest.param(DEEP, 422, [("", "too_deep")], id="10,000 nested arrays"),
        pytest.param(b"[" * 100_000, 422, [("", "too_deep")], id="100,000 open arrays"),
        pytest.param(b'{"canary": 1e999}', 422, [("", "number_out_of_range")], id="huge number"),
        pytest.param(
            with_text(r'"canary \ud800"'), 422, [("/data/text", "lone_surrogate")], id="surrogate"
        ),
        pytest.param(
            with_text(r'"canary \udc00\ud800"'),
            422,
            [("/data/text", "lone_surrogate")],
            id="turned",
        ),
        pytest.param(
            b'{"data": {"canary\\ud800": 1}}', 422, [("/data", "lone_surrogate")], id="in a name"
        ),
        pytest.param(
            with_text(r'"canary \u0000"'), 422, [("/data/text", "nul_character")], id="NUL"
        ),
        pytest.param(
            raw(message_id="canary\0"), 422, [("/data/message_id", "nul_character")], id="NUL in id"
        ),
        pytest.param(
            raw(text=CANARY * 400), 422, [("/data/text", "string_too_long")], id="oversized text"
        ),
        pytest.param(raw(text=[CANARY]), 422, [("/data/text", "string_type")], id="not a text"),
        pytest.param(raw(canary=1), 422, [("/data", "extra_forbidden")], id="unknown field"),
        pytest.param(raw(identity=""), 422, [("/data/identity", "string_too_short")], id="nobody"),
        pytest.param(raw(visibility=CANARY), 422, [("/data/visibility", "enum")], id="closed list"),
        pytest.param(raw(version=0), 422, [("/data/version", "greater_than_equal")], id="version"),
        pytest.param(raw(version="2"), 422, [("/data/version", "int_type")], id="version in words"),
        pytest.param(
            raw(version=True), 422, [("/data/version", "int_type")], id="version as truth"
        ),
        pytest.param(raw(time=CANARY), 422, [("/time", "time")], id="text in a time"),
        pytest.param(raw(time="2026-01-05T08:00:00"), 422, [("/time", "time")], id="no offset"),
        pytest.param(raw(time="2026-13-45T08:00:00Z"), 422, [("/time", "time")], id="no such day"),
        pytest.param(
            raw(time="0001-01-01T00:00:00+14:00"), 422, [("/time", "time")], id="before year 1"
        ),
        pytest.param(
            raw(posted_at=1767600000), 422, [("/data/posted_at", "time")], id="number as time"
        ),
        pytest.param(
            json.dumps({**message(), "specversion": "0.3"}).encode(),
            422,
            [("/specversion", "unsupported")],
            id="other version",
        ),
        pytest.param(
            json.dumps({**message(), "data_base64": "eA=="}).encode(),
            422,
            [("/data_base64", "data_twice")],
            id="data twice",
        ),
        pytest.param(
            json.dumps({**message(), "canary_name": 1}).encode(),
            422,
            [("", "extension_name")],
            id="name of an extension",
        ),
        pytest.param(
            json.dumps({**message(), "canary": {"a": 1}}).encode(),
            422,
            [("", "extension_type")],
            id="type of an extension",
        ),
        pytest.param(
            json.dumps({**message(), "source": "not a uri"}).encode(),
            422,
            [("/source", "uri")],
            id="source",
        ),
        pytest.param(b'["canary"]', 422, [("", "object_expected")], id="array"),
        pytest.param(b"42", 422, [("", "object_expected")], id="number"),
    ],
)
def test_what_is_wrong_is_pointed_at_and_never_quoted(
    door: Gateway, body: bytes, status: int, errors: list[tuple[str, str]]
) -> None:
    answer = door.send(body, EVENT)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"/problems/{'not-json' if status == 400 else 'invalid-request'}"
    assert [(error["pointer"], error["detail"]) for error in told["errors"]] == errors
    assert "canary" not in answer.text + str(answer.headers)
    assert door.held() == 0


@pytest.mark.parametrize(
    "media",
    [
        "text/plain",
        "application/json",
        "application/xml",
        f"{EVENT}; charset=latin-1",
        "",
    ],
)
def test_another_format_is_answered_with_those_that_are_understood(
    door: Gateway, media: str
) -> None:
    answer = door.send(raw(), media)

    assert answer.status_code == 415
    assert "application/cloudevents+json" in answer.json()["detail"]
    assert "canary" not in answer.text


def test_a_compressed_body_is_not_unfolded(door: Gateway) -> None:
    assert door.send(raw(), EVENT, Content_Encoding="gzip").status_code == 415


@pytest.mark.parametrize(
    ("body", "media"),
    [
        pytest.param(b" " * (256 * 1024 + 1), EVENT, id="event"),
        pytest.param(b" " * (4 * 1024 * 1024 + 1), BATCH, id="batch"),
        pytest.param(b"{}\n" * 1_001, LINES, id="lines"),
        pytest.param(b"[" + b"{}," * 1_000 + b"{}]", BATCH, id="events"),
    ],
)
def test_too_much_is_refused_as_too_large(door: Gateway, body: bytes, media: str) -> None:
    answer = door.send(body, media)

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_a_stream_is_cut_off_where_it_becomes_too_large(door: Gateway) -> None:
    taken = 0

    def chunks() -> Any:
        nonlocal taken
        for _ in range(1_000):
            taken += 1
            yield b" " * 64 * 1024

    headers = {"Authorization": f"Bearer {door.token}", "Content-Type": EVENT}
    answer = door.client.post("/v1/events", content=chunks(), headers=headers)

    assert answer.status_code == 413


def test_a_batch_that_is_no_array_is_refused_whole(door: Gateway) -> None:
    answer = door.send(raw(), BATCH)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "", "detail": "array_expected"}]


def test_the_results_of_a_batch_quote_nothing(door: Gateway) -> None:
    lines = [raw(canary=1), DEEP, b"{canary", with_text(r'"canary \ud800"'), raw()]

    answer = door.send(b"\n".join(lines), LINES)

    assert [item["outcome"] for item in answer.json()["results"]] == ["refused"] * 4 + ["accepted"]
    assert "canary" not in answer.text
    assert door.held() == 1


def test_unknown_routes_and_methods_are_problems_too(door: Gateway) -> None:
    answers = [door.client.get("/canary"), door.client.put("/v1/events")]

    assert [answer.status_code for answer in answers] == [404, 405]
    assert answers[1].headers["allow"]
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json"
        assert "canary" not in answer.text


def test_the_canary_is_in_no_log_line_and_no_metric(
    door: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    for body in (raw(), raw(canary=1), b"{canary", raw(identity="feed:canary")):
        door.send(body)
    door.send(raw(), Authorization="Bearer canary")
    door.client.get("/canary/canary?canary=canary")

    told = capsys.readouterr()
    assert '"event": "http.request"' in told.out
    assert "canary" not in told.out + told.err
    assert "canary" not in door.client.get("/metrics").text


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
NAMES = st.sampled_from([
    "specversion", "id", "source", "type", "time", "data", "data_base64", "datacontenttype",
    "message_id", "identity", "channel", "visibility", "text", "version", "posted_at", "@context",
    "actor", "object", "content", "contentMap", "published", "to", "name", "event", "subtype",
    "channel_type", "user", "ts", "message", "previous_message", "edited", "team_id", "challenge",
])  # fmt: skip
WORDS = st.sampled_from(
    [
        "1.0",
        "feed",
        "org.barograph.message.updated.v1",
        "https://www.w3.org/ns/activitystreams",
        "Create",
        "Delete",
        "Note",
        "event_callback",
        "url_verification",
        "message",
        "message_changed",
        "message_deleted",
        "2026-01-05T08:00:00Z",
        "1767600000.000100",
    ]
)
VALUES = st.recursive(
    LEAVES | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=8)
    ),
    max_leaves=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=VALUES, kind=st.sampled_from(["post", "batch", "lines", "activity", "slack"]))
def test_no_json_whatever_makes_the_gateway_fail(
    door: Gateway, document: object, kind: str
) -> None:
    body = json.dumps(document)
    media = {"batch": BATCH, "lines": LINES, "activity": "application/activity+json"}
    answer = door.slack(document) if kind == "slack" else door.send(body, media.get(kind, EVENT))

    assert answer.status_code < 500


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.dictionaries(NAMES, VALUES, max_size=3), inner=st.booleans())
def test_no_event_with_wrong_fields_makes_the_gateway_fail(
    door: Gateway,
    changes: dict[str, object],
    inner: bool,  # noqa: FBT001 - drawn
) -> None:
    event = message()
    (event["data"] if inner else event).update(changes)

    assert door.send(json.dumps(event)).status_code < 500


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.dictionaries(NAMES, VALUES, max_size=3))
def test_no_slack_event_with_wrong_fields_makes_the_gateway_fail(
    door: Gateway, changes: dict[str, object]
) -> None:
    payload = {
        "type": "event_callback",
        "team_id": "T0",
        "event": {"type": "message", "channel": "C1", "channel_type": "channel", **changes},
    }

    assert door.slack(payload).status_code < 500
