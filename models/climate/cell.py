"""Sufficient statistics of one unit in one window; they add over people and over units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from models.climate.person_day import MICRO, NO_DRIVERS, NO_SIGNALS, PersonDay, added
from models.climate.windows import week_of

WEEKLY_BOUND: Final = 20
"""However many days somebody writes on, an ISO week of theirs weighs at most this."""


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
        )

    @property
    def is_empty(self) -> bool:
        """Whether nobody wrote anything that was scored."""
        return self.messages == 0

    @property
    def effective_contributors(self) -> float:
        """``n_eff``: so many people of equal weight would make the mean as certain."""
        return self.weight**2 / self.weight_squares if self.weight_squares else 0.0


def cell_of(days: Mapping[date, PersonDay], *, least_messages: int) -> Cell:
    """The cell of one person, from the days of the window on which they wrote.

    Args:
        days: Their sums by local day.
        least_messages: Fewest messages that make a contributor: 1 for a day, else 3.
    """
    weeks: defaultdict[date, PersonDay] = defaultdict(PersonDay)
    weights: defaultdict[date, int] = defaultdict(int)
    sums: defaultdict[date, int] = defaultdict(int)
    for day, written in days.items():
        week = week_of(day).start
        weeks[week] += written
        weights[week] += written.weight
        sums[week] += written.weighted_micro
    bounded = [_bounded(weights[week], sums[week]) for week in weeks]
    total = sum(weeks.values(), PersonDay())
    weight = sum(part for part, _ in bounded)
    weighted_micro = sum(part for _, part in bounded)
    counts = total.messages >= least_messages
    return Cell(
        messages=total.messages,
        contributors=int(counts),
        weight=weight,
        weighted_micro=weighted_micro,
        weight_squares=weight**2,
        squares_micro=round(Fraction(weighted_micro**2, weight * MICRO or 1)),
        heaviest=(weight, 0),
        signal_contributors=tuple(int(counts and found > 0) for found in total.signals),
        driver_contributors=tuple(int(counts and found > 0) for found in total.drivers),
    )


def _bounded(weight: int, weighted_micro: int) -> tuple[int, int]:
    """Weight and weighted sum of one week, scaled down together: the mean stays what it is."""
    if weight <= WEEKLY_BOUND:
        return weight, weighted_micro
    return WEEKLY_BOUND, round(Fraction(WEEKLY_BOUND * weighted_micro, weight))
