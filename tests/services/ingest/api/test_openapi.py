"""The OpenAPI document is complete: whoever connects a feed needs nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from services.ingest.api.reception import AS_IF_ACCEPTED
from services.ingest.intake import Refused
from services.ingest.sources.reading import IgnoredReason
from services.telemetry.metrics.ingest import REASONS
from tests.fakes.ingest import Gateway

ROUTES = {
    "/v1/events": {"post", "options"},
    "/v1/sources/slack": {"post"},
    "/v1/directory": {"put"},
    "/v1/channels": {"put"},
    "/v1/opt-outs": {"post"},
    "/v1/clock": {"get", "put", "delete"},
    "/healthz": {"get"},
    "/readyz": {"get"},
    "/metrics": {"get"},
}


@pytest.fixture
def document(door: Gateway) -> dict[str, Any]:
    found: dict[str, Any] = door.client.get("/openapi.json").json()
    return found


def test_every_route_is_there_with_its_words(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert {path: set(methods) for path, methods in document["paths"].items()} == ROUTES
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]


def test_every_body_has_an_example_and_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                for content in operation["requestBody"]["content"].values():
                    assert content["examples"], (path, method)
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], path


def test_what_needs_a_key_says_so(document: dict[str, Any]) -> None:
    open_to_all = {"/healthz", "/readyz", "/metrics", "/v1/sources/slack"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            guarded = path not in open_to_all and method != "options"
            assert bool(operation.get("security")) == guarded, (path, method)


def test_every_reason_can_be_counted() -> None:
    assert set(REASONS["ignored"]) == {reason.value for reason in IgnoredReason}
    refusals = {reason.value for reason in set(Refused) - AS_IF_ACCEPTED}
    assert set(REASONS["refused"]) == refusals | {"invalid", "not_json"}
