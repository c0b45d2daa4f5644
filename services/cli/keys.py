"""``barograph keys``: make, list and revoke the API keys of one gateway."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import click
from sqlalchemy.exc import SQLAlchemyError

from services.cli import issuing_keys
from services.contracts.access import GATEWAY, Scope
from services.ingest.api_keys import ApiKeys
from services.ingest.gateway_database import open_gateway_database
from services.telemetry.clock import wall

UNKNOWN: Final = 1


def _database(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--database",
        envvar=["BAROGRAPH_INGEST_DATABASE", "BAROGRAPH_INGEST_GATEWAY_DB"],
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path("var/gateway.db"),
        show_default=True,
        show_envvar=True,
        help="The gateway's own file.",
    )(command)


@click.group()
def keys() -> None:
    """Make, list and revoke the API keys with which feeds are sent."""


@keys.command()
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in GATEWAY]),
    multiple=True,
    required=True,
    help="What the key may do; may be given several times.",
)
@issuing_keys.EXPIRES
@issuing_keys.NAME
@_database
def create(scopes: tuple[str, ...], expires_in: timedelta, label: str, database: Path) -> None:
    """Make a key and print its token on standard output, this once: only a hash is kept."""
    now = wall()
    token, key = issuing_keys.issued(map(Scope, scopes), expires_in, label, now)
    with _opened(database) as stored:
        stored.add(key)
    issuing_keys.say(token, key)


@keys.command("list")
@_database
def show(database: Path) -> None:
    """List the keys, the oldest first; never a token."""
    now = wall()
    with _opened(database) as stored:
        listed = stored.all()
    for key in listed:
        scopes, state = " ".join(sorted(key.scopes)), issuing_keys.state(key, now)
        click.echo(f"{key.id}  {state:8}  {key.expires:%Y-%m-%d}  {scopes}  {key.label}")


@keys.command()
@click.argument("key_id", metavar="ID")
@_database
def revoke(key_id: str, database: Path) -> None:
    """Close the door to the key ID, within seconds; it stays in the list.

    Exits with 1 where there is no such key.
    """
    with _opened(database) as stored:
        found = stored.revoke(key_id)
    if not found:
        click.echo("there is no such key", err=True)
        sys.exit(UNKNOWN)
    click.echo(f"revoked {key_id}")


@contextmanager
def _opened(database: Path) -> Iterator[ApiKeys]:
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        engine = open_gateway_database(database)
    except (OSError, SQLAlchemyError):
        raise click.UsageError("the gateway's file cannot be opened") from None
    try:
        yield ApiKeys(engine)
    finally:
        engine.dispose()
