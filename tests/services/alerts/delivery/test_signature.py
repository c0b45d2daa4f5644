"""Signatures: the vectors of Standard Webhooks, and its own library as an independent judge."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from services.alerts.delivery.signature import (
    Rejected,
    SecretInvalid,
    check,
    generate,
    parse,
    sign,
)

ID = "msg_0193f0c0example"
AT = 1_795_305_600
BODY = b'{"type":"endpoint.test","timestamp":"2026-11-22T00:00:00Z","data":{"test":true}}'
FIRST = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SECOND = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
OF_FIRST = "v1,Q4orzYBtnmPkTgcG1lE86zmUEcDxPMFqnwW8H8By0yo="
OF_SECOND = "v1,lDB+/ozHBSJDqnhJ/WLUJsdBxIi8Q63FTZJxqF0Ij4c="


def headers(signature: str, at: object = AT, message_id: str = ID) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
    }


def whsec(key: bytes) -> str:
    return "whsec_" + base64.b64encode(key).decode()


@pytest.mark.parametrize(("secret", "expected"), [(FIRST, OF_FIRST), (SECOND, OF_SECOND)])
def test_signs_the_published_vectors(secret: str, expected: str) -> None:
    assert sign(ID, AT, BODY, [secret]) == expected


def test_every_secret_signs_so_that_one_can_be_replaced() -> None:
    signature = sign(ID, AT, BODY, [SECOND, FIRST])

    assert signature == f"{OF_SECOND} {OF_FIRST}"
    assert check(headers(signature), BODY, [FIRST], AT) is None
    assert check(headers(signature), BODY, [SECOND], AT) is None


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=200))
def test_the_library_of_standard_webhooks_believes_what_we_sign(key: bytes, body: bytes) -> None:
    now = int(datetime.now(UTC).timestamp())
    signature = sign(ID, now, b'"' + body.hex().encode() + b'"', [whsec(key)])

    said = Webhook(whsec(key)).verify(f'"{body.hex()}"', headers(signature, now))

    assert said == body.hex()


@given(st.binary(min_size=24, max_size=64), st.text(max_size=50))
def test_we_believe_what_the_library_of_standard_webhooks_signs(key: bytes, body: str) -> None:
    body = body.encode(errors="replace").decode()
    signature = Webhook(whsec(key)).sign(ID, datetime.fromtimestamp(AT, UTC), body)

    assert check(headers(signature), body.encode(), [whsec(key)], AT) is None


def test_a_changed_byte_is_not_believed() -> None:
    changed = BODY.replace(b"true", b"True")

    assert check(headers(OF_FIRST), changed, [FIRST], AT) is Rejected.NO_MATCH
    assert check(headers(OF_FIRST, AT + 1), BODY, [FIRST], AT) is Rejected.NO_MATCH
    assert check(headers(OF_FIRST, AT, "msg_other"), BODY, [FIRST], AT) is Rejected.NO_MATCH
    assert check(headers(OF_SECOND), BODY, [FIRST], AT) is Rejected.NO_MATCH


@pytest.mark.parametrize(
    ("skew", "expected"),
    [(-300, None), (300, None), (-301, Rejected.IN_THE_FUTURE), (301, Rejected.TOO_OLD)],
)
def test_a_replay_is_believed_for_five_minutes(skew: int, expected: Rejected | None) -> None:
    assert check(headers(OF_FIRST), BODY, [FIRST], AT + skew) is expected


@pytest.mark.parametrize("stamp", ["", "-1", "1.5", "1e9", "١٢٣", "9" * 400, "now", " 1"])
def test_an_odd_timestamp_is_an_answer_and_no_crash(stamp: str) -> None:
    rejected = check(headers(OF_FIRST, stamp), BODY, [FIRST], AT)

    assert rejected in {Rejected.HEADERS_MISSING, Rejected.TIMESTAMP_INVALID}


@given(st.text(max_size=80))
def test_an_odd_signature_is_an_answer_and_no_crash(given_signature: str) -> None:
    assert check(headers(given_signature), BODY, [FIRST], AT) in {
        Rejected.NO_MATCH,
        Rejected.HEADERS_MISSING,
    }


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_all_three_headers_are_needed(missing: str) -> None:
    given_headers = headers(OF_FIRST)
    del given_headers[missing]

    assert check(given_headers, BODY, [FIRST], AT) is Rejected.HEADERS_MISSING


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (FIRST.removeprefix("whsec_"), "no_prefix"),
        (FIRST.replace("whsec_", "whsk_"), "no_prefix"),
        (whsec(bytes(23)), "length"),
        (whsec(bytes(65)), "length"),
        (FIRST.rstrip("="), "not_base64"),
        (FIRST.replace("A", "-", 1), "not_base64"),
        (FIRST + "\n", "not_base64"),
        (FIRST.replace("AAEC", "AA\u00e9C"), "not_base64"),
    ],
)
def test_a_secret_that_is_not_exactly_one_is_refused_and_not_quoted(
    secret: str, reason: str
) -> None:
    with pytest.raises(SecretInvalid) as refused:
        parse(secret)

    assert str(refused.value) == reason


def test_a_new_secret_is_32_bytes_and_never_the_same() -> None:
    assert len(parse(generate())) == 32
    assert generate() != generate()
