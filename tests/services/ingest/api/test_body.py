"""A body that breaks off."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.types import Message

from services.contracts.problems import INCOMPLETE, Problem
from services.ingest.api import body


async def test_a_client_that_goes_away_is_no_mistake_of_ours() -> None:
    coming: list[Message] = [
        {"type": "http.request", "body": b"half of it", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return coming.pop(0)

    with pytest.raises(Problem) as raised:
        await body.read(Request({"type": "http", "headers": []}, receive), 1_000)

    assert raised.value.kind is INCOMPLETE
