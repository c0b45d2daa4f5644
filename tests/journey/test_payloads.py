"""Every recorded payload through the gateway: accepted, ignored or refused, with its reason."""

from __future__ import annotations

import pytest

from tests.journey.payload_table import FOLDER, Row, printed, rows


@pytest.fixture(scope="module")
def table() -> list[Row]:
    if not FOLDER.is_dir():
        pytest.skip("no recorded payloads: set BAROGRAPH_SHARED_DATA to the folder that holds them")
    found = []
    for row, answer in rows():
        assert answer.status_code < 500, row
        found.append(row)
    print(printed(found))  # pytest -rP shows it
    return found


def outcome(table: list[Row], start: str) -> set[tuple[str, str]]:
    """What became of the payloads whose names begin with *start*."""
    found = {
        (row.outcome, row.reason.partition(" ")[0]) for row in table if row.file.startswith(start)
    }
    assert found, start
    return found


def test_every_payload_has_an_outcome_with_a_reason(table: list[Row]) -> None:
    assert len(table) >= 200
    for row in table:
        assert row.outcome == "accepted" or row.reason, row


def test_what_breaks_activitystreams_is_refused(table: list[Row]) -> None:
    assert outcome(table, "activitystreams/fail__") == {("refused", "invalid")}


def test_no_valid_activitystreams_document_breaks_a_rule_of_the_format(table: list[Row]) -> None:
    lacking = {"/object/id: missing", "/actor/id: missing", "/object/published: missing"}
    for row in table:
        if row.file.startswith("activitystreams/") and "fail__" not in row.file:
            told = row.reason.removeprefix("invalid").strip().replace("/data/", "/")
            faults = set(told.split("; ")) - lacking - {"/@context: not_activitystreams"}
            assert row.outcome != "refused" or not faults, row


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("slack/zulip__message_with_normal_text", ("accepted", "")),
        ("slack/boltpy__test_message__message_body", ("accepted", "")),
        ("slack/boltpy__test_message_bot", ("ignored", "automated")),
        ("slack/boltpy__test_events__message_file_share", ("refused", "not_public")),
        ("slack/boltpy__test_events__valid_reaction", ("ignored", "other_event")),
        ("slack/events__MessageBotPayload.json (", ("ignored", "automated")),
        ("slack/events__MessageChannelJoinPayload.json (", ("ignored", "housekeeping")),
        ("slack/events__AppRateLimitedPayload.json (", ("ignored", "rate_limited")),
        ("slack/zulip__zerver_webhooks_slack_fixtures", ("refused", "not_json")),
        ("slack/api__", ("refused", "too-large")),
        ("activitystreams/core-ex17-jsonld.json (in", ("accepted", "")),
        ("activitystreams/vocabulary-ex33-jsonld.json", ("ignored", "no_message")),
        ("activitystreams/simple0018", ("ignored", "other_event")),
        ("cloudevents/spec__1.json", ("ignored", "other_event")),
        ("cloudevents/json-format__1.json", ("refused", "invalid")),
        ("cloudevents/json-format__11.json", ("ignored", "other_event")),
        ("cloudevents/conformance__features", ("ignored", "other_event")),
        ("cloudevents/conformance__pkg", ("refused", "unsupported-media-type")),
    ],
)
def test_a_payload_has_the_outcome_that_its_content_asks_for(
    table: list[Row], start: str, expected: tuple[str, str]
) -> None:
    assert outcome(table, start) == {expected}
