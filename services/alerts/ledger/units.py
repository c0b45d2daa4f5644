"""A quarter's unit tree as its rows say it, headcounts included."""

from __future__ import annotations

from sqlalchemy import Connection, select

from models.climate.unit_tree import Unit, UnitTree
from services.alerts.tables.released import UNIT


class NoUnits(LookupError):
    """No gateway has said yet what the organisation looks like."""


def tree_in(connection: Connection, quarter: str) -> UnitTree:
    """The tree of *quarter*.

    Raises:
        NoUnits: it is not known.
    """
    rows = select(UNIT.c.id, UNIT.c.parent, UNIT.c.eligible).where(UNIT.c.quarter == quarter)
    units = [
        Unit(id=name, parent=parent, eligible=eligible)
        for name, parent, eligible in connection.execute(rows.order_by(UNIT.c.place))
    ]
    if not units:
        raise NoUnits
    return UnitTree(units)
