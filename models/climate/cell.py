"""Sufficient statistics of one unit in one window; they add over people and over units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from models.climate.person_day import MICRO, NO_DRIVERS, NO_SIGNALS, PersonDay, added
from models.climate.windows import Cadence, Window

WEEKLY_BOUND: Final = 20
"""However many days somebody writes on, an ISO week of theirs weighs at most this."""
LEAST_MESSAGES: Final[Mapping[Cadence, int]] = {
    Cadence.DAY: 1,
    Cadence.WEEK: 3,
    Cadence.FOUR_WEEKS: 3,
}
"""Fewest messages in a window that make a contributor to it (design study, section 2.1)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Sums over the people whose home is in the unit.

    Everybody who wrote is in the sums of weights, contributor or not: only so do the weeks of a
    unit add up to its four weeks, and the leaves to their parent, exactly.  Contributors are what
    the rules count: people with enough messages for the window.

    Attributes:
        messages: Scored messages; nothing is released from this, it tells an empty cell.
        contributors: People with enough messages in the window (``n``).
        weight: Sum of the weights of everybody (``W``).
        weighted_micro: Weighted sum of valence, in millionths (``S``).
        weight_squares: Sum of the squares of the weights of people.
        squares_micro: Sum over people of weight times the square of their mean valence in the
            window, in millionths: how much people differ.
        heaviest: The two largest weights of one person, for the dominance rule.
        signal_contributors: Contributors with at least one message that carries the signal.
        driver_contributors: Contributors with at least one message about the driver.
        after_hours_contributors: Contributors with at least one message outside working hours.
    """

    messages: int = 0
    contributors: int = 0
    weight: int = 0
    weighted_micro: int = 0
    weight_squares: int = 0
    squares_micro: int = 0
    heaviest: tuple[int, int] = (0, 0)
    signal_contributors: tuple[int, ...] = NO_SIGNALS
    driver_contributors: tuple[int, ...] = NO_DRIVERS
    after_hours_contributors: int = 0

    def __add__(self, other: Cell) -> Cell:
        first, second, *_ = sorted(self.heaviest + other.heaviest, reverse=True)
        return Cell(
            self.messages + other.messages,
            self.contributors + other.contributors,
            self.weight + other.weight,
            self.weighted_micro + other.weighted_micro,
            self.weight_squares + other.weight_squares,
            self.squares_micro + other.squares_micro,
            (first, second),
            added(self.signal_contributors, other.signal_contributors),
            added(self.driver_contributors, other.driver_contributors),
            self.after_hours_contributors + other.after_hours_contributors,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nobody wrote anything that was scored."""
        return self.messages == 0

    @property
    def effective_contributors(self) -> float:
        """``n_eff``: so many people of equal weight would make the mean as certain."""
        return self.weight**2 / self.weight_squares if self.weight_squares else 0.0


def cell_of(days: Mapping[date, PersonDay], window: Window) -> Cell:
    """The cell of one person in one window.

    Days count in their order until the week is full, so that what a day weighs is known when it
    ends and the days of a week are the week exactly.  Scaling a full week down instead would let
    the days minus the week be the excess of the few who write most.

    Args:
        days: Their sums by local day: of the window, and of what comes before it in its week.
        window: Which of the days count.
    """
    total = PersonDay()
    weight = weighted_micro = 0
    for day, counts in weights_of_days(days, window).items():
        total += days[day]
        weight += counts
        weighted_micro += _part(days[day], counts)
    # Who filled the week before today moves no sum of today: nobody hides behind them.
    counted = total.messages >= LEAST_MESSAGES[window.cadence] and weight > 0
    return Cell(
        messages=total.messages,
        contributors=int(counted),
        weight=weight,
        weighted_micro=weighted_micro,
        weight_squares=weight**2,
        squares_micro=round(Fraction(weighted_micro**2, weight * MICRO or 1)),
        heaviest=(weight, 0),
        signal_contributors=tuple(int(counted and found > 0) for found in total.signals),
        driver_contributors=tuple(int(counted and found > 0) for found in total.drivers),
        after_hours_contributors=int(counted and total.after_hours > 0),
    )


def weights_of_days(days: Mapping[date, PersonDay], window: Window) -> dict[date, int]:
    """How much each day of somebody's in *window* weighs: nothing after their week was full.

    Args:
        days: Their sums by local day: of the window, and of what comes before it in its week.
        window: Which of the days are asked for.
    """
    left: dict[int, int] = {}
    found: dict[date, int] = {}
    for day in sorted(days):
        week = day.toordinal() - day.weekday()
        before = left.get(week, WEEKLY_BOUND)
        counts = min(days[day].weight, before)
        left[week] = before - counts
        if window.holds(day):
            found[day] = counts
    return found


def _part(written: PersonDay, counts: int) -> int:
    """Weighted sum of a day of which only so much counts: its mean stays what it is."""
    if counts == written.weight:
        return written.weighted_micro
    return round(Fraction(counts * written.weighted_micro, written.weight))
