"""The receiver believes what is signed, once, and prints one line an alert."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from services.alerts.delivery import document, signature
from services.alerts.delivery.notice import Notice
from services.cli.receive import Receiver, describe, receive
from services.telemetry.clock import wall
from tests.fakes.notices import ALERT, NOW, RULE, SECRET
from tests.fakes.receiver import free_port

AT = int(NOW.timestamp())
OTHER = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
BODY = document.body(
    Notice("ntf_1", "alert.firing", "new_alerts", "group", 1, NOW, RULE, (ALERT,)), "en", "full"
)
LINE = "alert.firing  Customer Care  warning  2026-11-16 .. 2026-11-23"


def headers(
    body: bytes = BODY, *, secret: str = SECRET, at: int = AT, name: str = "msg_1"
) -> dict[str, str]:
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": signature.sign(name, at, body, [secret]),
    }


@pytest.fixture
def taken() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def client(taken: list[dict[str, Any]]) -> Iterator[TestClient]:
    with TestClient(Receiver([SECRET], taken.append, lambda: AT).app()) as client:
        yield client


def test_takes_what_is_signed(client: TestClient, taken: list[dict[str, Any]]) -> None:
    answer = client.post("/any/path", content=BODY, headers=headers())

    assert answer.status_code == 204
    assert taken == [json.loads(BODY)]
    assert describe(taken[0]) == [LINE]


def test_takes_the_same_webhook_once_however_often_it_comes(
    client: TestClient, taken: list[dict[str, Any]]
) -> None:
    answers = [client.post("/", content=BODY, headers=headers()).status_code for _ in range(3)]

    assert answers == [204, 204, 204]
    assert len(taken) == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (headers(secret=OTHER), "no_match"),
        (headers(b"another body"), "no_match"),
        (headers(at=AT - 301), "too_old"),
        (headers(at=AT + 301), "in_the_future"),
        ({}, "headers_missing"),
    ],
)
def test_takes_nothing_else(
    client: TestClient, taken: list[dict[str, Any]], given: dict[str, str], reason: str
) -> None:
    answer = client.post("/", content=BODY, headers=given)

    assert (answer.status_code, answer.text) == (401, reason)
    assert taken == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_what_is_signed_and_still_nonsense_is_refused(
    client: TestClient, taken: list[dict[str, Any]], body: bytes
) -> None:
    assert client.post("/", content=body, headers=headers(body)).status_code == 400
    assert taken == []


def test_a_body_without_end_is_not_read(client: TestClient) -> None:
    assert client.post("/", content=b"x" * 300_000, headers=headers()).status_code == 413


def test_a_webhook_without_alerts_is_one_line_too() -> None:
    assert describe({"type": "endpoint.test", "data": {"alerts": []}}) == ["endpoint.test"]


def test_a_secret_that_is_none_stops_the_start_and_is_not_repeated() -> None:
    found = CliRunner().invoke(receive, ["--secret", "whsec_nonsense"])

    assert found.exit_code == 78
    assert "nonsense" not in found.output


def test_without_a_secret_there_is_no_receiver() -> None:
    assert CliRunner().invoke(receive, [], env={"BAROGRAPH_RECEIVE_SECRET": ""}).exit_code == 2


def test_the_command_prints_and_records_what_it_verified(tmp_path: Path) -> None:
    record, port = tmp_path / "webhooks.jsonl", free_port()
    command = [sys.executable, "-m", "services.cli.main", "receive"]
    options = ["--port", str(port), "--record", str(record)]
    now = int(wall().timestamp())
    with subprocess.Popen(
        [*command, *options],
        env={"BAROGRAPH_RECEIVE_SECRET": SECRET, "PYTHONUNBUFFERED": "1"},
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        for name in ("msg_1", "msg_2"):
            assert post(port, headers(at=now, name=name)) == 204
        assert post(port, headers(at=now, secret=OTHER)) == 401
        process.terminate()
        printed, _ = process.communicate(timeout=20)

    assert printed.splitlines() == [LINE, LINE]
    assert record.read_bytes() == BODY + b"\n" + BODY + b"\n"


def post(port: int, given: dict[str, str]) -> int:
    """Post, once the receiver has started."""
    deadline = time.monotonic() + 30
    while True:
        try:
            url = f"http://127.0.0.1:{port}/"
            return httpx2.post(url, content=BODY, headers=given, trust_env=False).status_code
        except httpx2.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
