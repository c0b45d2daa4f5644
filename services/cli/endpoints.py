"""``barograph endpoints``: who is told of alerts; secrets are shown once, when they are made."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

import click
from sqlalchemy import Engine

from services.alerts import database, migrations
from services.alerts.delivery import endpoints as registry
from services.alerts.delivery import sender, signature
from services.alerts.delivery.addresses import AddressPolicy, address_of, networks
from services.alerts.delivery.endpoints import Endpoint, EndpointRefused, UnknownEndpoint
from services.alerts.delivery.notice import LOCALES, Locale, Mode
from services.alerts.delivery.schedule import Outcome
from services.alerts.delivery.signature import SecretInvalid
from services.alerts.delivery.vault import Vault, VaultInvalid
from services.contracts.failures import Unavailable
from services.telemetry import logs
from services.telemetry.clock import wall

FAILED: Final = 1
LOOPBACK: Final = "127.0.0.0/8"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the endpoints are kept, and which private networks they may lie in."""

    database: str
    key: Path
    policy: AddressPolicy

    def engine(self) -> Engine:
        """The database, on the newest schema."""
        engine = database.open_engine(self.database)
        migrations.upgrade(engine)
        return engine


def add_endpoint(  # noqa: PLR0913  # the options of one command
    place: str | Path,
    key: Path,
    *,
    url: str,
    secret: str,
    now: datetime,
    locale: Locale = "en",
    mode: Mode = "full",
    http: bool = True,
) -> Endpoint:
    """Register *url* in the alerts database at *place*; the same URL again takes the new secret.

    Raises:
        EndpointRefused: the URL cannot be an endpoint.
        SecretInvalid: the secret is none of Standard Webhooks.
        VaultInvalid: the file *key* holds no usable key.
    """
    engine = database.open_engine(place)
    try:
        migrations.upgrade(engine)
        with database.writing(engine) as connection:
            return registry.add(
                connection,
                url,
                locale=locale,
                mode=mode,
                http=http,
                secret=secret,
                vault=Vault.open(key),
                now=now,
            )
    finally:
        engine.dispose()


def _network_list(_: click.Context, __: click.Parameter, value: str) -> AddressPolicy:
    try:
        return AddressPolicy(networks(value))
    except ValueError:
        raise click.BadParameter("give networks such as 127.0.0.0/8,10.20.0.0/16") from None


@click.group()
@click.option(
    "--database",
    "place",
    envvar="BAROGRAPH_ALERTS_DATABASE",
    default="var/climate.db",
    show_default=True,
    show_envvar=True,
    help="The alerts database: a URL, or the path of a SQLite file.",
)
@click.option(
    "--key",
    envvar="BAROGRAPH_ALERTS_ENDPOINT_KEY",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("var/endpoints.key"),
    show_default=True,
    show_envvar=True,
    help="The file whose key encrypts the secrets; made if it is missing.",
)
@click.option(
    "--own-networks",
    "policy",
    envvar="BAROGRAPH_ALERTS_OWN_NETWORKS",
    default=LOOPBACK,
    show_default=True,
    show_envvar=True,
    callback=_network_list,
    help="Networks that are not public and that webhooks may go to, such as 10.20.0.0/16.",
)
@click.pass_context
def endpoints(context: click.Context, place: str, key: Path, policy: AddressPolicy) -> None:
    """Say who is told of alerts."""
    logs.configure()
    context.obj = Place(place, key, policy)


def _reported(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what can go wrong into one line and exit status 1."""

    @click.pass_obj
    def wrapped(place: Place, /, **options: Any) -> None:  # noqa: ANN401  # click's own
        try:
            command(place, **options)
        except EndpointRefused as refused:
            _fail(f"not an endpoint: {refused.reason.value}")
        except SecretInvalid:
            _fail("not a secret: whsec_ and the base64 of 24 to 64 bytes")
        except UnknownEndpoint:
            _fail("there is no such endpoint")
        except VaultInvalid:
            _fail("the key file holds no usable key")
        except (Unavailable, OSError):
            _fail("the database or the key file cannot be opened")

    wrapped.__doc__ = command.__doc__
    wrapped.__name__ = command.__name__
    return wrapped


def _fail(reason: str) -> None:
    click.echo(reason, err=True)
    sys.exit(FAILED)


@endpoints.command()
@click.argument("url")
@click.option(
    "--secret",
    envvar="BAROGRAPH_ENDPOINT_SECRET",
    show_envvar=True,
    help="A secret that the receiver has already (whsec_...); else one is made and shown once.",
)
@click.option("--locale", type=click.Choice(LOCALES), default="en", show_default=True)
@click.option(
    "--mode",
    type=click.Choice(["full", "thin"]),
    help="thin names no unit and no value. [default: full in our own networks, else thin]",
)
@_reported
def add(place: Place, url: str, secret: str | None, locale: str, mode: str | None) -> None:
    """Tell URL of alerts; plain http only reaches networks of our own."""
    made = secret is None
    endpoint = add_endpoint(
        place.database,
        place.key,
        url=url,
        secret=secret or (secret := signature.generate()),
        now=wall(),
        locale=cast("Locale", locale),
        mode=cast("Mode", mode or _mode_of(url, place.policy)),
        http=place.policy.allows_some,
    )
    click.echo(f"endpoint {endpoint.id} ({endpoint.locale}, {endpoint.mode})", err=made)
    if made:
        click.echo("give this secret to the receiver now: it cannot be shown again", err=True)
        click.echo(secret)


@endpoints.command("list")
@_reported
def show(place: Place) -> None:
    """List the endpoints, the oldest first; never a secret, and of each URL its host alone."""
    with closing(place.engine().connect()) as connection:
        for each in registry.every(connection):
            state = each.disabled or ("verified" if each.verified else "unverified")
            host = urlsplit(each.url).netloc
            click.echo(f"{each.id}  {state:10}  {each.locale}  {each.mode}  {host}")


@endpoints.command()
@click.argument("endpoint_id", metavar="ID")
@_reported
def test(place: Place, endpoint_id: str) -> None:
    """Send ``endpoint.test`` to the endpoint ID and say what came of it."""
    fire = partial(sender.test_fire, vault=Vault.open(place.key), policy=place.policy, now=wall)
    outcome = asyncio.run(fire(place.engine(), endpoint_id))
    click.echo(outcome.value)
    if outcome is not Outcome.DELIVERED:
        sys.exit(FAILED)


@endpoints.command()
@click.argument("endpoint_id", metavar="ID")
@_reported
def enable(place: Place, endpoint_id: str) -> None:
    """Call the endpoint ID again after it was disabled, beginning with what waited."""
    with database.writing(place.engine()) as connection:
        registry.enable(connection, endpoint_id)
    click.echo(f"enabled {endpoint_id}")


@endpoints.command()
@click.argument("endpoint_id", metavar="ID")
@_reported
def remove(place: Place, endpoint_id: str) -> None:
    """Forget the endpoint ID and its secret; what was not delivered to it is cancelled."""
    with database.writing(place.engine()) as connection:
        registry.remove(connection, endpoint_id)
    click.echo(f"removed {endpoint_id}")


def _mode_of(url: str, policy: AddressPolicy) -> str:
    """Full for an address that is literally in a network of our own; thin for all others."""
    try:
        own = policy.is_own(address_of(urlsplit(url).hostname or ""))
    except ValueError:
        own = urlsplit(url).hostname == "localhost"
    return "full" if own else "thin"
