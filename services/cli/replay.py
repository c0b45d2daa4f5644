"""``barograph replay``: are the published values what the released sums make, bit for bit?"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

import click
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.alerts import database
from services.alerts import replay as replays
from services.alerts.ledger import comparisons, hours
from services.alerts.replay import Difference, Replay
from services.cli.climate_database import URL

DIFFERS: Final = 1
EVERY: Final = 1_000
"""Windows after which a line of progress is written."""
SAID: Final = {
    "receipt": "the receipt is missing or was changed",
    "entry": "no entry of the ledger vouches for it",
    "statistics": "the sums are not those that were released",
    "cells": "the values are not those that the ledger vouches for",
    "summary": "the summary of the window is not the one that the ledger vouches for",
    "rules": "the sums of {unit} do not stand under the rules",
    "count": "there are not as many values as the receipt says",
    "other_value": "{indicator} of {unit}: another value",
    "not_published": "{indicator} of {unit}: released and not published",
    "not_released": "{indicator} of {unit}: published and not released",
}


@click.command("replay")
@click.argument("receipt", required=False)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Every window that has closed, every hour and every quarter.",
)
@URL
def replay(receipt: str | None, url: str, *, everything: bool) -> None:
    """Make what was published again, from the sums that were kept, and compare every bit.

    RECEIPT is the id of one. Needs no service, and on PostgreSQL the rights of an auditor. The
    exit status is 0 when all is identical, 1 when something differs, and 2 when the database
    cannot be read or there is no such receipt. No value is printed.
    """
    if everything == bool(receipt):
        raise click.UsageError("Name a receipt, or say --all.")
    engine = database.open_read_only(url)
    try:
        with database.reading(engine).begin() as connection:
            found = _all(connection) if receipt is None else [_one(connection, receipt)]
            differ = _told(found)
            if receipt is None:
                differ += _quarters_told(connection) + _hours_told(connection)
    except SQLAlchemyError as error:
        kind = type(error).__qualname__
        raise click.UsageError(f"The database cannot be read ({kind}).") from None
    finally:
        engine.dispose()
    sys.exit(DIFFERS if differ else 0)


def _all(connection: Connection) -> Iterable[Replay]:
    for read, one in enumerate(replays.everything(connection), start=1):
        yield one
        if read % EVERY == 0:
            click.echo(f"{read} windows", err=True)


def _one(connection: Connection, receipt: str) -> Replay:
    entries = replays.vouched(connection)
    found = replays.replay(connection, receipt, entries)
    if found.window is None and receipt not in entries:
        raise click.UsageError("There is no such receipt.")
    return found


def _told(found: Iterable[Replay]) -> int:
    """Print what was found; how many windows differ."""
    windows = values = differ = 0
    for one in found:
        windows, values = windows + 1, values + one.values
        differ += bool(one.differences)
        name = one.window.label if one.window else one.receipt[:12]
        for difference in one.differences:
            click.echo(f"{name}: {_said(difference)}")
        if not one.whole and one.window:
            click.echo(f"{name}: of an earlier format, only valence could be made again")
    click.echo(f"{windows} windows, {values} values identical; {differ} windows differ")
    return differ


def _quarters_told(connection: Connection) -> int:
    """Print which comparisons of units do not come out again; how many."""
    found = list(comparisons.replayed(connection))
    differ = [quarter for quarter, same in found if not same]
    for quarter in differ:
        click.echo(f"{quarter}: the comparison of units is not what the sums make")
    if found:
        click.echo(f"{len(found)} quarters compared; {len(differ)} differ")
    return len(differ)


def _hours_told(connection: Connection) -> int:
    """Print which hours of the pulse do not come out again; how many."""
    found = list(hours.replayed(connection))
    differ = [hour for hour, same in found if not same]
    for hour in differ:
        click.echo(f"{hour}: the pulse is not what the sums make")
    if found:
        click.echo(f"{len(found)} hours of the pulse; {len(differ)} differ")
    return len(differ)


def _said(difference: Difference) -> str:
    return SAID[difference.what].format(indicator=difference.indicator, unit=difference.unit)
