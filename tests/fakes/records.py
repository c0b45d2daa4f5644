"""Records for tests: valid by default, one field changed at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from services.contracts.envelope import Kind
from services.contracts.messages import MessageV1
from services.contracts.scores import Outputs, ScoreV1
from services.contracts.sealing import seal

KEY: Final = bytes(range(32))
"""Seals every text of these records."""
HOUR: Final = 490_000
AT: Final = datetime(2026, 2, 2, 9, tzinfo=UTC)

ENVELOPE: Final[dict[str, Any]] = {
    "kind": Kind.POST,
    "spool_id": "gateway-1",
    "seq": 0,
    "digest": "d" * 32,
    "version": 1,
    "block": 27,
    "pid": "a" * 32,
    "leaf": "be.sales.gent",
    "countable": True,
    "local_day": date(2026, 2, 2),
    "after_hours": False,
    "place": "c" * 32,
}


def message(text: str | None = "+", **changes: Any) -> MessageV1:
    """A message with *text* sealed; None makes one without a text."""
    sealed = b"" if text is None else seal(text, KEY, HOUR)
    return MessageV1(**{**ENVELOPE, "sealed": sealed, **changes})


def numbered(number: int, text: str | None = "+", **changes: Any) -> MessageV1:
    """A message that is stamped with the ``seq`` *number* and has a digest of its own."""
    return message(text, **{"seq": number, "digest": f"{number:032x}", **changes})


def score(valence_micro: int | None = 0, **changes: Any) -> ScoreV1:
    """A score; no valence means no outputs."""
    outputs = None if valence_micro is None else Outputs(valence_micro=valence_micro)
    return ScoreV1(**{**ENVELOPE, "outputs": outputs, "model": "signs-1", **changes})
