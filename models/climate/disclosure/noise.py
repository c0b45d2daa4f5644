"""Noise on the sums of a window: what one person can move is bounded, then hidden.

All in whole numbers, in which no rounding of a floating point addition can tell anything
(Mironov 2012, doi:10.1145/2382196.2382264): a weighted sum of valence counts thousandths of
weight times valence, and a weight counts ``WEIGHT_STEPS`` for each whole one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, sqrt
from typing import Final, Protocol

from models.climate.cell import WEEKLY_BOUND, Cell
from models.climate.disclosure.released_statistic import MICRO, ReleasedStatistic
from models.climate.windows import Cadence, Window

PER_VALENCE: Final = 1_000
"""Steps of a valence of one."""
CLIP: Final = 300
"""So many of these steps may a person be from the centre, either way (design study: 0.3)."""
WEIGHT_STEPS: Final[Mapping[Cadence, int]] = {Cadence.WEEK: 150, Cadence.FOUR_WEEKS: 75}
"""Steps of a weight of one.  Both kinds of sums get the same noise, so these split the budget 80
to 20 between them: Gaussian noise spends squares, (300 : 150)^2 = 4 : 1, and Laplace noise the
steps themselves, 300 : 75 = 4 : 1."""
LEAST_FULL: Final = 0.3
"""Share of the greatest possible weight below which the noisy weight is not believed (design
study): dividing by less would blow noise up instead of showing the centre."""
NINETY_PER_CENT: Final = 1.645
"""Standard deviations that 90 % of values lie within: of the normal distribution 1.645, of the
Laplace distribution 1.628, of a sum of the two something between."""


class Mechanism(Protocol):
    """Adds the noise: the same amount, independently, to each number."""

    def __call__(self, exact: Sequence[int]) -> Sequence[int] | None:
        """The numbers with noise, in their order; None where the budget forbids it."""


@dataclass(frozen=True, slots=True)
class BoundedSums:
    """Sums of people of whom each can move them by so much and no more; they add.

    Attributes:
        weight: Sum of weights, each at most ``most_weight``.
        centred: Sum of weight times valence less the centre, in thousandths, of each person at
            most ``CLIP`` times their weight either way.
    """

    weight: int = 0
    centred: int = 0

    def __add__(self, other: BoundedSums) -> BoundedSums:
        return BoundedSums(self.weight + other.weight, self.centred + other.centred)


def bounded(person: Cell, centre_micro: int) -> BoundedSums:
    """The part of one person.

    Args:
        person: Their cell in the window.
        centre_micro: A valence that is public, in millionths.
    """
    off_micro = person.weighted_micro - person.weight * centre_micro
    off = round(Fraction(off_micro * PER_VALENCE, MICRO))
    most = CLIP * person.weight
    return BoundedSums(person.weight, max(-most, min(most, off)))


def most_weight(cadence: Cadence) -> int:
    """The most that one person weighs in a window."""
    return WEEKLY_BOUND * cadence.days // Cadence.WEEK.days


def sensitivity(cadence: Cadence, levels: int) -> float:
    """By how much one person can move all numbers of a window together.

    They are in two numbers of one unit a level.  For weeks, with Gaussian noise, in Euclidean
    distance; for four weeks, with Laplace noise, in the sum of absolute differences.
    """
    most = most_weight(cadence)
    sum_, weight = CLIP * most, WEIGHT_STEPS[cadence] * most
    if cadence is Cadence.WEEK:
        return sqrt(levels * (sum_**2 + weight**2))
    return float(levels * (sum_ + weight))


def scale(cadence: Cadence, levels: int, cost: float) -> int:
    """Scale of the noise with which a window spends *cost* at most.

    One more than needed: an accountant that rounds up must still find the last window affordable.

    Args:
        cadence: Length of the window.
        levels: Units on one way down the tree.
        cost: For weeks ``rho`` of zero-concentrated differential privacy, for four weeks
            ``epsilon``.

    Source:
        Discrete Gaussian: Canonne, Kamath & Steinke 2020, theorem 4, ``rho = d^2 / (2 sigma^2)``.
        Discrete Laplace: Ghosh, Roughgarden & Sundararajan 2012, ``epsilon = d / b``.
    """
    moved = sensitivity(cadence, levels)
    return 1 + ceil(moved / sqrt(2 * cost) if cadence is Cadence.WEEK else moved / cost)


def deviation(cadence: Cadence, scale: int) -> float:
    """Standard deviation of noise of that scale, which is large against one step."""
    return float(scale) if cadence is Cadence.WEEK else sqrt(2) * scale


@dataclass(frozen=True, slots=True)
class NoisySums:
    """What is released of one unit.

    Attributes:
        weight: Weight in the denominator, at least 1.
        valence: Estimate, within 0.3 of the centre.
        margin: Nine in ten estimates lie so near to what they would be without noise, as long as
            the weight was believed.
    """

    weight: int
    valence: float
    margin: float


def estimate(  # noqa: PLR0913  every argument named
    *, weight: int, centred: int, cadence: Cadence, scale: int, centre_micro: int, least_people: int
) -> NoisySums:
    """Centre plus noisy sum over noisy weight, from noisy numbers alone.

    Args:
        weight: With noise, in the steps of ``WEIGHT_STEPS``.
        centred: With noise, in thousandths.
        cadence: Length of the window.
        scale: Of the noise in either.
        centre_micro: The public centre, in millionths.
        least_people: A public number of people who may have written.

    Source:
        Design study; the margin is the first-order error of a ratio.
    """
    steps = WEIGHT_STEPS[cadence]
    least = max(1, ceil(LEAST_FULL * most_weight(cadence) * least_people))
    believed = max(round(weight / steps), least)
    off = max(-CLIP, min(CLIP, centred / believed)) / PER_VALENCE
    valence = max(-1.0, min(1.0, centre_micro / MICRO + off))
    of_sum, of_weight = 1 / PER_VALENCE, off / steps
    error = deviation(cadence, scale) * sqrt(of_sum**2 + of_weight**2) / believed
    return NoisySums(believed, valence, NINETY_PER_CENT * error)


@dataclass(frozen=True, slots=True)
class Noise:
    """What is needed to add noise to one window.

    Attributes:
        due: Units that may be released; others are not, whatever the gate says.
        sums: Bounded sums of every unit.
        eligible: Headcount of every unit, which is public.
        centre_micro: Last published valence of the whole organisation, in millionths.
        scale: Of the noise.
        mechanism: Adds it.
    """

    due: frozenset[str]
    sums: Mapping[str, BoundedSums]
    eligible: Mapping[str, int]
    centre_micro: int
    scale: int
    mechanism: Mechanism

    def over(
        self, units: Sequence[str], window: Window, k: int
    ) -> tuple[ReleasedStatistic, ...] | None:
        """Noisy statistics of *units*; None where the budget forbids them.

        Of the counts of people nothing is released: what stands for them says "at least so many
        of full weight", from the noisy weight.  That a unit passed the gate is known, so *k* is
        too.
        """
        steps, most = WEIGHT_STEPS[window.cadence], most_weight(window.cadence)
        exact = [n for u in units for n in (self.sums[u].weight * steps, self.sums[u].centred)]
        noisy = self.mechanism(exact)
        if noisy is None:
            return None
        found = []
        for unit, weight, centred in zip(units, noisy[::2], noisy[1::2], strict=True):
            sums = estimate(
                weight=weight,
                centred=centred,
                cadence=window.cadence,
                scale=self.scale,
                centre_micro=self.centre_micro,
                least_people=max(k, self.eligible[unit]),
            )
            statistic = ReleasedStatistic(
                unit=unit,
                window=window,
                weight=sums.weight,
                weighted_micro=round(sums.valence * sums.weight * MICRO),
                contributors=max(k, sums.weight // most),
                n_eff=sums.weight / most,
                margin=ceil(100 * sums.margin) / 100,
            )
            found.append(statistic)
        return tuple(found)
