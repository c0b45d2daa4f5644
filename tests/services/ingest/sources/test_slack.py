"""Slack's events, and the signature that makes them Slack's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.contracts.envelope import Kind
from services.ingest.feed_event import FeedEvent, Visibility
from services.ingest.sources import slack, slack_signature
from services.ingest.sources.plain_text import from_slack
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError

TS = "1767600000.000100"
SECRET = b"8f742231b10e8888abcd99yyyzzz85a5"
SIGNED_AT = datetime.fromtimestamp(1531420618, UTC)
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
    b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
    b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
    b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)


def payload(outer: dict[str, Any] | None = None, **inner: Any) -> dict[str, Any]:
    event = {"type": "message", "channel": "C01", "channel_type": "channel", "user": "U01"}
    event |= {"text": "Hello", "ts": TS, "event_ts": TS}
    return {"type": "event_callback", "team_id": "T0", "event": {**event, **inner}, **(outer or {})}


def read(outer: dict[str, Any] | None = None, **inner: Any) -> FeedEvent:
    found = slack.read(payload(outer, **inner))
    assert isinstance(found, FeedEvent)
    return found


def test_the_official_vector_holds() -> None:
    assert slack_signature.holds(SECRET, "1531420618", SIGNATURE, BODY, SIGNED_AT)


@pytest.mark.parametrize(
    ("timestamp", "signature", "body", "late_s"),
    [
        pytest.param("1531420618", SIGNATURE, BODY + b" ", 0, id="other body"),
        pytest.param("1531420619", SIGNATURE, BODY, 0, id="other time"),
        pytest.param("1531420618", SIGNATURE[:-1] + "4", BODY, 0, id="other signature"),
        pytest.param("1531420618", "v0=é", BODY, 0, id="not ASCII"),
        pytest.param("", "", BODY, 0, id="unsigned"),
        pytest.param("-1", SIGNATURE, BODY, 0, id="before time"),
        pytest.param("1531420618", SIGNATURE, BODY, 301, id="late"),
        pytest.param("1531420618", SIGNATURE, BODY, -301, id="early"),
    ],
)
def test_any_other_signature_fails(
    timestamp: str, signature: str, body: bytes, late_s: int
) -> None:
    now = SIGNED_AT + timedelta(seconds=late_s)

    assert not slack_signature.holds(SECRET, timestamp, signature, body, now)


def test_five_minutes_of_skew_are_let_pass() -> None:
    now = SIGNED_AT + timedelta(seconds=300)

    assert slack_signature.holds(SECRET, "1531420618", SIGNATURE, BODY, now)


@pytest.mark.parametrize("subtype", [None, "thread_broadcast", "file_share", "me_message"])
def test_a_persons_own_words_are_a_post(subtype: str | None) -> None:
    found = read(subtype=subtype)

    assert (found.kind, found.version, found.text) == (Kind.POST, 1, "Hello")
    assert (found.channel, found.identity) == ("slack:T0/C01", "slack:T0/U01")
    assert found.source_id == f"T0/C01/{TS}"
    assert found.at == datetime(2026, 1, 5, 8, 0, 0, 100, tzinfo=UTC)
    assert not found.is_bot


def test_an_edit_has_the_words_of_the_edit_and_the_time_of_the_original() -> None:
    found = read(
        subtype="message_changed",
        message={"user": "U01", "text": "Bye", "ts": TS, "edited": {"ts": "1767600060.000000"}},
        previous_message={"user": "U01", "text": "Hello", "ts": TS},
        ts="1767600060.000300",
    )

    assert (found.kind, found.version, found.text) == (Kind.EDIT, 1767600060000, "Bye")
    assert found.source_id == f"T0/C01/{TS}"
    assert found.at == datetime(2026, 1, 5, 8, 0, 0, 100, tzinfo=UTC)


THREAD = "1767599000.000200"


def test_a_message_in_somebody_elses_thread_answers_the_first_of_it() -> None:
    found = read(thread_ts=THREAD, parent_user_id="U02")

    assert (found.kind, found.in_reply_to) == (Kind.REPLY, f"T0/C01/{THREAD}")


@pytest.mark.parametrize(
    "inner",
    [
        {},
        {"thread_ts": TS},  # the first of a thread
        {"thread_ts": THREAD, "parent_user_id": "U01"},  # goes on with what they wrote
        {"thread_ts": THREAD, "root": {"user": "U01", "ts": THREAD}},
        {"thread_ts": "yesterday"},
        {"thread_ts": 1767599000},
    ],
)
def test_what_is_in_nobody_elses_thread_answers_nothing(inner: dict[str, Any]) -> None:
    found = read(**inner)

    assert (found.kind, found.in_reply_to) == (Kind.POST, None)


def test_an_edited_answer_still_answers() -> None:
    message = {"user": "U01", "text": "Bye", "ts": TS, "edited": {"ts": "1767600060.000000"}}
    found = read(
        subtype="message_changed",
        message={**message, "thread_ts": THREAD, "parent_user_id": "U02"},
        previous_message={"user": "U01", "text": "Hello", "ts": TS},
        ts="1767600060.000300",
    )

    assert (found.kind, found.in_reply_to) == (Kind.EDIT, f"T0/C01/{THREAD}")


@pytest.mark.parametrize(
    "message",
    [
        {"user": "U01", "text": "Hello", "ts": TS, "edited": {"ts": "1767600060.000000"}},
        {"user": "U01", "text": "Hello <https://x.org>", "ts": TS, "attachments": [{}]},
    ],
)
def test_a_link_that_unfolds_is_no_edit(message: dict[str, Any]) -> None:
    inner = {"message": message, "previous_message": {"user": "U01", "text": "Hello", "ts": TS}}

    found = slack.read(payload(subtype="message_changed", **inner))

    assert found == Ignored(IgnoredReason.UNCHANGED)


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param(
            {
                "subtype": "message_deleted",
                "deleted_ts": TS,
                "previous_message": {"user": "U01", "text": "Hello", "ts": TS},
            },
            id="deleted",
        ),
        pytest.param({"subtype": "message_deleted", "deleted_ts": TS}, id="nothing known"),
        pytest.param(
            {
                "subtype": "message_changed",
                "message": {"subtype": "tombstone", "user": "USLACKBOT", "ts": TS},
                "previous_message": {"user": "U01", "text": "Hello", "ts": TS},
            },
            id="with a thread below it",
        ),
    ],
)
def test_a_deletion_names_the_message_and_has_no_words(inner: dict[str, Any]) -> None:
    found = read(event_ts="1767600120.000000", **inner)

    assert (found.kind, found.version, found.text) == (Kind.DELETE, 1767600120000, "")
    assert found.source_id == f"T0/C01/{TS}"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"subtype": "bot_message"}, IgnoredReason.AUTOMATED),
        ({"bot_id": "B1"}, IgnoredReason.AUTOMATED),
        (
            {"subtype": "message_changed", "message": {"bot_id": "B1", "ts": TS}},
            IgnoredReason.AUTOMATED,
        ),
        (
            {"subtype": "message_deleted", "previous_message": {"bot_id": "B1"}},
            IgnoredReason.AUTOMATED,
        ),
        ({"subtype": "channel_join"}, IgnoredReason.HOUSEKEEPING),
        ({"subtype": "channel_topic"}, IgnoredReason.HOUSEKEEPING),
        ({"subtype": ["channel_topic"]}, IgnoredReason.HOUSEKEEPING),
        ({"type": "app_mention"}, IgnoredReason.OTHER_EVENT),
        ({"type": "app_rate_limited"}, IgnoredReason.RATE_LIMITED),
    ],
)
def test_what_nobody_wrote_is_ignored(changes: dict[str, Any], reason: IgnoredReason) -> None:
    assert slack.read(payload(**changes)) == Ignored(reason)


def test_slack_telling_that_it_held_events_back_is_ignored() -> None:
    told = {"type": "app_rate_limited", "team_id": "T0", "minute_rate_limited": 1767600000}

    assert slack.read(told) == Ignored(IgnoredReason.RATE_LIMITED)


@pytest.mark.parametrize(
    ("kind", "visibility"),
    [
        ("channel", Visibility.PUBLIC),
        ("group", Visibility.PRIVATE),
        ("im", Visibility.DIRECT),
        ("mpim", Visibility.DIRECT),
        ("app_home", Visibility.DIRECT),
        (None, Visibility.PRIVATE),
        ({}, Visibility.PRIVATE),
    ],
)
def test_only_what_is_said_to_be_public_is(kind: object, visibility: Visibility) -> None:
    assert read(channel_type=kind).visibility is visibility


def test_in_an_enterprise_a_team_may_be_missing() -> None:
    found = read({"team_id": None, "enterprise_id": "E0"})

    assert (found.channel, found.identity) == ("slack:E0/C01", "slack:E0/U01")


def test_a_guest_of_a_shared_channel_belongs_to_their_own_workspace() -> None:
    assert read(user_team="T9", team="T9").identity == "slack:T9/U01"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"user": None}, ("/event/user", "missing")),
        ({"channel": None}, ("/event/channel", "missing")),
        ({"ts": None}, ("/event/ts", "missing")),
        ({"ts": "1e9"}, ("/event/ts", "ts")),
        ({"text": "x" * 8_001}, ("/event/text", "string_too_long")),
        ({"text": ["x"]}, ("/event/text", "string_type")),
    ],
)
def test_a_message_that_lacks_something_is_pointed_at(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    with pytest.raises(SourceError) as caught:
        slack.read(payload(**changes))

    assert [tuple(fault) for fault in caught.value.faults] == [expected]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<@U123> <@W1|ann> thanks", "thanks"),
        ("<!here> <!subteam^S1|@team> look", "look"),
        ("see <#C1|general> and <#C2>", "see #general and"),
        ("<https://x.org|the plan>", "the plan"),
        ("<https://x.org/a?b=1&amp;c=2>", "https://x.org/a?b=1&c=2"),
        ("&amp;lt; is how &lt; is written", "&lt; is how < is written"),
        ("a < b > c", "a < b > c"),
    ],
)
def test_the_words_are_those_that_a_reader_sees(markup: str, words: str) -> None:
    assert from_slack(markup) == words
