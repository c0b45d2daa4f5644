"""``barograph receipt``: what was decided for one window, in sentences."""

from __future__ import annotations

import sys
from typing import Final

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from models.language.labels import Language
from services.alerts import database, ledger
from services.alerts.console.receipt_text import sentences
from services.alerts.console.wording import wording
from services.alerts.tables.released import RECEIPT
from services.cli.climate_database import URL

NO_SUCH: Final = 1


@click.command("receipt")
@click.argument("receipt_id", required=False, metavar="[ID]")
@URL
@click.option(
    "--language",
    type=click.Choice([language.value for language in Language]),
    default=Language.EN.value,
    show_default=True,
    help="Of the sentences.",
)
def receipt(receipt_id: str | None, url: str, language: str) -> None:
    """Say what was decided for a window, by whom it can be read, and how to check it.

    Without an ID, list the receipts that there are, newest first. Needs no service. The exit
    status is 1 when there is no such receipt or it was changed, and 2 when the database cannot
    be read.
    """
    engine = database.open_read_only(url)
    try:
        with database.reading(engine).begin() as connection:
            if receipt_id is None:
                rows = select(RECEIPT.c.window_start, RECEIPT.c.cadence, RECEIPT.c.id)
                for row in connection.execute(rows.order_by(RECEIPT.c.window_start.desc())):
                    click.echo(f"{row.window_start}  {row.cadence:<10}  {row.id}")
                return
            found = ledger.sound_receipt(connection, receipt_id)
    except SQLAlchemyError as error:
        kind = type(error).__qualname__
        raise click.UsageError(f"The database cannot be read ({kind}).") from None
    finally:
        engine.dispose()
    if found is None:
        click.echo("There is no such receipt, or it was changed.", err=True)
        sys.exit(NO_SUCH)
    for sentence in sentences(receipt_id, found, wording(Language(language))):
        click.echo(sentence)
