"""On which day an entry of the policy was registered: when it was first in force as it stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, select

from services.alerts.tables.outcomes import OUTCOME_REGISTRATION
from services.contracts.registration import Intervention, Outcome


def first_days(
    connection: Connection,
    kind: str,
    entries: Sequence[Outcome | Intervention],
    now: datetime,
) -> dict[str, date]:
    """First day of each of *entries* by id; one that was not seen before is written down now."""
    table = OUTCOME_REGISTRATION.c
    found = select(table.id, table.digest, table.first_seen).where(table.kind == kind)
    seen = {(row.id, row.digest): row.first_seen for row in connection.execute(found)}
    days = {}
    for entry in entries:
        digest = digest_of(entry)
        if (entry.id, digest) not in seen:
            connection.execute(
                OUTCOME_REGISTRATION.insert().values(
                    kind=kind, id=entry.id, digest=digest, first_seen=now
                )
            )
        days[entry.id] = seen.get((entry.id, digest), now).date()
    return days


def digest_of(entry: Outcome | Intervention) -> str:
    """SHA-256, in hex, of what *entry* fixes: all but what it is called."""
    # Without defaults: a later release with one more keeps the same digest.
    content = entry.model_dump(mode="json", exclude={"names"}, exclude_defaults=True)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
