"""Hours of the pulse in the rows that are final: written once, vouched for, and made again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from importlib.metadata import version
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from models.climate.disclosure.coarsening import band, fewest
from models.climate.disclosure.receipt import canonical
from models.climate.disclosure.release import HourStatistic, published_hour
from models.climate.windows import Window, hour_ends
from services.alerts.ledger.chain import append
from services.alerts.ledger.digests import raw, spelled
from services.alerts.ledger.recording import NONCE_BYTES
from services.alerts.tables.released import LEDGER, PUBLISHED_PULSE, RELEASED_PULSE

VERSION: Final = version("barograph")
_ROWS: Final = (RELEASED_PULSE, PUBLISHED_PULSE)
KIND: Final = "pulse"
"""Of entries of the ledger that are about an hour."""
HourKey = tuple[str, int]
"""Day, as it is spelled, and hour."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an hour was released under.

    Attributes:
        policy: Fingerprint of the policy.
        k: Fewest contributors.
        quarter: The unit tree.
        models: What scored its messages.
    """

    policy: str
    k: int
    quarter: str
    models: tuple[str, ...]


def record(
    connection: Connection, found: HourStatistic, unit: str, terms: Terms, now: datetime
) -> None:
    """Write an hour that is released, and its ledger entry, in the caller's transaction.

    Args:
        connection: Where.
        found: Its sums.
        unit: The whole organisation.
        terms: What it was released under.
        now: When.
    """
    told = published_hour(found)
    key = {"day": found.day, "hour": found.hour}
    connection.execute(
        RELEASED_PULSE.insert().values(
            **key,
            weight=found.weight,
            weighted_micro=found.weighted_micro,
            band=band(found.contributors),
        )
    )
    connection.execute(
        PUBLISHED_PULSE.insert().values(
            **key, unit=unit, value=told.value, band=told.band, published_at=now
        )
    )
    entry = {
        **asdict(terms),
        "code": VERSION,
        "day": found.day.isoformat(),
        "hour": found.hour,
        "nonce": token_hex(NONCE_BYTES),
    }
    append(connection, KIND, {**entry, "rows": _digest(connection, entry)}, now)


def within(connection: Connection, window: Window) -> set[tuple[date, int]]:
    """The hours in *window* that are published, by day and hour."""
    day = PUBLISHED_PULSE.c.day
    found = select(day, PUBLISHED_PULSE.c.hour).where(
        day >= window.start, day < window.end_exclusive
    )
    return {(row.day, row.hour) for row in connection.execute(found)}


def last_ends(connection: Connection) -> datetime | None:
    """When the last hour that is published was over; None where there is none."""
    day, hour = PUBLISHED_PULSE.c.day, PUBLISHED_PULSE.c.hour
    found = select(day, hour).order_by(day.desc(), hour.desc()).limit(1)
    row = connection.execute(found).first()
    return None if row is None else hour_ends(row.day, row.hour)


def largest_k(connection: Connection, window: Window) -> int:
    """The largest k that an hour in *window* was released under; 0 where none is published."""
    here = {(day.isoformat(), hour) for day, hour in within(connection, window)}
    if not here:
        return 0
    bodies = connection.execute(select(LEDGER.c.body).where(LEDGER.c.kind == KIND)).scalars()
    found: list[int] = [e["k"] for e in map(json.loads, bodies) if key_of(e) in here]
    return max(found)


def key_of(entry: Mapping[str, Any]) -> HourKey:
    """The hour that a ledger entry is about."""
    return entry["day"], entry["hour"]


def stands(connection: Connection, entry: Mapping[str, Any]) -> bool:
    """Whether the hour that a ledger entry vouches for is there as it was released."""
    return _digest(connection, entry) == str(entry["rows"])


def there(connection: Connection) -> set[HourKey]:
    """Every hour of which there is a row."""
    return {key for table in _ROWS for key in _keys(connection, table)}


def replayed(connection: Connection) -> Iterator[tuple[str, bool]]:
    """Each hour, such as ``2026-11-25T09``, and whether its value comes out the same."""
    for day, hour in sorted(there(connection), key=str):
        yield f"{day}T{hour:>02}", _comes_out_the_same(connection, day, hour)


def _comes_out_the_same(connection: Connection, day: str, hour: int) -> bool:
    try:
        at = date.fromisoformat(day)
        sums = connection.execute(
            select(RELEASED_PULSE).where(RELEASED_PULSE.c.day == at, RELEASED_PULSE.c.hour == hour)
        ).one_or_none()
        told = connection.execute(
            select(PUBLISHED_PULSE).where(
                PUBLISHED_PULSE.c.day == at, PUBLISHED_PULSE.c.hour == hour
            )
        ).one_or_none()
        if sums is None or told is None:
            return False
        made = published_hour(
            HourStatistic(at, hour, sums.weight, sums.weighted_micro, fewest(sums.band))
        )
        same = (made.value, made.band) == (told.value, told.band)
    except (TypeError, ValueError, ZeroDivisionError):  # sums that are none
        return False
    return bool(same)


def _keys(connection: Connection, table: Table) -> Iterator[HourKey]:
    for day, hour in connection.execute(select(raw(table.c.day), table.c.hour)):
        yield str(spelled(day)), hour


def _digest(connection: Connection, entry: Mapping[str, Any]) -> str:
    """Hash over both rows of the hour, and a number that nobody can try."""
    rows = []
    for table in _ROWS:
        same = table.c.day == date.fromisoformat(entry["day"]), table.c.hour == entry["hour"]
        found = connection.execute(select(*map(raw, table.c)).where(*same)).first()
        rows.append([] if found is None else [spelled(value) for value in found])
    return sha256(canonical({"nonce": entry["nonce"], "rows": rows})).hexdigest()
