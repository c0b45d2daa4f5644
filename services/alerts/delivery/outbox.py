"""What still has to be told, in SQL: written with the change it tells of, claimed with a lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from services.alerts.delivery import document, endpoints
from services.alerts.delivery.endpoints import Endpoint
from services.alerts.delivery.identifiers import new_id
from services.alerts.delivery.notice import Alert, Kind, Notice, RuleFacts
from services.alerts.tables.operations import ATTEMPT, DELIVERY, ENDPOINT, NOTIFICATION

LEASE: Final = timedelta(seconds=60)
"""Longer than any attempt may take."""
WORTH_SENDING: Final = timedelta(days=5)
ORDER_PATIENCE: Final = timedelta(minutes=35)
"""How long a webhook waits for the one before it in its group."""
PER_ENDPOINT: Final = 2
KEPT: Final = timedelta(days=30)
UNFINISHED: Final = ("pending", "delivering")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that one sender holds for as long as its lease.

    Attributes:
        id: The ``webhook-id``, the same at every attempt.
        endpoint: Where to.
        body: The bytes to sign and send.
        attempt: Which attempt this is, from 1.
        owner: Who holds it.
        test: Whether it says nothing about anything.
    """

    id: str
    endpoint: Endpoint
    body: bytes
    attempt: int
    owner: str
    test: bool


def notify(  # noqa: PLR0913  # what a notice consists of
    connection: Connection,
    *,
    kind: Kind,
    reason: str,
    group_key: str,
    rule: RuleFacts,
    alerts: tuple[Alert, ...],
    now: datetime,
) -> Notice:
    """Write one notification and a delivery for each endpoint, in the caller's transaction."""
    newest = select(func.max(NOTIFICATION.c.sequence)).where(NOTIFICATION.c.group_key == group_key)
    sequence = (connection.execute(newest).scalar() or 0) + 1
    if sequence == 1 and kind == "alert.firing":
        reason = "first_notification"
    notice = Notice(f"ntf_{new_id(now)}", kind, reason, group_key, sequence, now, rule, alerts)
    _insert(connection, notice)
    for endpoint in endpoints.every(connection):
        _deliver(connection, notice, endpoint, test=False)
    return notice


def test_fire(connection: Connection, endpoint: Endpoint, *, owner: str, now: datetime) -> Claimed:
    """Write a test for *endpoint*, already claimed by *owner*: it is attempted once, at once."""
    number = new_id(now)
    notice = Notice(f"ntf_{number}", "endpoint.test", "test", number, 1, now, None, ())
    _insert(connection, notice)
    delivery_id = _deliver(connection, notice, endpoint, test=True)
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id == delivery_id)
        .values(status="delivering", attempts=1, lease_owner=owner, leased_until=now + LEASE)
    )
    body = document.body(notice, endpoint.locale, endpoint.mode)
    return Claimed(delivery_id, endpoint, body, 1, owner, test=True)


def claim(connection: Connection, *, owner: str, limit: int, now: datetime) -> list[Claimed]:
    """Take up to *limit* due deliveries; nobody else has them until the lease is over.

    An attempt counts from here on: a sender that dies of a delivery has tried it.
    """
    rank = func.row_number().over(
        partition_by=DELIVERY.c.endpoint_id, order_by=DELIVERY.c.next_attempt_at
    )
    due = _due(now)
    ready = due & _is_next_of_group(now) & _is_called(now)
    ranked = select(DELIVERY.c.id, (rank + _in_flight(now)).label("place")).where(ready).subquery()
    has_room = select(ranked.c.id).where(ranked.c.place <= PER_ENDPOINT)
    chosen = (
        select(DELIVERY.c.id)
        .where(DELIVERY.c.id.in_(has_room), due)
        .order_by(DELIVERY.c.next_attempt_at, DELIVERY.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id.in_(chosen))
        .values(
            status="delivering",
            attempts=DELIVERY.c.attempts + 1,
            lease_owner=owner,
            leased_until=now + LEASE,
        )
        .returning(
            DELIVERY.c.id,
            DELIVERY.c.endpoint_id,
            DELIVERY.c.body,
            DELIVERY.c.attempts,
            DELIVERY.c.test,
        )
    ).all()
    by_id = {endpoint.id: endpoint for endpoint in endpoints.every(connection)}
    return [
        Claimed(row.id, by_id[row.endpoint_id], row.body, row.attempts, owner, row.test)
        for row in rows
        if row.endpoint_id in by_id  # else it was removed a moment ago, and this cancelled
    ]


def complete(
    connection: Connection, claimed: Claimed, status: str, *, again_at: datetime | None
) -> bool:
    """Write what came of *claimed*; False, and nothing written, if the lease went to another."""
    values: dict[str, Any] = {"status": status, "lease_owner": None, "leased_until": None}
    if again_at is not None:
        values["next_attempt_at"] = again_at
    found = connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id == claimed.id, DELIVERY.c.lease_owner == claimed.owner)
        .where(DELIVERY.c.status == "delivering", DELIVERY.c.attempts == claimed.attempt)
        .values(**values)
    )
    return found.rowcount == 1


def expire(connection: Connection, now: datetime) -> int:
    """Give up what is too old to be news, and forget what is kept no longer; how much expired."""
    over = connection.execute(
        update(DELIVERY)
        .where(_due(now) | (DELIVERY.c.status == "pending"), DELIVERY.c.expires_at <= now)
        .values(status="expired", lease_owner=None, leased_until=None)
    ).rowcount
    old = select(DELIVERY.c.id).where(DELIVERY.c.created_at < now - KEPT)
    connection.execute(delete(ATTEMPT).where(ATTEMPT.c.delivery_id.in_(old)))
    connection.execute(delete(DELIVERY).where(DELIVERY.c.created_at < now - KEPT))
    return over


def waiting(connection: Connection) -> int:
    """How many deliveries are not finished."""
    return connection.execute(
        select(func.count()).where(DELIVERY.c.status.in_(UNFINISHED))
    ).scalar_one()


def has_work(connection: Connection, now: datetime) -> bool:
    """Whether anything can be claimed, is too old, or is kept no longer."""
    ready = _due(now) & _is_next_of_group(now) & _is_called(now)
    too_old = DELIVERY.c.status.in_(UNFINISHED) & (DELIVERY.c.expires_at <= now)
    found = exists().where(or_(ready, too_old, DELIVERY.c.created_at < now - KEPT))
    return bool(connection.execute(select(found)).scalar_one())


def _insert(connection: Connection, notice: Notice) -> None:
    connection.execute(
        NOTIFICATION.insert().values(
            id=notice.notification_id,
            group_key=notice.group_key,
            sequence=notice.sequence,
            kind=notice.kind,
            reason=notice.reason,
            created_at=notice.at,
        )
    )


def _deliver(connection: Connection, notice: Notice, endpoint: Endpoint, *, test: bool) -> str:
    delivery_id = f"msg_{new_id(notice.at)}"
    connection.execute(
        DELIVERY.insert().values(
            id=delivery_id,
            notification_id=notice.notification_id,
            endpoint_id=endpoint.id,
            group_key=notice.group_key,
            sequence=notice.sequence,
            test=test,
            body=document.body(notice, endpoint.locale, endpoint.mode),
            status="pending",
            attempts=0,
            created_at=notice.at,
            expires_at=notice.at + WORTH_SENDING,
            next_attempt_at=notice.at,
        )
    )
    return delivery_id


def _due(now: datetime) -> ColumnElement[bool]:
    """Its time has come, or whoever held it is gone."""
    return or_(
        and_(DELIVERY.c.status == "pending", DELIVERY.c.next_attempt_at <= now),
        and_(DELIVERY.c.status == "delivering", DELIVERY.c.leased_until <= now),
    )


def _is_next_of_group(now: datetime) -> ColumnElement[bool]:
    """Nothing older of its group is on its way to the same endpoint, or has been for too long."""
    older = DELIVERY.alias("older")
    return ~exists().where(
        older.c.endpoint_id == DELIVERY.c.endpoint_id,
        older.c.group_key == DELIVERY.c.group_key,
        older.c.sequence < DELIVERY.c.sequence,
        older.c.status.in_(UNFINISHED),
        older.c.created_at > now - ORDER_PATIENCE,
    )


def _is_called(now: datetime) -> ColumnElement[bool]:
    """It is not too old, and its endpoint is not disabled."""
    return and_(
        DELIVERY.c.expires_at > now,
        exists().where(ENDPOINT.c.id == DELIVERY.c.endpoint_id, ENDPOINT.c.disabled_at.is_(None)),
    )


def _in_flight(now: datetime) -> ScalarSelect[int]:
    """How many deliveries its endpoint is being sent at this moment."""
    busy = DELIVERY.alias("busy")
    return (
        select(func.count())
        .select_from(busy)
        .where(busy.c.endpoint_id == DELIVERY.c.endpoint_id)
        .where(busy.c.status == "delivering", busy.c.leased_until > now)
        .scalar_subquery()
    )
