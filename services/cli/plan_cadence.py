"""``barograph plan-cadence``: how often units are published, as counts and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from models.climate.disclosure.cadence_plan import first_quarter
from models.climate.disclosure.thresholds import FLOOR
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence, quarter_of
from services.alerts import cadences, database
from services.alerts.ledger.units import tree_in
from services.alerts.tables.released import CADENCE, UNIT
from services.contracts.failures import Malformed
from services.ingest import directory_formats
from services.telemetry.clock import wall

MEDIA_TYPES: Final = {".json": directory_formats.JSON, ".csv": directory_formats.CSV}
NOT_AT_ALL: Final = "none"
COLUMNS: Final = (*Cadence, NOT_AT_ALL)


@dataclass(frozen=True, slots=True)
class _Planned:
    """A plan, and where it comes from.

    Attributes:
        quarter: Of which it is.
        basis: ``kept``, ``quarter_before`` or ``headcounts``.
        tree: The organisation.
        plan: The cadence of each unit.
    """

    quarter: str
    basis: str
    tree: UnitTree
    plan: Mapping[str, Cadence]


@click.command("plan-cadence")
@click.argument("source")
@click.option(
    "--k",
    type=click.IntRange(min=FLOOR),
    default=10,
    show_default=True,
    help="Fewest people behind a value, as in the policy.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def plan_cadence(*, source: str, k: int, as_json: bool) -> None:
    """Say by level how many units and people are published how often.

    SOURCE is the URL of the alerts database, the path of its SQLite file, or a directory file
    (.json or .csv). Of a database it is the newest quarter: as kept, as it follows from the quarter
    before, or by headcounts where there is none. A directory file goes by headcounts. Units of
    fewer than K eligible people are not published at all. Exits with 2 where SOURCE cannot be read.
    """
    media_type = MEDIA_TYPES.get(Path(source).suffix.lower())
    planned = _of_file(Path(source), media_type) if media_type else _of_database(source, k)
    counted = _counted(planned, k)
    if as_json:
        told = {"quarter": planned.quarter, "basis": planned.basis, "k": k, "levels": counted}
        click.echo(json.dumps(told, indent=1))
        return
    Console().print(_table(planned, counted))


def _of_file(path: Path, media_type: str) -> _Planned:
    quarter = quarter_of(wall().date())
    try:
        directory = directory_formats.parse(path.read_bytes(), media_type)
    except OSError as error:
        raise click.UsageError(f"The file cannot be read ({type(error).__qualname__}).") from None
    except Malformed as error:
        first = error.faults[0]
        raise click.UsageError(
            f"The file is no directory: {first.code} at {first.pointer or '/'}."
        ) from None
    record = directory.units_record(quarter)
    tree = UnitTree(Unit(unit.id, unit.parent, unit.eligible) for unit in record.units)
    return _Planned(quarter, "headcounts", tree, first_quarter(tree))


def _of_database(source: str, k: int) -> _Planned:
    engine = database.open_read_only(source)
    try:
        with database.reading(engine).begin() as connection:
            return _newest(connection, k)
    except SQLAlchemyError as error:
        kind = type(error).__qualname__
        raise click.UsageError(f"The database cannot be read ({kind}).") from None
    finally:
        engine.dispose()


def _newest(connection: Connection, k: int) -> _Planned:
    quarter = connection.execute(select(func.max(UNIT.c.quarter))).scalar_one_or_none()
    if quarter is None:
        raise click.UsageError("The database knows no unit yet.")
    tree = tree_in(connection, quarter)
    kept = set(connection.execute(select(CADENCE.c.quarter).distinct()).scalars())
    basis = "kept" if quarter in kept else "quarter_before" if kept else "headcounts"
    return _Planned(quarter, basis, tree, cadences.plan_of(connection, quarter, tree, k))


def _counted(planned: _Planned, k: int) -> list[dict[str, object]]:
    """For each level and column, units and eligible people."""
    levels: dict[int, dict[str, dict[str, int]]] = {}
    for unit in planned.tree.top_down():
        eligible = planned.tree.eligible(unit)
        how = planned.plan[unit].value if eligible >= k else NOT_AT_ALL
        level = levels.setdefault(
            planned.tree.level(unit), {str(name): {"units": 0, "people": 0} for name in COLUMNS}
        )
        level[how]["units"] += 1
        level[how]["people"] += eligible
    return [{"level": number, **counts} for number, counts in levels.items()]


def _table(planned: _Planned, counted: list[dict[str, object]]) -> Table:
    table = Table(title=f"{planned.quarter}, {planned.basis.replace('_', ' ')}: units (people)")
    for head in ("level", *COLUMNS):
        table.add_column(str(head).replace("_", " "), justify="right")
    for row in counted:
        table.add_row(str(row["level"]), *(_told(row[name]) for name in COLUMNS))
    return table


def _told(counts: object) -> str:
    assert isinstance(counts, dict)
    return f"{counts['units']:,} ({counts['people']:,})"
