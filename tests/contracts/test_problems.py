"""Problems follow RFC 9457 and never quote a request."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field

from services.contracts import problems

CANARY = "canary: I hate my boss"


class Body(BaseModel):
    """A request with a limit."""

    count: Annotated[int, Field(ge=0)]


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    problems.install(app)

    @app.post("/count")
    def count(body: Body) -> int:
        return body.count

    @app.get("/breaks")
    def breaks() -> None:
        raise ValueError(CANARY)

    @app.get("/busy")
    def busy() -> None:
        raise problems.Problem(problems.SPOOL_FULL, retry_after_s=5)

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/count", 422),
        ("GET", "/canary", 404),
        ("GET", "/count", 405),
        ("GET", "/breaks", 500),
    ],
)
def test_every_failure_is_a_problem_that_quotes_nothing(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, json={"count": CANARY, CANARY: 1})

    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "canary" not in answer.text


def test_a_problem_says_when_to_come_back(client: TestClient) -> None:
    assert client.get("/busy").headers["retry-after"] == "5"


def test_every_type_has_its_own_address() -> None:
    slugs = [kind.slug for kind in problems.TYPES]

    assert len(slugs) == len(set(slugs))
