"""The wall's clock, for commands: everything else is told what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def wall() -> datetime:
    """The time now (UTC)."""
    return datetime.now(UTC)
