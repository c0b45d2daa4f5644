"""What the gateways say: how far they are, and what the organisation looks like."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update

from models.climate import watermark
from models.climate.watermark import GatewayProgress
from services.alerts.database import insert
from services.alerts.tables.pseudonymous import CLOSER, GATEWAY
from services.alerts.tables.released import UNIT, WINDOW_SUMMARY
from services.contracts.failures import Fault, Malformed
from services.contracts.progress import ProgressV1
from services.contracts.units import UnitsV1


def progress(connection: Connection, record: ProgressV1) -> None:
    """Keep the newest word of each gateway; an older one that comes again changes nothing."""
    said = insert(connection, GATEWAY).values(
        spool_id=record.spool_id,
        owes_nothing_until=record.owes_nothing_until,
        settled_below=record.settled_below,
        said_at=record.said_at,
        lease_until=record.lease_until,
    )
    names = ("owes_nothing_until", "settled_below", "said_at", "lease_until")
    connection.execute(
        said.on_conflict_do_update(
            index_elements=["spool_id"],
            set_={name: said.excluded[name] for name in names},
            where=GATEWAY.c.said_at < said.excluded.said_at,
        )
    )


def known(connection: Connection) -> tuple[GatewayProgress, ...]:
    """Every gateway that has ever spoken."""
    found = select(GATEWAY.c.owes_nothing_until, GATEWAY.c.lease_until).order_by(GATEWAY.c.spool_id)
    return tuple(
        GatewayProgress(owes_nothing_until=until, lease_until=lease)
        for until, lease in connection.execute(found)
    )


def settled_below(connection: Connection) -> dict[str, int]:
    """For each spool the number below which it has settled everything."""
    found = select(GATEWAY.c.spool_id, GATEWAY.c.settled_below)
    return {row.spool_id: row.settled_below for row in connection.execute(found)}


def left_out(connection: Connection, now: datetime) -> int:
    """How many gateways are silent for so long that nothing waits for them."""
    return watermark.left_out(known(connection), now)


def units(connection: Connection, record: UnitsV1) -> bool:
    """Take the tree of a quarter; whether it was taken.

    Once a window was published over a tree, only the names in it may change: two trees in one
    quarter can be subtracted from each other.

    Raises:
        Malformed: the units are no tree.
    """
    quarter = record.quarter
    # Exclusive of whoever publishes: a tree that comes in between would not be the one of its plan.
    connection.execute(select(CLOSER.c.id).with_for_update(read=True)).all()
    used = select(WINDOW_SUMMARY.c.quarter).where(WINDOW_SUMMARY.c.quarter == quarter).limit(1)
    rows = _rows(record)
    if connection.execute(used).first() is None:
        connection.execute(delete(UNIT).where(UNIT.c.quarter == quarter))
        if rows:
            connection.execute(UNIT.insert(), rows)
        return True
    for row in rows:
        names = {name: row[name] for name in ("name_en", "name_nl", "name_fr")}
        same = and_(UNIT.c.quarter == quarter, UNIT.c.id == row["id"])
        connection.execute(update(UNIT).where(same).values(names))
    return False


def _rows(record: UnitsV1) -> list[dict[str, Any]]:
    levels: dict[str | None, int] = {None: -1}
    rows = []
    for place, unit in enumerate(record.units):
        if unit.id in levels or unit.parent not in levels or (place > 0) != bool(unit.parent):
            raise Malformed("UnitsV1", (Fault(f"/units/{place}", "not_a_tree"),))
        levels[unit.id] = levels[unit.parent] + 1
        rows.append(
            {
                "quarter": record.quarter,
                "id": unit.id,
                "parent": unit.parent,
                "name_en": unit.names.en,
                "name_nl": unit.names.nl,
                "name_fr": unit.names.fr,
                "level": levels[unit.id],
                "place": place,
                "eligible": unit.eligible,
            }
        )
    return rows
