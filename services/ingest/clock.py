"""The gateway's clock: the wall's, unless an import or a simulation has declared another time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class ClockHeld(Exception):
    """Somebody else has declared the time."""


class ClockWentBack(Exception):
    """The declared time is before one that the gateway has already been at."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is for the gateway, as a value; the spool keeps it over a restart.

    Attributes:
        declared: The time that the holder has declared; None while the clock is live.
        holder: Id of the API key that declares the time; None while the clock is live.
        used: Whether the gateway has ever been at a time: an event was kept, or a time declared.
    """

    declared: datetime | None = None
    holder: str | None = None
    used: bool = False

    def now(self, wall: datetime) -> datetime:
        """The gateway's time when the wall's clock says *wall*."""
        return wall if self.declared is None else self.declared

    def admits(self, key: str) -> bool:
        """Whether events that come with the API key *key* are taken: a held clock is exclusive."""
        return self.holder is None or self.holder == key

    def declare(self, at: datetime, holder: str, wall: datetime) -> Clock:
        """The clock after *holder* has declared *at*.

        Everything up to its old time may have been published already, so what a clock that went
        back would admit could count nowhere: history needs a gateway of its own.

        Raises:
            ClockHeld: another key holds it.
            ClockWentBack: *at* is before the time of a clock that was used.
        """
        if not self.admits(holder):
            raise ClockHeld
        if self.used and at < self.now(wall):
            raise ClockWentBack
        return Clock(at, holder, used=True)

    def release(self, holder: str) -> Clock:
        """The clock after *holder* has let go of it: live again.

        Raises:
            ClockHeld: another key holds it.
        """
        if not self.admits(holder):
            raise ClockHeld
        return Clock(None, None, used=self.used)
