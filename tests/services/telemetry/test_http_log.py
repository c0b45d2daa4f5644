"""One line a request, and nothing in it that the caller wrote."""

from __future__ import annotations

import json

import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from services.telemetry.http_log import HttpLog


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.api_route("/rooms/{name}", methods=["GET", "CANARY"])
    async def room(name: str) -> Response:
        return Response(status_code=202 if name else 404)

    @app.get("/healthz")
    async def healthz() -> Response:
        return Response(status_code=204)

    @app.get("/broken")
    async def broken() -> Response:
        raise ValueError

    app.add_middleware(HttpLog, quiet=frozenset({"/healthz"}))
    return TestClient(app, raise_server_exceptions=False)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_is_logged_by_its_method_and_its_answer(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/rooms/canary?canary=1")

    [line] = lines(capsys)
    assert (line["method"], line["status"]) == ("GET", 202)
    assert (line["event"], line["route"]) == ("http.request", "/rooms/{name}")
    assert "canary" not in json.dumps(line)


def test_a_method_that_nobody_knows_is_not_repeated(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.request("CANARY", "/rooms/1")

    [line] = lines(capsys)
    assert line["method"] == "other"


def test_a_request_that_failed_is_logged_as_failed(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/broken")

    [line] = lines(capsys)
    assert line["status"] == 500


def test_a_route_that_is_asked_all_the_time_is_not_logged(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/healthz")

    assert lines(capsys) == []
