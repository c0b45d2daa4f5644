"""``barograph plan-cadence``: what of an organisation is shown how often, and what goes dark."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Final

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from models.climate.disclosure.cadence_plan import first_quarter
from models.climate.disclosure.thresholds import FLOOR
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence
from services.alerts import database
from services.alerts.organisation import NoUnits, tree_in
from services.alerts.tables.released import UNIT

DARK: Final = "never"
SHOWN: Final = (Cadence.WEEK.value, Cadence.FOUR_WEEKS.value, DARK)
Level = Mapping[str, Mapping[str, int]]


@click.command("plan-cadence")
@click.argument("url", metavar="DATABASE")
@click.option(
    "--k",
    type=click.IntRange(min=FLOOR),
    default=10,
    show_default=True,
    help="Fewest people, as in the policy.",
)
@click.option("--quarter", help="Such as 2026Q4; else the newest that is known.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def plan_cadence(url: str, k: int, quarter: str | None, *, as_json: bool) -> None:
    """Say how many units and people of each level are shown by the week, by four weeks, or never.

    DATABASE is the URL of the alerts database, or the path of its SQLite file. Never: units of
    fewer eligible people than --k. The others may still be withheld in a window in which few of
    them write. The exit status is 2 when the database cannot be read or knows no such quarter.
    """
    engine = database.open_read_only(url)
    try:
        with database.reading(engine).begin() as connection:
            newest = select(func.coalesce(func.max(UNIT.c.quarter), ""))
            chosen = quarter or connection.execute(newest).scalar_one()
            tree = tree_in(connection, chosen)
    except SQLAlchemyError as error:
        kind = type(error).__qualname__
        raise click.UsageError(f"The database cannot be read ({kind}).") from None
    except NoUnits:
        raise click.UsageError("No organisation is known of that quarter.") from None
    finally:
        engine.dispose()
    levels = planned(tree, k)
    if as_json:
        click.echo(json.dumps({"quarter": chosen, "k": k, "levels": levels}))
    else:
        Console().print(_table(chosen, levels))


def planned(tree: UnitTree, k: int) -> list[Level]:
    """For each level from the top, units and people by how often they are shown."""
    plan = first_quarter(tree)
    depth = 1 + max(map(tree.level, tree.top_down()))
    units = [Counter[str]() for _ in range(depth)]
    people = [Counter[str]() for _ in range(depth)]
    for unit in tree.top_down():
        shown = plan[unit].value if tree.eligible(unit) >= k else DARK
        units[tree.level(unit)][shown] += 1
        people[tree.level(unit)][shown] += tree.eligible(unit)
    return [
        {
            "units": {shown: of_units[shown] for shown in SHOWN},
            "people": {shown: of_people[shown] for shown in SHOWN},
        }
        for of_units, of_people in zip(units, people, strict=True)
    ]


def _table(quarter: str, levels: list[Level]) -> Table:
    table = Table(title=f"{quarter}: units (people)", box=None, pad_edge=False)
    table.add_column("level", justify="right")
    for heading in ("by the week", "by four weeks", "never"):
        table.add_column(heading, justify="right")
    for number, level in enumerate(levels):
        said = (f"{level['units'][shown]:,} ({level['people'][shown]:,})" for shown in SHOWN)
        table.add_row(str(number), *said)
    return table
