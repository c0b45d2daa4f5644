"""``barograph outcomes``: monthly business figures of units, and the keys that may import them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NoReturn

import click
import httpx2
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from services.alerts import database as climate
from services.alerts import migrations
from services.alerts.outcomes import keys as stored
from services.alerts.outcomes.figures import COLUMNS, MOST_ROWS, Refusal
from services.cli import issuing_keys
from services.contracts.access import Scope
from services.contracts.failures import Unavailable
from services.telemetry.clock import wall

FAILED: Final = 1
TIMEOUT_S: Final = 60.0

MEANING: Final[dict[Refusal, str]] = {
    Refusal.NOT_UTF8: "the file is not UTF-8",
    Refusal.COLUMNS: f"the head must name exactly {', '.join(COLUMNS)}",
    Refusal.NO_ROWS: "there is no row below the head",
    Refusal.TOO_MANY_ROWS: f"a file has at most {MOST_ROWS} rows",
    Refusal.CELLS: "the row has more or fewer cells than the head",
    Refusal.OUTCOME: "the policy in force registers no such outcome",
    Refusal.UNIT: "there is no such unit, or the outcome is not registered for it",
    Refusal.SMALL_UNIT: "the unit has fewer than 50 eligible people",
    Refusal.MONTH: "the month is not written as 2026-09",
    Refusal.MONTH_NOT_OVER: "the month is not over yet",
    Refusal.VALUE: "the value is no number, such as 4.25",
    Refusal.BAND: "these are not two neighbouring edges of the registered bands",
    Refusal.PEOPLE: "the number of people is no whole number",
    Refusal.FEW_PEOPLE: "fewer than 50 people",
    Refusal.EVENTS: "the number of events is no whole number",
    Refusal.EVENTS_MISSING: "this outcome counts events: say how many, or give a band or a blank",
    Refusal.EVENTS_NOT_ASKED: "no number of events belongs beside a band, a blank or no count",
    Refusal.FEW_EVENTS: "fewer than 5 events: give a band or a blank",
    Refusal.TWICE: "this outcome, unit and month came before in the file",
}

_DATABASE: Final = click.option(
    "--database",
    "place",
    envvar="BAROGRAPH_ALERTS_DATABASE",
    default="var/climate.db",
    show_default=True,
    show_envvar=True,
    help="The alerts database: a URL, or the path of a SQLite file.",
)


@click.group()
def outcomes() -> None:
    """Put monthly business figures beside the climate.

    Which figures there are is registered in the signed policy; see docs/outcomes.md.
    """


@outcomes.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--alerts",
    "address",
    default="http://127.0.0.1:8420",
    show_default=True,
    help="Address of the alerts service.",
)
@click.option(
    "--key",
    envvar="BAROGRAPH_OUTCOMES_KEY",
    show_envvar=True,
    required=True,
    help="A key from `barograph outcomes keys create`.",
)
def import_file(file: Path, address: str, key: str) -> None:
    """Import FILE, a CSV of one value a month and unit: all of it, or nothing.

    Its head is outcome,unit,month,value,people,events. A value is added up before it comes here,
    over at least fifty people; a month with fewer than five events is left blank, or is one of
    the registered bands, such as 2..4. The same file again changes nothing; another value is a
    new version.

    The exit status is 0 when all was taken, 1 when a row was refused or the service could not be
    reached, and 2 when the command was misused.
    """
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv"}
    try:
        # A proxy is never asked for this machine itself.
        local = httpx2.URL(address).host in {"127.0.0.1", "localhost", "::1"}
        with httpx2.Client(base_url=address, timeout=TIMEOUT_S, trust_env=not local) as http:
            answer = http.post("/v1/outcomes", content=file.read_bytes(), headers=headers)
        body: dict[str, Any] = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
        _fail(f"there is no alerts service at {address}")
    except OSError:
        _fail("the file cannot be read")
    if answer.status_code != HTTPStatus.OK:
        _refused(answer.status_code, body)
    click.echo(f"{body['new']} new, {body['corrected']} corrected, {body['unchanged']} unchanged")


def _refused(status: int, body: dict[str, Any]) -> NoReturn:
    meaning = {refusal.value: text for refusal, text in MEANING.items()}
    for fault in body.get("errors", []):
        row, code = str(fault["pointer"]).removeprefix("/rows/"), str(fault["detail"])
        click.echo(f"row {row}: {meaning.get(code, code)}", err=True)
    if status == HTTPStatus.UNAUTHORIZED:
        _fail("the key opens nothing: make one with `barograph outcomes keys create`")
    _fail(str(body.get("detail") or body.get("title") or f"status {status}"))


@outcomes.group()
def keys() -> None:
    """Make, list and revoke the keys with which figures are imported."""


@keys.command()
@issuing_keys.EXPIRES
@issuing_keys.NAME
@_DATABASE
def create(expires_in: timedelta, label: str, place: str) -> None:
    """Make a key and print its token on standard output, this once: only a hash is kept."""
    now = wall()
    token, key = issuing_keys.issued([Scope.OUTCOMES_WRITE], expires_in, label, now)
    with _opened(place) as connection:
        stored.add(connection, key)
    issuing_keys.say(token, key)


@keys.command("list")
@_DATABASE
def show(place: str) -> None:
    """List the keys, the oldest first; never a token."""
    now = wall()
    with _opened(place) as connection:
        listed = stored.every(connection)
    for key in listed:
        state = issuing_keys.state(key, now)
        click.echo(f"{key.id}  {state:8}  {key.expires:%Y-%m-%d}  {key.label}")


@keys.command()
@click.argument("key_id", metavar="ID")
@_DATABASE
def revoke(key_id: str, place: str) -> None:
    """Close the door to the key ID at once; it stays in the list.

    Exits with 1 where there is no such key.
    """
    with _opened(place) as connection:
        found = stored.revoke(connection, key_id)
    if not found:
        _fail("there is no such key")
    click.echo(f"revoked {key_id}")


@contextmanager
def _opened(place: str) -> Iterator[Connection]:
    engine = climate.open_engine(place)
    try:
        migrations.upgrade(engine)
        with climate.writing(engine) as connection:
            yield connection
    except (SQLAlchemyError, Unavailable):  # its words may quote the URL, and that a password
        _fail("the database cannot be opened")
    finally:
        engine.dispose()


def _fail(reason: str) -> NoReturn:
    click.echo(reason, err=True)
    sys.exit(FAILED)
