"""Slack's door: only what Slack has signed, and never a reason for Slack to send it again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.contracts.envelope import Kind
from tests.fakes.ingest import CANARY, Gateway, gateway

TS = "1767600000.000100"


def payload(**changes: Any) -> dict[str, Any]:
    event = {
        "type": "message",
        "channel": "C01",
        "channel_type": "channel",
        "user": "U1",
        "text": CANARY,
        "ts": TS,
        "event_ts": TS,
    }
    return {
        "type": "event_callback",
        "team_id": "T0",
        "event_id": "Ev01",
        "event": {key: value for key, value in {**event, **changes}.items() if value is not None},
    }


def test_a_message_in_a_public_channel_is_admitted(door: Gateway) -> None:
    answer = door.slack(payload())

    assert (answer.status_code, answer.content) == (200, b"")
    [owed] = door.owed()
    assert (owed.kind, owed.leaf) == (Kind.POST, "acme.sales")


def test_an_edit_and_a_deletion_find_the_message(door: Gateway) -> None:
    edited = {"user": "U1", "text": "calmer", "ts": TS, "edited": {"ts": "1767600060.000000"}}
    gone = {"deleted_ts": TS, "event_ts": "1767600120.000000", "previous_message": {"user": "U1"}}
    previous = {"user": "U1", "text": CANARY, "ts": TS}

    door.slack(payload())
    door.slack(payload(subtype="message_changed", message=edited, previous_message=previous))
    door.slack(payload(subtype="message_deleted", **gone))

    owed = door.owed()
    assert [one.kind for one in owed] == [Kind.POST, Kind.EDIT, Kind.DELETE]
    assert len({one.digest for one in owed}) == 1
    assert [one.version for one in owed] == sorted({one.version for one in owed})


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"channel_type": "im"}, id="direct"),
        pytest.param({"channel_type": "group"}, id="private"),
        pytest.param({"channel_type": None}, id="not said"),
        pytest.param({"user": "U9"}, id="unknown person"),
        pytest.param({"bot_id": "B1"}, id="app"),
        pytest.param({"subtype": "channel_join"}, id="joined"),
        pytest.param({"type": "reaction_added"}, id="reaction"),
        pytest.param({"text": CANARY * 400}, id="too long"),
        pytest.param({"text": "\0"}, id="NUL"),
        pytest.param({"ts": "yesterday"}, id="no time"),
    ],
)
def test_what_is_not_admitted_is_not_sent_again(door: Gateway, changes: dict[str, Any]) -> None:
    answer = door.slack(payload(**changes))

    assert (answer.status_code, answer.content) == (200, b"")
    assert door.held() == 0


def test_the_challenge_is_answered_as_plain_text(door: Gateway) -> None:
    answer = door.slack({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"})

    assert (answer.status_code, answer.text) == (200, "3eZbrw1aB")
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_challenge_that_is_markup_is_not_answered(door: Gateway) -> None:
    answer = door.slack({"type": "url_verification", "challenge": "a" * 257})

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("age_s", "secret"),
    [
        pytest.param(0, b"another secret of somebody", id="wrong secret"),
        pytest.param(301, None, id="replayed"),
        pytest.param(-301, None, id="from the future"),
    ],
)
def test_what_slack_has_not_just_signed_is_refused(
    door: Gateway, age_s: int, secret: bytes | None
) -> None:
    signed = {"secret": secret} if secret else {}

    answer = door.slack(payload(), age_s=age_s, **signed)

    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/unauthenticated"
    assert door.held() == 0


def test_without_a_signature_the_challenge_is_not_answered_either(door: Gateway) -> None:
    body = {"type": "url_verification", "challenge": "3eZbrw1aB"}

    assert door.client.post("/v1/sources/slack", json=body).status_code == 401


def test_a_recording_is_useless_after_five_minutes(door: Gateway) -> None:
    door.slack(payload())
    door.wait(timedelta(minutes=6))

    assert door.slack(payload(), age_s=360).status_code == 401


def test_a_retry_counts_once(door: Gateway) -> None:
    for _ in range(3):
        door.slack(payload())

    owed = door.owed()
    assert len({(one.digest, one.version) for one in owed}) == 1


def test_malformed_json_that_was_signed_is_a_problem(door: Gateway) -> None:
    answer = door.slack(b"{canary")

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/not-json")
    assert "canary" not in answer.text


def test_without_a_secret_the_route_is_not_there(tmp_path: Path) -> None:
    with gateway(tmp_path, slack_signing_secret=None) as door:
        assert door.slack(payload()).status_code == 404


def test_a_full_spool_makes_slack_come_back(tmp_path: Path, door: Gateway) -> None:
    (tmp_path / "small").mkdir()
    with gateway(tmp_path / "small", spool_capacity=1) as small:
        directory = {
            "units": [{"id": "acme", "parent": None}],
            "people": [
                {
                    "person": "p1",
                    "unit": "acme",
                    "identities": ["slack:T0/U1"],
                    "since": "2024-09-01",
                }
            ],
        }
        small.ask("PUT", "/v1/directory", json=directory)
        small.slack(payload())

        answer = small.slack(payload(ts="1767600001.000000"))

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert door.held() == 0
