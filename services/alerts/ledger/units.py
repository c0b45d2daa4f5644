"""A quarter's unit tree as its rows say it, headcounts included."""

from __future__ import annotations

from sqlalchemy import Connection, select

from models.climate.unit_tree import Unit, UnitTree
from services.alerts.tables.released import UNIT


def tree_in(connection: Connection, quarter: str) -> UnitTree:
    """The tree of *quarter*, over which something was published.

    Raises:
        ValueError: there is none.
    """
    rows = select(UNIT.c.id, UNIT.c.parent, UNIT.c.eligible).where(UNIT.c.quarter == quarter)
    return UnitTree(
        Unit(id=name, parent=parent, eligible=eligible)
        for name, parent, eligible in connection.execute(rows.order_by(UNIT.c.place))
    )
