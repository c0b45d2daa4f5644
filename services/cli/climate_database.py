"""``barograph database``: the schema of the climate's database, and who may do what in it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.alerts import database as climate
from services.alerts import grants, migrations
from services.alerts.grants import Process
from services.contracts.failures import Unavailable

BEHIND: Final = 1
NOT_REACHED: Final = 2
URL: Final = click.option(
    "--database",
    "url",
    envvar="BAROGRAPH_ALERTS_DATABASE",
    show_envvar=True,
    required=True,
    help="The alerts database: a URL, or the path of a SQLite file.",
)


@click.group("database")
def climate_database() -> None:
    """Make the schema of the alerts database, and grant each process its part.

    Every process brings the schema to its version when it starts, if its role may. Where roles
    are separate, run `apply` as the owner, before the processes and after every upgrade.
    """


@climate_database.command("apply")
@URL
@click.option("--collector", metavar="ROLE", help="Who collects scores.")
@click.option("--alerts", metavar="ROLE", help="Who closes windows and delivers alerts.")
@click.option("--reader", metavar="ROLE", help="Who reads what is published.")
@click.option("--auditor", metavar="ROLE", help="Who checks it, for the works council.")
def apply(
    url: str, collector: str | None, alerts: str | None, reader: str | None, auditor: str | None
) -> None:
    """Bring the schema to this version, and give the roles exactly what they need.

    The roles must exist; each may be granted by itself. Exits with 2 where the database does not
    answer, refuses, or knows no such role.
    """
    asked: dict[Process, str | None] = {
        "collector": collector,
        "alerts": alerts,
        "reader": reader,
        "auditor": auditor,
    }
    roles = {process: role for process, role in asked.items() if role is not None}
    engine = climate.open_engine(url)
    if roles and engine.dialect.name != "postgresql":
        raise click.UsageError("only PostgreSQL has roles")
    try:
        _bring(engine, roles)
    except (SQLAlchemyError, Unavailable):  # its words may quote the URL, and that a password
        click.echo("the database does not answer, refuses, or has no such role", err=True)
        sys.exit(NOT_REACHED)
    finally:
        engine.dispose()
    click.echo("the schema is that of this version")
    for process, role in roles.items():
        click.echo(f"{role} may do what {process} needs, and no more")


def _bring(engine: Engine, roles: Mapping[Process, str]) -> None:
    migrations.upgrade(engine)
    if roles:
        with climate.writing(engine) as connection:
            grants.apply(connection, roles)


@climate_database.command("check")
@URL
def check(url: str) -> None:
    """Say whether the schema is that of this version; exits with 1 if not."""
    engine = climate.open_read_only(url)
    try:
        current = migrations.is_current(climate.reading(engine))
    except SQLAlchemyError:
        click.echo("the database does not answer, or refuses", err=True)
        sys.exit(NOT_REACHED)
    finally:
        engine.dispose()
    click.echo(f"the schema is {'' if current else 'not '}that of this version")
    sys.exit(0 if current else BEHIND)
