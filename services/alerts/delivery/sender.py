"""Sends what is due: at least once, in the background, whatever the receivers do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Final

import httpcore2
from sqlalchemy import Engine, select

from services.alerts import database
from services.alerts.delivery import endpoints, outbox, schedule, signature, transport
from services.alerts.delivery.addresses import AddressPolicy
from services.alerts.delivery.identifiers import new_id
from services.alerts.delivery.outbox import Claimed
from services.alerts.delivery.schedule import Answer, Outcome
from services.alerts.delivery.vault import Vault, VaultInvalid
from services.alerts.tables.operations import ATTEMPT, DELIVERY
from services.contracts.failures import Unavailable
from services.telemetry import logs
from services.telemetry.metrics import delivery as metrics

MOST_IN_FLIGHT: Final = 20
POLL_S: Final = 1.0
FAILING: Final = 3
"""So many webhooks in a row that were given up disable an endpoint."""
_DISABLES: Final = {Outcome.GONE, Outcome.DISABLED_BY_RECEIVER}
USER_AGENT: Final = f"Barograph-Webhooks/{version('barograph')}"


@dataclass(frozen=True, slots=True)
class Sender:
    """One process's sender; several may run on one database.

    Attributes:
        engine: The database.
        vault: Opens the secrets of endpoints.
        pool: Connects to checked addresses.
        now: The time, read for each attempt.
        chance: Uniform in [0, 1); spreads retries.
        name: Who holds the leases.
    """

    engine: Engine
    vault: Vault
    pool: httpcore2.AsyncConnectionPool
    now: Callable[[], datetime]
    chance: Callable[[], float]
    name: str = field(default="")

    def __post_init__(self) -> None:
        """Take a name that no other sender has."""
        if not self.name:
            object.__setattr__(self, "name", new_id(self.now()))

    def claim(self, limit: int) -> list[Claimed]:
        """Take what is due; without a look first, an idle sender would lock SQLite every second.

        Raises:
            Unavailable: the database does not answer.
        """
        with database.writing(database.reading(self.engine)) as connection:
            if limit == 0 or not outbox.has_work(connection, self.now()):
                return []
        with database.writing(self.engine) as connection:
            now = self.now()
            outbox.expire(connection, now)
            claimed = outbox.claim(connection, owner=self.name, limit=limit, now=now)
            metrics.WAITING.set(outbox.waiting(connection))
            return claimed

    async def attempt(self, claimed: Claimed) -> Outcome:
        """Make one attempt and write what came of it.

        Raises:
            Unavailable: the database does not answer: the lease runs out and it is sent again.
        """
        started = self.now()
        answer = await self._send(claimed, started)
        found = schedule.outcome(answer)
        await asyncio.to_thread(self._write, claimed, started, answer, found)
        metrics.attempt(found.value)
        logs.emit(
            "delivery.attempted",
            level="info" if found is Outcome.DELIVERED else "warning",
            reason=(answer.trouble or found).value,
            status=answer.status or 0,
            duration_ms=_milliseconds(started, self.now()),
        )
        return found

    async def _send(self, claimed: Claimed, started: datetime) -> Answer:
        try:
            secrets = await asyncio.to_thread(self._secrets, claimed)
        except VaultInvalid:
            return Answer(None, schedule.Trouble.KEY_MISSING)
        if not secrets:
            return Answer(None, schedule.Trouble.KEY_MISSING)
        timestamp = int(started.timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "identity",
            "webhook-id": claimed.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature.sign(claimed.id, timestamp, claimed.body, secrets),
        }
        return await transport.post(self.pool, claimed.endpoint.url, headers, claimed.body)

    def _secrets(self, claimed: Claimed) -> list[str]:
        with database.reading(self.engine).begin() as connection:
            return endpoints.secrets_of(connection, claimed.endpoint.id, self.vault, self.now())

    def _write(self, claimed: Claimed, started: datetime, answer: Answer, found: Outcome) -> None:
        now = self.now()
        status, again_at = "delivered", None
        if found is not Outcome.DELIVERED:
            asked = schedule.asked_for(answer.retry_after, now)
            tried = len(schedule.STEPS) if claimed.test else claimed.attempt
            wait = schedule.next_wait(found, tried, asked, self.chance)
            again_at = None if wait is None else now + wait
            exhausted = "dead" if schedule.ATTEMPTS.get(found) == len(schedule.STEPS) else "failed"
            status = exhausted if again_at is None else "pending"
        with database.writing(self.engine) as connection:
            if not outbox.complete(connection, claimed, status, again_at=again_at):
                return  # another sender holds it now, and its word counts
            connection.execute(
                ATTEMPT.insert().values(
                    id=new_id(now),
                    delivery_id=claimed.id,
                    number=claimed.attempt,
                    started_at=started,
                    duration_ms=_milliseconds(started, now),
                    http_status=answer.status,
                    trouble=answer.trouble,
                    outcome=found.value,
                )
            )
            if found is Outcome.DELIVERED:
                endpoints.verified(connection, claimed.endpoint.id, now)
            elif found in _DISABLES:
                endpoints.disable(connection, claimed.endpoint.id, found.value, now)
            elif again_at is None and not claimed.test:
                latest = (
                    select(DELIVERY.c.status)
                    .where(DELIVERY.c.endpoint_id == claimed.endpoint.id)
                    .where(DELIVERY.c.status.in_(("delivered", "failed", "dead")), ~DELIVERY.c.test)
                    .order_by(DELIVERY.c.created_at.desc(), DELIVERY.c.id.desc())
                    .limit(FAILING)
                )
                finished = connection.execute(latest).scalars().all()
                if len(finished) == FAILING and "delivered" not in finished:
                    endpoints.disable(connection, claimed.endpoint.id, "failing", now)


async def run(  # noqa: PLR0913  # what a sender is made of
    engine: Engine,
    *,
    vault: Vault,
    policy: AddressPolicy,
    now: Callable[[], datetime],
    chance: Callable[[], float],
    poll_s: float = POLL_S,
) -> None:
    """Send for ever; ends only by being cancelled, and never by what a receiver does."""
    async with transport.open_pool(policy) as pool, asyncio.TaskGroup() as group:
        sender = Sender(engine, vault, pool, now, chance)
        in_flight: set[asyncio.Task[None]] = set()
        while True:
            try:
                due = await asyncio.to_thread(sender.claim, MOST_IN_FLIGHT - len(in_flight))
            except Unavailable as failure:
                logs.emit("batch.waiting", level="warning", waiting_for=failure.dependency)
                due = []
            for claimed in due:
                task = group.create_task(_guarded(sender, claimed))
                in_flight.add(task)
                task.add_done_callback(in_flight.discard)
            await asyncio.sleep(poll_s)


async def test_fire(
    engine: Engine,
    endpoint_id: str,
    *,
    vault: Vault,
    policy: AddressPolicy,
    now: Callable[[], datetime],
) -> Outcome:
    """Send ``endpoint.test`` once, at once, on the way that alerts go; what came of it.

    Raises:
        UnknownEndpoint: there is no endpoint of this id.
        Unavailable: the database does not answer.
    """
    async with transport.open_pool(policy) as pool:
        sender = Sender(engine, vault, pool, now, chance=lambda: 0.5)
        with database.writing(engine) as connection:
            endpoint = endpoints.find(connection, endpoint_id)
            claimed = outbox.test_fire(connection, endpoint, owner=sender.name, now=now())
        return await sender.attempt(claimed)


async def _guarded(sender: Sender, claimed: Claimed) -> None:
    try:
        await sender.attempt(claimed)
    except Unavailable as failure:
        logs.emit("batch.waiting", level="warning", waiting_for=failure.dependency)
    except Exception as failure:  # noqa: BLE001  # one delivery must not end the others
        logs.emit("process.failed", level="critical", error_type=type(failure).__qualname__)


def _milliseconds(started: datetime, ended: datetime) -> int:
    return max(int((ended - started).total_seconds() * 1000), 0)
