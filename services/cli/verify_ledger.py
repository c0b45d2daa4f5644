"""``barograph verify-ledger``: offline, from the database alone."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from services.alerts import ledger


@click.command("verify-ledger")
@click.argument("database")
def verify_ledger(database: str) -> None:
    """Say whether everything published stands as it was published.

    DATABASE is the URL of the alerts database, or the path of its SQLite file. The exit status
    is 0 when all holds and 1 when something was changed, dropped or put in.
    """
    try:
        found = ledger.verify(database)
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
