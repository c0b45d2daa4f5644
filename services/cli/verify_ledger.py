"""``barograph verify-ledger``: offline, from the database alone."""

from __future__ import annotations

import sys
from typing import Final

import click
from sqlalchemy.exc import SQLAlchemyError

from services.alerts import ledger

EVERY: Final = 1_000
"""Entries after which a line of progress is written: about ten seconds of a large database."""


@click.command("verify-ledger")
@click.argument("database")
def verify_ledger(database: str) -> None:
    """Say whether everything published stands as it was published.

    DATABASE is the URL of the alerts database, or the path of its SQLite file. The exit status
    is 0 when all holds, 1 when something was changed, dropped or put in, and 2 when the database
    cannot be read. Progress goes to the standard error.
    """
    try:
        found = ledger.verify(database, _told)
    except SQLAlchemyError as error:
        kind = type(error).__qualname__
        raise click.UsageError(f"The database cannot be read ({kind}).") from None
    if found.holds:
        click.echo(f"The ledger holds: {found.entries} entries.")
    else:
        click.echo(f"The ledger breaks at entry {found.broken_at} ({found.fault}).")
        click.echo(f"{found.entries} entries before it hold.")
    click.echo(f"head {found.head}")
    sys.exit(0 if found.holds else 1)


def _told(read: int, of: int) -> None:
    if read % EVERY == 0:
        click.echo(f"{read} of {of} entries", err=True)
