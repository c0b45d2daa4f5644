"""Webhooks arrive, signed, whatever the receiver did before; a crash repeats and never loses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Row, select
from standardwebhooks import Webhook

from services.alerts import database, migrations
from services.alerts.delivery import endpoints, outbox, sender, signature, transport
from services.alerts.delivery.addresses import LOOPBACK, AddressPolicy
from services.alerts.delivery.outbox import LEASE
from services.alerts.delivery.schedule import Outcome
from services.alerts.delivery.sender import Sender
from services.alerts.delivery.vault import Vault
from services.alerts.tables.operations import ATTEMPT, DELIVERY
from services.telemetry.clock import wall
from tests.fakes.notices import NOW, SECRET, endpoint, notify
from tests.fakes.receiver import Receiver, Say, free_port, serving

OWN = AddressPolicy(LOOPBACK)


class Stage:
    """A database, a receiver, a sender and a clock that the test moves."""

    def __init__(self, engine: Engine, vault: Vault, receiver: Receiver, port: int) -> None:
        self.engine, self.vault, self.receiver, self.port = engine, vault, receiver, port
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    @asynccontextmanager
    async def sender(
        self, name: str = "", policy: AddressPolicy = OWN, vault: Vault | None = None
    ) -> AsyncIterator[Sender]:
        async with transport.open_pool(policy) as pool:
            yield Sender(self.engine, vault or self.vault, pool, self.now, lambda: 0.5, name)

    async def round(self, policy: AddressPolicy = OWN, vault: Vault | None = None) -> list[Outcome]:
        """Attempt all that is due."""
        async with self.sender(policy=policy, vault=vault) as one:
            return [await one.attempt(claimed) for claimed in one.claim(20)]

    def tell(self, *groups: str, url: str | None = None) -> None:
        with self.engine.begin() as connection:
            if not endpoints.every(connection):
                endpoint(connection, self.vault, url or f"http://127.0.0.1:{self.port}/hook")
            for group in groups or ("group",):
                notify(connection, group, self.time)

    def deliveries(self) -> list[Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(DELIVERY).order_by(DELIVERY.c.created_at)))

    def status(self) -> tuple[str, timedelta]:
        """Status of the only delivery, and how long until its next attempt."""
        (row,) = self.deliveries()
        return row.status, row.next_attempt_at - self.time

    def disabled(self) -> str | None:
        with self.engine.connect() as connection:
            return endpoints.every(connection)[0].disabled


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    engine = database.open_engine(tmp_path / "climate.db")
    migrations.upgrade(engine)
    receiver = Receiver()
    with serving(receiver.app()) as port:
        yield Stage(engine, Vault.open(tmp_path / "key"), receiver, port)
    engine.dispose()


async def test_a_webhook_arrives_signed_and_is_not_sent_again(stage: Stage) -> None:
    stage.time = wall()  # the library of Standard Webhooks reads the wall's clock
    stage.tell()

    assert await stage.round() == [Outcome.DELIVERED]
    assert await stage.round() == []
    (seen,) = stage.receiver.seen
    said = Webhook(SECRET).verify(seen.body.decode(), dict(seen.headers))
    assert said["type"] == "alert.firing"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["user-agent"].startswith("Barograph-Webhooks/")
    assert seen.headers["accept-encoding"] == "identity"
    with stage.engine.connect() as connection:
        assert endpoints.every(connection)[0].verified


@pytest.mark.parametrize(
    ("say", "outcome", "status", "wait_s"),
    [
        (Say(500), Outcome.TEMPORARY, "pending", 5),
        (Say(429), Outcome.OVERLOADED, "pending", 60),
        (Say(429, {"retry-after": "90"}), Outcome.OVERLOADED, "pending", 90),
        (Say(503, {"retry-after": "9999"}), Outcome.TEMPORARY, "pending", 120),
        (Say(301, {"location": "/other"}), Outcome.REDIRECT, "pending", 5),
        (Say(404), Outcome.RECEIVER_ERROR, "pending", 5),
        (Say(410), Outcome.GONE, "failed", 0),
        (Say(200, {"webhook-delivery": "disable"}), Outcome.DISABLED_BY_RECEIVER, "failed", 0),
        (Say(500, {"webhook-delivery": "abort-message"}), Outcome.ABORTED_BY_RECEIVER, "failed", 0),
    ],
)
async def test_each_answer_has_its_consequence(
    stage: Stage, say: Say, outcome: Outcome, status: str, wait_s: int
) -> None:
    stage.receiver.answers = [say]
    stage.tell()

    assert await stage.round() == [outcome]
    assert stage.status() == (status, timedelta(seconds=wait_s))
    assert len(stage.receiver.seen) == 1
    gone = outcome in {Outcome.GONE, Outcome.DISABLED_BY_RECEIVER}
    assert stage.disabled() == (outcome.value if gone else None)


async def test_a_receiver_that_recovers_gets_the_same_webhook(stage: Stage) -> None:
    stage.receiver.answers = [Say(500), Say(503), Say(429)]
    stage.tell()

    outcomes = []
    for _ in range(4):
        outcomes += await stage.round()
        stage.time += timedelta(minutes=31)

    assert outcomes[-1] is Outcome.DELIVERED
    seen = stage.receiver.seen
    assert len({each.headers["webhook-id"] for each in seen}) == 1
    assert len({each.body for each in seen}) == 1
    assert len({each.headers["webhook-timestamp"] for each in seen}) == 4
    for each in seen:
        at = int(each.headers["webhook-timestamp"])
        assert signature.check(each.headers, each.body, [SECRET], at) is None
    with stage.engine.connect() as connection:
        attempts = connection.execute(select(ATTEMPT).order_by(ATTEMPT.c.number)).all()
    assert [row.http_status for row in attempts] == [500, 503, 429, 204]


async def test_a_closed_port_is_tried_ten_times_and_then_given_up(stage: Stage) -> None:
    stage.tell(url=f"http://127.0.0.1:{free_port()}/")

    outcomes = []
    while stage.status()[0] == "pending":
        stage.time = stage.deliveries()[0].next_attempt_at
        outcomes += await stage.round()

    assert outcomes == [Outcome.TEMPORARY] * 10
    assert stage.status()[0] == "dead"
    assert stage.time - NOW == timedelta(hours=75, minutes=35, seconds=5)


async def test_a_process_killed_after_sending_sends_the_same_webhook_again(stage: Stage) -> None:
    stage.tell()
    async with stage.sender("killed") as killed:
        (claimed,) = killed.claim(20)
        await killed._send(claimed, stage.now())  # noqa: SLF001  and here it is killed

    assert await stage.round() == []
    stage.time += LEASE
    assert await stage.round() == [Outcome.DELIVERED]
    first, second = stage.receiver.seen
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


async def test_a_process_that_was_only_slow_cannot_undo_what_another_wrote(stage: Stage) -> None:
    stage.receiver.answers = [Say(204), Say(500)]
    stage.tell()
    async with stage.sender("slow") as slow:
        (claimed,) = slow.claim(20)
        stage.time += LEASE
        assert await stage.round() == [Outcome.DELIVERED]
        assert await slow.attempt(claimed) is Outcome.TEMPORARY

    assert stage.status()[0] == "delivered"


async def test_an_address_inside_fails_at_once_and_nothing_is_sent(stage: Stage) -> None:
    stage.tell()

    assert await stage.round(AddressPolicy()) == [Outcome.CONFIGURATION]
    assert stage.status()[0] == "failed"
    assert stage.receiver.seen == []


async def test_a_lost_key_costs_time_and_no_alert(stage: Stage, tmp_path: Path) -> None:
    stage.tell()

    assert await stage.round(vault=Vault.open(tmp_path / "other")) == [Outcome.TEMPORARY]
    stage.time += timedelta(seconds=5)
    assert await stage.round() == [Outcome.DELIVERED]


async def test_three_webhooks_given_up_in_a_row_disable_the_endpoint(stage: Stage) -> None:
    for number in range(3):
        assert stage.disabled() is None if number else True
        stage.receiver.answers = [Say(500, {"webhook-delivery": "abort-message"})]
        stage.tell(f"group {number}")
        await stage.round()
        stage.time += timedelta(minutes=1)

    assert stage.disabled() == "failing"


async def test_a_test_goes_the_same_way_once_and_counts_for_nothing(stage: Stage) -> None:
    stage.receiver.answers = [Say(500)]
    with stage.engine.begin() as connection:
        found = endpoint(connection, stage.vault, f"http://127.0.0.1:{stage.port}/")

    async def fire() -> Outcome:
        return await sender.test_fire(
            stage.engine, found.id, vault=stage.vault, policy=OWN, now=stage.now
        )

    assert await fire() is Outcome.TEMPORARY
    assert stage.status()[0] == "dead"
    assert await fire() is Outcome.DELIVERED
    assert b'"type":"endpoint.test"' in stage.receiver.seen[1].body
    with pytest.raises(endpoints.UnknownEndpoint):
        await sender.test_fire(stage.engine, "x", vault=stage.vault, policy=OWN, now=stage.now)


async def test_the_loop_delivers_until_it_is_cancelled_and_one_slow_receiver_delays_no_other(
    stage: Stage,
) -> None:
    stage.receiver.answers = [Say(after_s=1.5)]
    stage.tell("slow")
    loop = asyncio.create_task(
        sender.run(
            stage.engine,
            vault=stage.vault,
            policy=OWN,
            now=stage.now,
            chance=lambda: 0.5,
            poll_s=0.02,
        )
    )
    while not stage.receiver.seen:
        await asyncio.sleep(0.02)
    stage.tell("quick")
    while (quick := stage.deliveries()[1].status) != "delivered":
        assert quick in {"pending", "delivering"}
        await asyncio.sleep(0.02)

    assert stage.deliveries()[0].status == "delivering"
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


async def test_the_loop_outlives_a_database_that_does_not_answer(
    stage: Stage, tmp_path: Path
) -> None:
    broken = database.open_engine(tmp_path / "no such folder" / "climate.db")
    loop = asyncio.create_task(
        sender.run(
            broken,
            vault=stage.vault,
            policy=OWN,
            now=stage.now,
            chance=lambda: 0.5,
            poll_s=0.01,
        )
    )
    await asyncio.sleep(0.2)

    assert not loop.done()
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


def test_the_lease_is_longer_than_an_attempt_can_take() -> None:
    assert outbox.LEASE.total_seconds() > 2 * transport.TOTAL_S
