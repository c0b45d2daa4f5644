"""``barograph keys``: make, list and revoke the API keys of one gateway."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click
from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import override

from services.contracts.access import GATEWAY, ApiKey, Scope, generate
from services.ingest.api_keys import ApiKeys
from services.ingest.gateway_database import open_gateway_database
from services.telemetry.clock import wall

UNKNOWN: Final = 1
LONGEST: Final = timedelta(days=730)
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class Duration(click.ParamType):
    """A length of time such as ``12h``, ``90d`` or ``4w``."""

    name = "duration"

    @override
    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read it.

        Raises:
            click.BadParameter: it is none, or longer than two years.
        """
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,4})([hdw])", str(value))
        length = int(found[1]) * _UNITS[found[2]] if found else None
        if length is None or length > LONGEST:
            self.fail("give a length such as 12h, 90d or 4w, at most 730d", param, ctx)
        return length


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
@click.option(
    "--expires-in", type=Duration(), default="90d", show_default=True, help="Such as 12h, 90d, 4w."
)
@click.option("--name", "label", default="", help="What the key is for; shown in the list.")
@_database
def create(scopes: tuple[str, ...], expires_in: timedelta, label: str, database: Path) -> None:
    """Make a key and print its token on standard output, this once: only a hash is kept."""
    now = wall()
    try:
        token, key = generate(
            map(Scope, scopes), now + expires_in, created=now, label=label.strip()
        )
    except ValueError:
        raise click.BadParameter("at most 80 characters", param_hint="--name") from None
    with _opened(database) as stored:
        stored.add(key)
    click.echo(f"key {key.id}, until {key.expires:%Y-%m-%d %H:%M} UTC", err=True)
    click.echo("keep the token now: it cannot be shown again", err=True)
    click.echo(token)


@keys.command("list")
@_database
def show(database: Path) -> None:
    """List the keys, the oldest first; never a token."""
    now = wall()
    with _opened(database) as stored:
        listed = stored.all()
    for key in listed:
        scopes = " ".join(sorted(key.scopes))
        click.echo(f"{key.id}  {_state(key, now):8}  {key.expires:%Y-%m-%d}  {scopes}  {key.label}")


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


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked:
        return "revoked"
    return "active" if now < key.expires else "expired"
