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
    speaking = [gateway for gateway in gateways if not gateway.is_left_out(now)]
    return bool(speaking) and all(gateway.owes_nothing_until >= instant for gateway in speaking)


def left_out(gateways: Iterable[GatewayProgress], now: datetime) -> int:
    """How many gateways nobody waits for: coverage that is lost, to be shown."""
    return sum(gateway.is_left_out(now) for gateway in gateways)
