"""What every command that issues API keys asks and says alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import click
from typing_extensions import override

from services.contracts.access import ApiKey, Scope, generate

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


EXPIRES: Final = click.option(
    "--expires-in", type=Duration(), default="90d", show_default=True, help="Such as 12h, 90d, 4w."
)
NAME: Final = click.option(
    "--name", "label", default="", help="What the key is for; shown in the list."
)


def issued(
    scopes: Iterable[Scope], life: timedelta, label: str, now: datetime
) -> tuple[str, ApiKey]:
    """A token, and the key that keeps its hash.

    Raises:
        click.BadParameter: the label is too long.
    """
    try:
        return generate(scopes, now + life, created=now, label=label.strip())
    except ValueError:
        raise click.BadParameter("at most 80 characters", param_hint="--name") from None


def say(token: str, key: ApiKey) -> None:
    """Print the token on standard output, this once, and the rest beside it."""
    click.echo(f"key {key.id}, until {key.expires:%Y-%m-%d %H:%M} UTC", err=True)
    click.echo("keep the token now: it cannot be shown again", err=True)
    click.echo(token)


def state(key: ApiKey, now: datetime) -> str:
    """Whether it opens anything at *now*."""
    if key.revoked:
        return "revoked"
    return "active" if now < key.expires else "expired"
