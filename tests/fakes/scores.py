"""Records of the alerts side, filled in so that a test says only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import blake2s
from typing import Any

from models.climate.windows import block
from models.language.labels import Language
from services.contracts.envelope import Kind
from services.contracts.governance import Policy, checked
from services.contracts.progress import ProgressV1
from services.contracts.scores import Outputs, ScoreV1
from services.contracts.units import UnitNames, UnitsV1, UnitV1

MONDAY = date(2024, 1, 29)
"""First day of block 1."""
NOON = datetime(2024, 1, 29, 12, tzinfo=UTC)
SPOOL = "spool-1"


def mac(name: str) -> str:
    """Something that looks like a keyed hash of *name*."""
    return blake2s(name.encode(), digest_size=16).hexdigest()


def score(valence: float | None = 0.5, **changed: Any) -> ScoreV1:
    """A scored post; ``message`` and ``person`` are names that become digests."""
    day: date = changed.setdefault("local_day", MONDAY)
    fields: dict[str, Any] = {
        "kind": Kind.POST,
        "spool_id": SPOOL,
        "seq": 1,
        "digest": mac(changed.pop("message", "message")),
        "version": 1,
        "block": block(day),
        "pid": mac(changed.pop("person", "person")),
        "leaf": "leaf",
        "countable": True,
        "after_hours": False,
        "place": mac("place"),
        "language": Language.EN,
        "model": "fake-1",
    }
    outputs = None
    if valence is not None:
        outputs = Outputs(
            valence_micro=round(valence * 1_000_000),
            signals=changed.pop("signals", ()),
            drivers=changed.pop("drivers", ()),
        )
    return ScoreV1(**(fields | {"outputs": outputs} | changed))


def deletion(**changed: Any) -> ScoreV1:
    """The deletion of a message, a version later."""
    return score(None, **({"kind": Kind.DELETE, "version": 2, "language": None} | changed))


def withdrawal(**changed: Any) -> ScoreV1:
    """Somebody's opt-out, for one block."""
    changed = {"kind": Kind.WITHDRAW, "message": "withdrawal", "language": None} | changed
    return score(None, **changed)


def progress(until: datetime, said_at: datetime | None = None, **changed: Any) -> ProgressV1:
    """The word of a gateway whose lease runs for a minute."""
    said_at = said_at or until
    fields = {
        "spool_id": SPOOL,
        "owes_nothing_until": until,
        "settled_below": 1,
        "declared": True,
        "said_at": said_at,
        "lease_until": said_at + timedelta(minutes=1),
    }
    return ProgressV1(**(fields | changed))


def units(parents: dict[str, str | None], eligible: dict[str, int], quarter: str) -> UnitsV1:
    """A tree from each unit's parent, parents first; a unit is called what its id is."""
    return UnitsV1(
        quarter=quarter,
        units=tuple(
            UnitV1(
                id=name,
                parent=parent,
                names=UnitNames(en=f"{name} (en)", nl=f"{name} (nl)", fr=f"{name} (fr)"),
                eligible=eligible.get(name, 0),
            )
            for name, parent in parents.items()
        ),
    )


def policy(**changed: Any) -> Policy:
    """A demo policy that publishes valence and one signal, from ten people on."""
    document: dict[str, Any] = {
        "version": 1,
        "organisation": "Synthetic",
        "purpose": "Tests",
        "sources": ["demo"],
        "channels": ["demo:*"],
        "indicators": ["valence", "exhaustion"],
        "k": 10,
        "works_council": {"decision": "not_required", "date": date(2024, 1, 1), "reference": "-"},
        "expires": date(2030, 1, 1),
        "demo": True,
    }
    return checked(document | changed)
