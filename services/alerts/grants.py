"""What each process may do in PostgreSQL: its own work, and to see nothing else.

The collector can read no published value and no alert; a reader can read nothing of a person; and
nobody can change what is final, for which a trigger stands in besides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final, Literal

from sqlalchemy import Connection, Table, text

from services.alerts.database import ZONES
from services.alerts.tables import operations, outcomes, pseudonymous, released

Process = Literal["collector", "alerts", "reader", "auditor"]

_READ: Final = "SELECT"
_ADD: Final = "SELECT, INSERT"
_COUNT: Final = "SELECT, INSERT, UPDATE"
_ALL: Final = "SELECT, INSERT, UPDATE, DELETE"
_OPEN: Final = tuple(pseudonymous.METADATA.sorted_tables)
_TOLD: Final = tuple(operations.METADATA.sorted_tables)

GRANTS: Final[Mapping[Process, Mapping[str, Sequence[Table]]]] = {
    "collector": {
        _ALL: (*_OPEN, released.UNIT),
        _COUNT: (released.LATE,),
        _READ: (released.WINDOW_SUMMARY,),
    },
    "alerts": {
        _ALL: (*_OPEN, *_TOLD, outcomes.OUTCOME_FINDING),
        _ADD: (*released.FINAL, *outcomes.KEPT),
        _COUNT: (outcomes.OUTCOME_KEY,),
        _READ: (released.UNIT, released.LATE),
    },
    "reader": {
        _READ: (
            released.UNIT,
            released.WINDOW_SUMMARY,
            released.LATE,
            released.PUBLISHED_CELL,
            released.PUBLISHED_PULSE,
            released.RECEIPT,
            released.COMPARISON,
            operations.RULE,
            operations.ALERT_STATE,
            operations.TRANSITION,
            outcomes.OUTCOME_FINDING,
        )
    },
    # Whoever checks for the works council: all that is final, with the exact sums of released
    # cells, and headcounts, since without them nothing can be made again; nothing of a person and
    # no secret.
    "auditor": {_READ: (*released.FINAL, released.UNIT)},
}


def apply(connection: Connection, roles: Mapping[Process, str]) -> None:
    """Give each role what its process needs, and take away whatever else it had.

    Args:
        connection: As the owner of the tables; its transaction decides.
        roles: Names of roles that there are already.

    Raises:
        ProgrammingError: there is no such role, or the connection may not do this.
    """
    quote = connection.dialect.identifier_preparer.quote
    for process, name in roles.items():
        role = quote(name)
        for zone in ZONES:
            connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA {zone} FROM {role}"))
            connection.execute(text(f"REVOKE ALL ON SCHEMA {zone} FROM {role}"))
        granted = GRANTS[process]
        for zone in sorted({str(table.schema) for table in chain(*granted.values())}):
            connection.execute(text(f"GRANT USAGE ON SCHEMA {zone} TO {role}"))
        for what, tables in granted.items():
            names = ", ".join(table.fullname for table in tables)
            connection.execute(text(f"GRANT {what} ON {names} TO {role}"))
        # So that each can tell whether the schema is the one that it knows.
        connection.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))
