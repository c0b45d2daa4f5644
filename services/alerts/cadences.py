"""How often each unit of a quarter is published: planned once, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, func, select

from models.climate.disclosure.cadence_plan import Quarter, first_quarter, next_quarter
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, four_weeks_of, window_of
from services.alerts.database import STATEMENT_ROWS
from services.alerts.ledger import statistics
from services.alerts.ledger.units import NoUnits, tree_in
from services.alerts.organisation import quarter_for
from services.alerts.tables.released import CADENCE, WINDOW_SUMMARY
from services.contracts.governance import Policy


def plan_of(connection: Connection, quarter: str, tree: UnitTree, k: int) -> dict[str, Cadence]:
    """The cadence of every unit of the quarter's *tree*: as kept, else as it follows from before.

    Args:
        connection: The database.
        quarter: The quarter of the tree.
        tree: The organisation.
        k: Fewest contributors of anything that can be known.
    """
    if kept := _kept(connection, quarter):
        return kept
    before = select(func.max(CADENCE.c.quarter)).where(CADENCE.c.quarter < quarter)
    last = connection.execute(before).scalar_one_or_none()
    if last is None:
        return first_quarter(tree)
    return next_quarter(tree, _released_in(connection, last), k)


def keep(connection: Connection, quarter: str, plan: Mapping[str, Cadence]) -> None:
    """Keep the plan of a quarter, once: what it was published by stays."""
    if _kept(connection, quarter):
        return
    rows = [
        {"quarter": quarter, "unit": unit, "cadence": cadence.value}
        for unit, cadence in plan.items()
    ]
    for start in range(0, len(rows), STATEMENT_ROWS):
        connection.execute(CADENCE.insert(), rows[start : start + STATEMENT_ROWS])


def has_days(connection: Connection, day: date, policy: Policy) -> bool:
    """Whether any unit is published by the day in the block of *day*; none is under noise.

    Asked every second, so the tree is read only where nothing is kept of its quarter yet.
    """
    if policy.differential_privacy is not PrivacyMode.OFF:
        return False
    if connection.execute(select(CADENCE.c.quarter).limit(1)).first() is None:
        return False  # no first quarter has
    try:
        quarter = quarter_for(connection, four_weeks_of(day))
    except NoUnits:
        return False
    kept = select(CADENCE.c.cadence).where(CADENCE.c.quarter == quarter).distinct()
    cadences = set(connection.execute(kept).scalars())
    if not cadences:
        tree = tree_in(connection, quarter)
        cadences = {*plan_of(connection, quarter, tree, policy.k).values()}
    return Cadence.DAY in cadences


def _kept(connection: Connection, quarter: str) -> dict[str, Cadence]:
    rows = select(CADENCE.c.unit, CADENCE.c.cadence).where(CADENCE.c.quarter == quarter)
    return {unit: Cadence(cadence) for unit, cadence in connection.execute(rows)}


def _released_in(connection: Connection, quarter: str) -> Quarter:
    closed = select(WINDOW_SUMMARY.c.cadence, WINDOW_SUMMARY.c.window_start).where(
        WINDOW_SUMMARY.c.quarter == quarter
    )
    windows = [window_of(Cadence(cadence), start) for cadence, start in connection.execute(closed)]
    return Quarter(
        _kept(connection, quarter),
        windows,
        [
            found
            for window in windows
            for found in statistics.of_window(connection, window).values()
        ],
    )
