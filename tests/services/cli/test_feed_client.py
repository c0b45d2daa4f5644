"""A feed arrives whole, however the gateway behaves."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx2
import pytest

from services.cli.feed_client import FeedClient, GatewayRefused, GatewayUnavailable, Tally, connect
from tests.fakes.gateway import KEY, FakeGateway

WAITED: list[float] = []


async def waiting(seconds: float) -> None:
    WAITED.append(seconds)


@pytest.fixture
def gateway() -> FakeGateway:
    WAITED.clear()
    return FakeGateway()


@pytest.fixture
async def client(gateway: FakeGateway) -> AsyncIterator[FeedClient]:
    with gateway.listening() as address:
        async with httpx2.AsyncClient(base_url=address) as http:
            yield FeedClient(http, KEY, patience_s=60, sleep=waiting)


def line(number: int, channel: str = "demo:chat/all") -> bytes:
    return json.dumps(
        {
            "id": f"e{number}",
            "type": "org.barograph.message.created.v1",
            "time": "2026-10-05T08:00:00Z",
            "data": {"channel": channel},
        }
    ).encode()


async def test_every_line_of_a_batch_is_answered(client: FeedClient) -> None:
    batch = await client.send([line(1), line(2, "other:x"), b"{"])

    assert [(item.outcome, item.reason) for item in batch.results] == [
        ("accepted", None),
        ("refused", "channel_not_listed"),
        ("refused", "not_json"),
    ]


async def test_a_full_gateway_is_given_the_time_it_asks_for(
    client: FeedClient, gateway: FakeGateway
) -> None:
    gateway.trouble.extend(["full", "slow down"])

    batch = await client.send([line(1)])

    assert (batch.accepted, WAITED) == (1, [7.0, 3.0])


async def test_a_batch_whose_answer_is_lost_is_sent_again_with_the_same_ids(
    client: FeedClient, gateway: FakeGateway
) -> None:
    gateway.trouble.append("cut")

    await client.send([line(1), line(2)])

    assert gateway.arrivals == ["e1", "e2", "e1", "e2"]


async def test_a_gateway_behind_a_broken_proxy_is_tried_again_more_and_more_slowly(
    client: FeedClient, gateway: FakeGateway
) -> None:
    gateway.trouble.extend(["broken", "broken"])

    await client.declare(datetime(2026, 10, 5, tzinfo=UTC))

    assert (gateway.held, WAITED) == (True, [0.25, 0.5])


async def test_what_is_not_allowed_is_not_tried_again(
    client: FeedClient, gateway: FakeGateway
) -> None:
    gateway.trouble.append("forbidden")

    with pytest.raises(GatewayRefused) as refused:
        await client.send([line(1)])

    assert (refused.value.status, refused.value.problem) == (403, "forbidden")
    assert gateway.seen["events"] == 1


async def test_patience_with_a_full_gateway_ends(client: FeedClient, gateway: FakeGateway) -> None:
    gateway.trouble.extend(["full"] * 20)

    with pytest.raises(GatewayUnavailable):
        await client.send([line(1)])

    assert sum(WAITED) <= 60


async def test_where_nobody_listens_patience_ends_too() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with httpx2.AsyncClient(base_url=address) as http:
            client = FeedClient(http, KEY, patience_s=1, sleep=waiting)

            with pytest.raises(GatewayUnavailable):
                await client.release()


async def test_a_tally_counts_outcomes_and_reasons(client: FeedClient) -> None:
    tally = Tally()

    tally.add(await client.send([line(1), line(2, "other:x")]))
    tally.add(await client.send([line(3), line(4, "other:x")]))

    assert tally.sent == 4
    assert dict(tally.reasons) == {("refused", "channel_not_listed"): 2}


async def test_the_clock_of_a_gateway_that_is_gone_is_not_waited_for(
    client: FeedClient, gateway: FakeGateway
) -> None:
    gateway.trouble.extend(["full"] * 20)

    with pytest.raises(GatewayUnavailable):
        await client.release()

    assert sum(WAITED) <= 10


@pytest.mark.parametrize(
    ("address", "asked"),
    [("http://127.0.0.1:8080", False), ("http://localhost", False), ("http://gateway:80", True)],
)
def test_a_proxy_is_asked_for_other_machines_only(address: str, *, asked: bool) -> None:
    assert connect(address).trust_env is asked
