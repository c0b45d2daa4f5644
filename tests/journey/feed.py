"""Events as a platform sends them, and the directory that knows their authors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

SOURCE = "demo"


def directory(units: Sequence[str], people_a_unit: int, *, since: date) -> dict[str, Any]:
    """An organisation whose people are in *units*; a dot in an id is a level of the tree."""
    parents: dict[str, str | None] = {}
    for unit in units:
        _put(parents, unit)
    people = [
        {
            "person": f"{unit}-{number}",
            "unit": unit,
            "identities": [identity(unit, number)],
            "time_zone": "Europe/Brussels",
            "since": since.isoformat(),
            "kind": "human",
        }
        for unit in units
        for number in range(people_a_unit)
    ]
    titled = [
        {"id": unit, "parent": parent, "names": dict.fromkeys(("en", "nl", "fr"), unit)}
        for unit, parent in parents.items()
    ]
    return {"units": titled, "people": people}


def _put(parents: dict[str, str | None], unit: str) -> None:
    above = unit.rpartition(".")[0] or None
    if above is not None and above not in parents:
        _put(parents, above)
    parents[unit] = above


def identity(unit: str, number: int) -> str:
    """How the platform calls a person."""
    return f"{SOURCE}:{unit}/{number}"


def event(number: int, who: str, text: str, at: datetime, **changes: Any) -> bytes:
    """One CloudEvent as a line."""
    posted = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    data = {
        "message_id": f"m{number}",
        "identity": who,
        "channel": f"{SOURCE}:town-square",
        "visibility": "public",
        "posted_at": posted,
        "text": text,
        **changes,
    }
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": SOURCE,
            "type": "org.barograph.message.created.v1",
            "time": posted,
            "datacontenttype": "application/json",
            "data": data,
        }
    ).encode()


def long_ago(now: datetime) -> date:
    """A day since when everybody counts."""
    return (now - timedelta(days=200)).date()
