"""What may enter, in each of the formats, and how each sender is answered."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.contracts.access import Scope, generate
from services.contracts.envelope import Kind
from services.ingest.api.examples import ACTIVITY, MESSAGE
from tests.fakes.ingest import CANARY, DIRECTORY, START, Gateway, gateway, message

BATCH = "application/cloudevents-batch+json"
LINES = "application/x-ndjson"


def test_an_admitted_event_is_in_the_spool_without_its_author(door: Gateway) -> None:
    answer = door.send(json.dumps(message()))

    assert (answer.status_code, answer.content) == (202, b"")
    [owed] = door.owed()
    assert (owed.kind, owed.leaf) == (Kind.POST, "acme.sales")
    assert "feed:u1" not in owed.model_dump_json()
    assert CANARY not in repr(owed)


def test_binary_mode_reads_the_attributes_from_headers(door: Gateway) -> None:
    event = message()
    headers = {f"ce_{name}": event[name] for name in ("specversion", "id", "source", "type")}

    answer = door.send(
        json.dumps(event["data"]), "application/json", ce_time=event["time"], **headers
    )

    assert answer.status_code == 202
    assert len(door.owed()) == 1


def test_an_activity_comes_from_the_source_that_its_key_is_labelled_with(
    door: Gateway,
) -> None:
    note = {**ACTIVITY, "actor": "mailto:p2@example.org"}

    answers = [
        door.send(json.dumps(note), f"application/{kind}+json") for kind in ("activity", "ld")
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    digests = {owed.digest for owed in door.owed()}
    assert len(digests) == 1


@pytest.mark.parametrize("media", [BATCH, LINES])
def test_each_event_of_a_batch_has_its_own_result(door: Gateway, media: str) -> None:
    events = [
        message(),
        message(id="m2", identity="feed:stranger"),
        {**message(id="m3"), "type": "com.example.other"},
        message(id="m4", text=None),
        message(id="m5", identity="feed:u2"),
    ]
    body = json.dumps(events) if media == BATCH else "\n".join(map(json.dumps, events)) + "\n"

    answer = door.send(body, media)

    assert answer.status_code == 200
    told = answer.json()
    assert (told["accepted"], told["ignored"], told["refused"]) == (2, 1, 2)
    assert told["results"] == [
        {"index": 0, "outcome": "accepted"},
        {"index": 1, "outcome": "refused", "reason": "identity_unknown"},
        {"index": 2, "outcome": "ignored", "reason": "other_event"},
        {
            "index": 3,
            "outcome": "refused",
            "reason": "invalid",
            "errors": [{"pointer": "/data/text", "detail": "missing"}],
        },
        {"index": 4, "outcome": "accepted"},
    ]
    assert len(door.owed()) == 2


def test_a_broken_line_does_not_stop_the_next_one(door: Gateway) -> None:
    answer = door.send("{not json\n" + json.dumps(message()), LINES)

    assert [item.get("reason") for item in answer.json()["results"]] == ["not_json", None]
    assert len(door.owed()) == 1


def test_an_event_sent_twice_has_one_digest_and_one_version(door: Gateway) -> None:
    for _ in range(2):
        door.send(json.dumps(message()))

    first, second = door.owed()
    assert (first.digest, first.version) == (second.digest, second.version)


def test_an_edit_replaces_the_same_message_by_a_higher_version(door: Gateway) -> None:
    door.send(json.dumps(message()))
    edit = message(kind="updated", time="2026-01-05T08:10:00Z", posted_at="2026-01-05T08:00:00Z")

    door.send(json.dumps(edit))

    first, second = door.owed()
    assert (second.kind, second.digest) == (Kind.EDIT, first.digest)
    assert second.version > first.version


def test_a_deletion_in_the_same_batch_finds_the_message_before_it(door: Gateway) -> None:
    deletion = message(kind="deleted", text=None, visibility=None, time="2026-01-05T08:20:00Z")

    answer = door.send("\n".join(map(json.dumps, [message(), deletion])), LINES)

    assert answer.json()["accepted"] == 2
    first, second = door.owed()
    assert (second.kind, second.digest, second.sealed) == (Kind.DELETE, first.digest, b"")
    assert second.leaf == first.leaf


def test_an_answer_in_the_same_batch_finds_the_message_before_it(door: Gateway) -> None:
    lines = [
        message(id="m0", identity="feed:u2"),
        message(in_reply_to="m0", time="2026-01-05T08:20:00Z"),
        message(id="m2", in_reply_to="m1", time="2026-01-05T08:25:00Z"),
    ]

    answer = door.send("\n".join(map(json.dumps, lines)), LINES)

    assert answer.json()["accepted"] == 3
    first, second, third = door.owed()
    assert (first.kind, first.other_leaf, first.answer_bucket) == (Kind.POST, None, None)
    assert (second.kind, second.other_leaf, second.answer_bucket) == (Kind.REPLY, first.leaf, 0)
    assert (third.other_leaf, third.answer_bucket) == (second.leaf, 0)


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        pytest.param({"identity": "feed:stranger"}, "identity_unknown", id="unknown person"),
        pytest.param({"visibility": "private"}, "not_public", id="private"),
        pytest.param({"visibility": "direct"}, "not_public", id="direct"),
        pytest.param({"text": " "}, "no_text", id="no words"),
        pytest.param({"time": "2026-01-05T08:36:00Z"}, "in_the_future", id="future"),
        pytest.param({"time": "2025-11-05T08:36:00Z"}, "too_old", id="old"),
    ],
)
def test_who_may_not_enter_is_told_which_rule_it_was(
    door: Gateway, changes: dict[str, str], detail: str
) -> None:
    answer = door.send(json.dumps(message(**changes)))

    assert (answer.status_code, answer.json()["detail"]) == (403, detail)
    assert answer.json()["type"] == "/problems/not-admitted"
    assert door.owed() == []


def test_a_channel_that_the_policy_does_not_list_is_refused(door: Gateway) -> None:
    answer = door.send(json.dumps({**message(), "source": "elsewhere"}))

    assert (answer.status_code, answer.json()["detail"]) == (403, "channel_not_listed")


def test_an_event_that_carries_no_message_is_answered_as_done(door: Gateway) -> None:
    answer = door.send(json.dumps({**message(), "type": "com.example.other"}))

    assert (answer.status_code, answer.content) == (204, b"")


def test_no_answer_and_no_count_tells_who_opted_out(door: Gateway) -> None:
    out = {"identity": "mail:p1@example.org", "opted_out": True}
    assert door.ask("POST", "/v1/opt-outs", json=out).status_code == 202
    before = len(door.owed())
    deletions = [
        message(kind="deleted", identity=f"feed:u{n}", id=f"d{n}", text=None, visibility=None)
        for n in (1, 2)
    ]
    posts = [message(identity=f"feed:u{n}", id=f"d{n}") for n in (1, 2)]

    answers = [door.send(json.dumps(event)) for event in (*posts, *deletions)]

    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    assert "opted_out" not in door.client.get("/metrics").text
    assert len(door.owed()) > before  # the other one's message and deletion


def test_a_deletion_that_finds_nothing_is_done(door: Gateway) -> None:
    gone = message(kind="deleted", identity="feed:stranger", text=None, visibility=None)

    answer = door.send(json.dumps(gone))

    assert (answer.status_code, answer.content) == (202, b"")
    assert door.held() == 0


def test_a_full_spool_says_when_to_come_back_and_keeps_nothing(tmp_path: Path) -> None:
    with gateway(tmp_path, spool_capacity=2) as door:
        door.ask("PUT", "/v1/directory", json=DIRECTORY)
        events = [message(id=f"m{n}") for n in range(3)]

        answer = door.send("\n".join(map(json.dumps, events)), LINES)

        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["type"] == "/problems/spool-full"
        assert door.held() == 0


def test_a_key_that_sends_too_much_is_told_when_to_come_back(tmp_path: Path) -> None:
    with gateway(tmp_path, events_per_s=1) as door:
        door.ask("PUT", "/v1/directory", json=DIRECTORY)

        answers = [door.send(json.dumps(message())) for _ in range(3)]

        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_key_opens_only_what_its_scopes_say(door: Gateway) -> None:
    token, key = generate([Scope.CLOCK_WRITE], START + timedelta(days=1))
    door.keys.add(key)

    answer = door.send(json.dumps(message()), Authorization=f"Bearer {token}")

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/forbidden"


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer nonsense", f"Bearer bgk_{'0' * 12}_{'a' * 43}", "Basic bgk"],
)
def test_without_a_valid_key_nothing_is_read(door: Gateway, authorization: str) -> None:
    answer = door.send(json.dumps(message()), Authorization=authorization)

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert door.held() == 0


def test_an_expired_key_opens_nothing(door: Gateway) -> None:
    door.wait(timedelta(days=366))

    assert door.send(json.dumps(message())).status_code == 401


def test_the_webhook_handshake_permits_without_a_key(door: Gateway) -> None:
    asked = {"WebHook-Request-Origin": "eventemitter.example.com", "WebHook-Request-Rate": "120"}

    answer = door.client.options("/v1/events", headers=asked)

    assert answer.status_code == 200
    assert answer.headers["webhook-allowed-origin"] == "*"
    assert int(answer.headers["webhook-allowed-rate"]) >= 120


def test_while_a_key_holds_the_clock_the_others_wait(door: Gateway) -> None:
    token, key = generate(Scope, START + timedelta(days=1))
    door.keys.add(key)
    declared = {"declared": datetime(2026, 1, 5, 8, tzinfo=UTC).isoformat()}
    other = {"Authorization": f"Bearer {token}"}
    assert door.ask("PUT", "/v1/clock", json=declared, headers=other).status_code == 204

    waiting = door.send(json.dumps(message()))
    holding = door.send(json.dumps(message()), Authorization=f"Bearer {token}")

    assert (waiting.status_code, holding.status_code) == (503, 202)
    assert int(waiting.headers["retry-after"]) > 0


def test_the_example_of_the_documentation_is_admitted(door: Gateway) -> None:
    event = {**MESSAGE, "data": {**MESSAGE["data"], "identity": "mail:p1@example.org"}}

    assert door.send(json.dumps(event)).status_code == 202
