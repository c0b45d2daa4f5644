"""Identifiers that sort by the time they were made at (UUID version 7)."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID


def new_id(now: datetime) -> str:
    """32 hexadecimal digits: milliseconds first, chance after them."""
    milliseconds = int(now.timestamp() * 1000) & (2**48 - 1)
    chance = secrets.randbits(74)
    number = milliseconds << 80 | 0x7 << 76 | (chance >> 62) << 64 | 0b10 << 62 | chance % 2**62
    return UUID(int=number).hex
