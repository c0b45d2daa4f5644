"""The directory, opt-outs, the clock and the health of a gateway, over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.contracts.access import Scope, generate
from services.contracts.envelope import Kind
from services.contracts.progress import ProgressV1
from services.contracts.units import UnitsV1
from tests.fakes.ingest import DIRECTORY, START, Gateway, gateway, message

CSV = (
    "person,unit,identities,time_zone,since,kind,name\n"
    "p1,acme.sales,feed:u1;mail:canary@example.org,Europe/Brussels,2024-09-01,human,Canary Bird\n"
)


def said(door: Gateway) -> list[UnitsV1]:
    """The trees that were published."""
    return [UnitsV1.from_bytes(raw) for raw in door.link.producer.values("units.v1")]


def test_a_directory_is_in_force_at_once_and_its_tree_is_published(door: Gateway) -> None:
    tree = said(door)[-1]

    assert tree.quarter == "2025Q4"  # in which the four weeks of the day begin
    assert [(unit.id, unit.eligible) for unit in tree.units] == [
        ("acme", 3),
        ("acme.sales", 3),
        ("acme.staff", 0),
    ]
    assert "p1" not in tree.model_dump_json()


def test_a_directory_may_be_a_table(door: Gateway) -> None:
    answer = door.ask("PUT", "/v1/directory", content=CSV, headers={"Content-Type": "text/csv"})

    assert (answer.status_code, answer.json()) == (200, {"people": 1, "units": 2})
    assert door.send(json.dumps(message())).status_code == 202


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        pytest.param(b"{canary", "application/json", 422, id="malformed"),
        pytest.param(b"canary\n1\n", "text/csv", 422, id="columns"),
        pytest.param(b"[" * 100_000, "application/json", 422, id="deep"),
        pytest.param(CSV.encode(), "application/xml", 415, id="format"),
        pytest.param(
            json.dumps({**DIRECTORY, "canary": 1}).encode(), "application/json", 422, id="field"
        ),
    ],
)
def test_a_directory_that_is_wrong_changes_nothing_and_is_not_quoted(
    door: Gateway, body: bytes, media: str, status: int
) -> None:
    answer = door.ask("PUT", "/v1/directory", content=body, headers={"Content-Type": media})

    assert answer.status_code == status
    assert "canary" not in answer.text
    assert door.send(json.dumps(message())).status_code == 202


def test_opting_out_withdraws_what_was_said_and_the_answer_is_the_same_for_anybody(
    door: Gateway,
) -> None:
    door.send(json.dumps(message()))

    answers = [
        door.ask("POST", "/v1/opt-outs", json={"identity": identity, "opted_out": True})
        for identity in ("mail:p1@example.org", "mail:p1@example.org", "mail:canary@example.org")
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    assert Kind.WITHDRAW in {owed.kind for owed in door.owed()}


def test_taking_part_again_lets_messages_in(door: Gateway) -> None:
    for out in (True, False):
        door.ask("POST", "/v1/opt-outs", json={"identity": "feed:u1", "opted_out": out})

    assert door.send(json.dumps(message())).status_code == 202
    assert door.owed()[-1].kind is Kind.POST


@pytest.mark.parametrize(
    "body",
    [
        {"identity": "canary", "opted_out": True},
        {"identity": "feed:u1", "opted_out": "canary"},
        {"identity": "feed:u1"},
        {"identity": "feed:u1", "opted_out": True, "canary": 1},
    ],
)
def test_an_opt_out_that_is_wrong_is_not_quoted(door: Gateway, body: dict[str, object]) -> None:
    answer = door.ask("POST", "/v1/opt-outs", json=body)

    assert answer.status_code == 422
    assert "canary" not in answer.text


def test_a_declared_time_is_published_before_the_answer(door: Gateway) -> None:
    answer = door.ask("PUT", "/v1/clock", json={"declared": "2025-11-03T00:00:00Z"})

    assert answer.status_code == 204
    progress = ProgressV1.from_bytes(door.link.producer.values("progress.v1")[-1])
    assert progress.declared
    assert progress.owes_nothing_until == datetime(2025, 11, 3, tzinfo=UTC)
    assert said(door)[-1].quarter == "2025Q4"


def test_the_clock_is_one_keys_and_never_goes_back(door: Gateway) -> None:
    token, key = generate(Scope, START + timedelta(days=1))
    door.keys.add(key)
    other = {"Authorization": f"Bearer {token}"}
    at = {"declared": "2025-11-03T00:00:00Z"}
    door.ask("PUT", "/v1/clock", json=at)

    told = door.ask("GET", "/v1/clock")
    not_told = door.ask("GET", "/v1/clock", headers=other)
    held = door.ask("PUT", "/v1/clock", json=at, headers=other)
    let_go = door.ask("DELETE", "/v1/clock", headers=other)
    back = door.ask("PUT", "/v1/clock", json={"declared": "2025-11-02T00:00:00Z"})

    assert [answer.status_code for answer in (held, let_go, back)] == [409, 409, 409]
    assert told.json() == at
    assert not_told.status_code == 409
    assert door.ask("DELETE", "/v1/clock").status_code == 204
    assert door.ask("GET", "/v1/clock").json() == {"declared": None}
    assert door.send(json.dumps(message())).status_code == 202


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"declared": "canary"}', b'{"declared": "2025-11-03T00:00:00Z", "b": 1}'],
)
def test_a_time_that_is_none_is_not_quoted(door: Gateway, body: bytes) -> None:
    answer = door.ask("PUT", "/v1/clock", content=body)

    assert answer.status_code in {400, 422}
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/directory"),
        ("PUT", "/v1/channels"),
        ("POST", "/v1/opt-outs"),
        ("PUT", "/v1/clock"),
    ],
)
def test_a_key_for_events_opens_no_other_door(door: Gateway, method: str, path: str) -> None:
    token, key = generate([Scope.EVENTS_WRITE], START + timedelta(days=1))
    door.keys.add(key)

    answer = door.ask(method, path, json={}, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 403


def test_the_gateway_is_ready_while_everything_behind_it_answers(door: Gateway) -> None:
    ready = door.client.get("/readyz")
    door.link.answers = False
    lame = door.client.get("/readyz")

    assert (ready.status_code, lame.status_code) == (204, 503)
    assert lame.json()["detail"] == "broker"
    assert door.client.get("/healthz").status_code == 204


def test_events_are_taken_while_the_broker_is_away(door: Gateway) -> None:
    door.link.producer.silent = True

    assert door.send(json.dumps(message())).status_code == 202
    assert door.held() == 1


def test_what_was_accepted_is_still_owed_after_a_restart(tmp_path: Path) -> None:
    with gateway(tmp_path) as door:
        door.ask("PUT", "/v1/directory", json=DIRECTORY)
        door.send(json.dumps(message()))
    with gateway(tmp_path) as door:
        assert [owed.kind for owed in door.owed()] == [Kind.POST]
        assert door.send(json.dumps(message(id="m2"))).status_code == 202


def test_every_reason_of_admission_has_a_place_in_the_metrics(door: Gateway) -> None:
    told = door.client.get("/metrics").text

    for reason in ("identity_unknown", "external", "channel_denied", "too_old", "invalid"):
        assert f'outcome="refused",reason="{reason}"' in told


def test_each_answer_carries_an_id_of_ours(door: Gateway) -> None:
    answer = door.client.get("/healthz", headers={"X-Request-Id": "canary"})

    assert len(answer.headers["x-request-id"]) == 32
