"""When a window may close: nobody owes a message of it any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GatewayProgress:
    """The last word of one gateway.

    Attributes:
        owes_nothing_until: Every message up to this time has been settled.
        lease_until: Without another word by then, nobody waits for it.
    """

    owes_nothing_until: datetime
    lease_until: datetime

    def is_left_out(self, now: datetime) -> bool:
        """Whether it has been silent for so long that nothing waits for it."""
        return self.lease_until < now


def passed(instant: datetime, gateways: Iterable[GatewayProgress], now: datetime) -> bool:
    """Whether every gateway that still speaks owes nothing up to *instant*.

    Args:
        instant: End of a window plus its lateness.
        gateways: All that ever spoke.
        now: The wall clock, for leases alone: windows live in event time.

    Returns:
        False while nobody speaks: with no gateway at all, or with every one left out, there is
        no one who could say that nothing is missing.
    """
    until = reached(gateways, now)
    return until is not None and until >= instant


def reached(gateways: Iterable[GatewayProgress], now: datetime) -> datetime | None:
    """Up to when no gateway that still speaks owes anything; None while nobody speaks."""
    speaking = [one.owes_nothing_until for one in gateways if not one.is_left_out(now)]
    return min(speaking, default=None)


def left_out(gateways: Iterable[GatewayProgress], now: datetime) -> int:
    """How many gateways nobody waits for: coverage that is lost, to be shown."""
    return sum(gateway.is_left_out(now) for gateway in gateways)
