"""Who is told: URLs, the secrets that sign for them, and whether they still answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, Row, delete, or_, select, update

from services.alerts.delivery import signature
from services.alerts.delivery.addresses import UrlRefused, check_url
from services.alerts.delivery.identifiers import new_id
from services.alerts.delivery.notice import Locale, Mode
from services.alerts.delivery.vault import Vault
from services.alerts.tables.operations import DELIVERY, ENDPOINT, ENDPOINT_SECRET

MOST_SECRETS: Final = 3
"""A receiver that checks needs time to change, not a collection."""


class EndpointRefused(ValueError):
    """The URL cannot be an endpoint; ``reason`` says why, never what it was."""

    def __init__(self, reason: UrlRefused) -> None:
        super().__init__(reason.value)
        self.reason = reason


class UnknownEndpoint(LookupError):
    """There is no endpoint of this id."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver.

    Attributes:
        id: 32 hexadecimal digits.
        url: Where to.
        locale: Language of titles and summaries.
        mode: Whether units and values are named.
        verified: Whether it ever took a webhook.
        disabled: Why it is not called any more; None while it is.
    """

    id: str
    url: str
    locale: Locale
    mode: Mode
    verified: bool
    disabled: str | None


def add(  # noqa: PLR0913  # the columns of one row
    connection: Connection,
    url: str,
    *,
    locale: Locale,
    mode: Mode,
    http: bool,
    secret: str,
    vault: Vault,
    now: datetime,
) -> Endpoint:
    """Register *url*; *secret* is kept encrypted and never shown again.

    An endpoint of the same URL is kept and signed for with the new secret alone from now on.

    Raises:
        EndpointRefused: the URL cannot be an endpoint.
        SecretInvalid: the secret is none of Standard Webhooks.
    """
    refused = check_url(url, http=http)
    if refused is not None:
        raise EndpointRefused(refused)
    signature.parse(secret)
    same = connection.execute(select(ENDPOINT.c.id).where(ENDPOINT.c.url == url)).scalar()
    if same is None:
        same = new_id(now)
        connection.execute(
            ENDPOINT.insert().values(id=same, url=url, locale=locale, mode=mode, created_at=now)
        )
    else:
        connection.execute(
            update(ENDPOINT)
            .where(ENDPOINT.c.id == same)
            .values(locale=locale, mode=mode, verified_at=None)
        )
        enable(connection, same)
        connection.execute(delete(ENDPOINT_SECRET).where(ENDPOINT_SECRET.c.endpoint_id == same))
    connection.execute(
        ENDPOINT_SECRET.insert().values(
            id=new_id(now), endpoint_id=same, sealed=vault.seal(secret), created_at=now
        )
    )
    return find(connection, same)


def every(connection: Connection) -> list[Endpoint]:
    """All endpoints, oldest first."""
    rows = connection.execute(select(ENDPOINT).order_by(ENDPOINT.c.created_at, ENDPOINT.c.id))
    return [_endpoint(row) for row in rows]


def find(connection: Connection, endpoint_id: str) -> Endpoint:
    """One endpoint.

    Raises:
        UnknownEndpoint: there is none of this id.
    """
    row = connection.execute(select(ENDPOINT).where(ENDPOINT.c.id == endpoint_id)).one_or_none()
    if row is None:
        raise UnknownEndpoint
    return _endpoint(row)


def secrets_of(connection: Connection, endpoint_id: str, vault: Vault, now: datetime) -> list[str]:
    """Every secret that signs for the endpoint, newest first.

    Raises:
        VaultInvalid: they were sealed with a key that we do not have.
    """
    retires = ENDPOINT_SECRET.c.retires_at
    sealed = connection.execute(
        select(ENDPOINT_SECRET.c.sealed)
        .where(ENDPOINT_SECRET.c.endpoint_id == endpoint_id)
        .where(or_(retires.is_(None), retires > now))
        .order_by(ENDPOINT_SECRET.c.created_at.desc(), ENDPOINT_SECRET.c.id.desc())
        .limit(MOST_SECRETS)
    ).scalars()
    return [vault.unseal(one) for one in sealed]


def remove(connection: Connection, endpoint_id: str) -> None:
    """Forget the endpoint and its secrets; what was not delivered to it is cancelled.

    Raises:
        UnknownEndpoint: there is none of this id.
    """
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.endpoint_id == endpoint_id)
        .where(DELIVERY.c.status.in_(("pending", "delivering")))
        .values(status="cancelled", lease_owner=None, leased_until=None)
    )
    connection.execute(delete(ENDPOINT_SECRET).where(ENDPOINT_SECRET.c.endpoint_id == endpoint_id))
    if connection.execute(delete(ENDPOINT).where(ENDPOINT.c.id == endpoint_id)).rowcount == 0:
        raise UnknownEndpoint


def disable(connection: Connection, endpoint_id: str, reason: str, now: datetime) -> None:
    """Call it no more; its queue is kept."""
    connection.execute(
        update(ENDPOINT)
        .where(ENDPOINT.c.id == endpoint_id, ENDPOINT.c.disabled_at.is_(None))
        .values(disabled_at=now, disabled_reason=reason)
    )


def enable(connection: Connection, endpoint_id: str) -> None:
    """Call it again, beginning with what waited.

    Raises:
        UnknownEndpoint: there is none of this id.
    """
    found = connection.execute(
        update(ENDPOINT)
        .where(ENDPOINT.c.id == endpoint_id)
        .values(disabled_at=None, disabled_reason=None)
    )
    if found.rowcount == 0:
        raise UnknownEndpoint


def verified(connection: Connection, endpoint_id: str, now: datetime) -> None:
    """Remember that it took a webhook."""
    connection.execute(
        update(ENDPOINT)
        .where(ENDPOINT.c.id == endpoint_id, ENDPOINT.c.verified_at.is_(None))
        .values(verified_at=now)
    )


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(
        id=row.id,
        url=row.url,
        locale=cast("Locale", row.locale),
        mode=cast("Mode", row.mode),
        verified=row.verified_at is not None,
        disabled=row.disabled_reason if row.disabled_at is not None else None,
    )
