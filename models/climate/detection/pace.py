"""How the scan goes through windows: by the week, or by four weeks where that is the cadence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from models.climate.windows import Cadence


@dataclass(frozen=True, slots=True)
class Pace:
    """Everything is counted in windows of the cadence.

    Attributes:
        cadence: Length of a window.
        span: Of the baseline.
        lag: The baseline ends so many ago: no week that counts towards ``last`` is in it.
        least: Of the baseline that must have been released.
        settled: So many judged ones are enough to fit the noise to all of them.
        lengths: What is scanned: short ones find large changes soon, long ones small.
        last: In so many it is counted how often a unit is clearly off.
        least_of_last: And in so many of them it must be.
    """

    cadence: Cadence
    span: int
    lag: int
    least: int
    settled: int
    lengths: tuple[int, ...]
    last: int
    least_of_last: int

    @property
    def longest(self) -> int:
        """The longest that is scanned."""
        return self.lengths[-1]

    @property
    def weeks(self) -> int:
        """Weeks of one window."""
        return self.cadence.days // Cadence.WEEK.days


WEEKLY: Final = Pace(
    cadence=Cadence.WEEK,
    span=52,
    lag=4,
    least=8,
    settled=26,
    lengths=(1, 2, 4, 8),
    last=4,
    least_of_last=3,
)
"""The design study's, but for two that are ours.  ``span`` was 26: the error of such a baseline is
shared by all residuals of a window and is a third of the variance of their mean over eight weeks;
of a year it is a sixth, and a smaller change is found with as few false episodes (ADR 0032).
``least``: what fewer weeks leave uncertain is allowed for by ``Baseline.shortness``.  Three of four
weeks cut alarms from short dips to a half or a fifth and cost one to two weeks of delay."""
FOUR_WEEKLY: Final = Pace(
    cadence=Cadence.FOUR_WEEKS,
    span=13,
    lag=1,
    least=3,
    settled=6,
    lengths=(1, 2),
    last=1,
    least_of_last=1,
)
"""Ours: the same weeks as the weekly pace has, as far as they make four.  One window of four
weeks is itself what lasts."""
