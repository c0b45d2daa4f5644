"""How many people with the signal are usual of a unit: a gamma-Poisson model of released weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.panel import Floats
from models.climate.detection.wave_panel import SignalPanel
from models.climate.detection.wave_truncated_poisson import if_shown

MOST_STEPS: Final = 12
"""Newton's; from within a factor of three of the solution six are enough."""
LARGEST_STEP: Final = 3.0
"""Factor by which one step may move a rate."""
ENOUGH: Final = 1e-4
"""Relative change below which another step is of no use: counts are whole people."""
LEAST_SHAPE, LARGEST_SHAPE = 1.0, 1000.0
"""Bounds of the prior: it never weighs less than one person with the signal, and beyond a thousand
all units are alike."""
WEEK_PRIOR: Final = 10.0
"""People with the signal that a week's factor of 1 weighs as much as.  Fixed: of 10 a week in a
small organisation half of a rise is believed, of 90 nine tenths.  A weight fitted to how much weeks
vary would be large where all but one are alike, and miss the one that matters.  Ours."""
SPAN: Final = 52
"""Weeks of the baseline; 26 in the design study.  Of a department few weeks are released, and those
of a year say twice as much about its rate (ADR 0032)."""
LAG: Final = 4
"""It ends so many weeks ago (design study): the latest four are no part of what they are compared
with."""
LEAST_WEEKS: Final = 13
"""Weeks of the baseline that must have been released: what fewer leave uncertain is not allowed for
in the variance here, as it is for valence.  Ours, not of the design study."""
LEAST_UNITS: Final = 4
"""Fewer say nothing about how alike units are."""


@dataclass(frozen=True, slots=True, eq=False)
class SignalBaseline:
    """Arrays of the shape of the panel; NaN where nothing is known.

    Attributes:
        usual: Expected number of people with the signal.
        usual_if_shown: The same, given that it is shown: what a released count compares with.
        variance: Of such a count, if people were independent and the rate were known.
        doubt: Standard deviation of ``usual_if_shown`` because the rate is an estimate: the same
            way off in every week of a unit.
        known: Of each week, whether the organisation has a baseline of its own; the weeks before
            borrow the first one and may be compared with, but not judged.
    """

    usual: Floats
    usual_if_shown: Floats
    variance: Floats
    doubt: Floats
    known: NDArray[np.bool_]


def signal_baseline(panel: SignalPanel) -> SignalBaseline:
    """What is usual of each unit in each week, from 52 weeks that ended 4 weeks before.

    ``usual = rate of the unit * contributors * factor of the week``.  A unit's rate is drawn
    towards that of the organisation, so that a unit in which nobody ever had the signal does not
    make its first two an alarm.  The factor is what the rest of the organisation does this week
    beside its own usual, drawn towards 1: an article about the labour market is no unit's wave.

    A count below the bound of the two-sided rule is not released.  Released weeks are therefore
    compared with the mean of a truncated count, and withheld weeks say nothing: they are withheld
    for other reasons too.

    Args:
        panel: Released weeks; the first row is the whole organisation.

    Source:
        Gamma-Poisson shrinkage: Clayton & Kaldor 1987, Biometrics 43; design study.
    """
    trailing_rate = _trailing_rate(panel.count[:1], panel.contributors[:1])
    rate = _backwards(trailing_rate)
    factor = _week_factor(panel, rate)
    exposure = np.where(np.isfinite(panel.count), panel.contributors * factor, np.nan)
    shape = _shape(panel.count, exposure, rate)
    rates, doubts = np.full((2, *exposure.shape), np.nan)
    ever = np.isfinite(panel.count).any(axis=1)
    counts, exposures = _baseline_weeks(panel.count[ever]), _baseline_weeks(exposure[ever])
    prior = np.broadcast_to(rate, exposures.shape[:-1])
    rates[ever], doubts[ever] = _posterior(counts, exposures, prior, shape)
    usual = rates * exposure
    usual_if_shown, slope = if_shown(usual)
    return SignalBaseline(
        usual=usual,
        usual_if_shown=usual_if_shown,
        variance=usual * slope,
        doubt=doubts * exposure * slope,
        known=np.isfinite(trailing_rate[0]),
    )


def rates_of_all_weeks(panel: SignalPanel) -> tuple[Floats, Floats]:
    """What each unit's rate is if it never changes, and what a week does to everybody.

    Args:
        panel: U units x T released weeks; the first row is the whole organisation.

    Returns:
        People with the signal per contributor, U; and a factor around 1, T: as much of what the
        whole organisation does beside its usual as is more than chance.

    Source:
        Shrinkage by the part of the variance that is not Poisson's: Clayton & Kaldor 1987.
    """
    seen = np.isfinite(panel.count[0])
    people = np.where(seen, panel.contributors[0], 0.0)
    count = np.where(seen, panel.count[0], 0.0)
    rate = count.sum() / max(people.sum(), 1.0)
    expected = np.where(seen, rate * people, 1.0)
    beside = np.where(seen, count / expected - 1, 0.0)
    spread = float((expected * beside**2).sum()) / max(int(np.count_nonzero(seen)) - 1, 1)
    factor = 1 + max(0.0, 1 - 1 / spread) * beside if spread > 0 else np.ones_like(beside)
    exposure = np.where(np.isfinite(panel.count), panel.contributors * factor, np.nan)
    shape = _shape(panel.count, exposure, np.array([rate]))
    rates, _ = _posterior(panel.count, exposure, np.full(len(panel.units), rate), shape)
    return rates, factor


def _trailing_rate(count: Floats, contributors: Floats) -> Floats:
    """Of the whole organisation, 1 x weeks: people with the signal per contributor."""
    counts = _baseline_weeks(count)
    people = np.where(np.isfinite(counts), _baseline_weeks(contributors), np.nan)
    total = np.nansum(people, axis=-1)
    enough = np.count_nonzero(np.isfinite(counts), axis=-1) >= LEAST_WEEKS
    rate = np.full(total.shape, np.nan)
    np.divide(np.nansum(counts, axis=-1), total, out=rate, where=enough)
    return rate


def _backwards(rate: Floats) -> Floats:
    """The first rates that are known hold for the weeks before, which are only compared with."""
    known = np.flatnonzero(np.isfinite(rate[0]))
    if known.size:
        rate = rate.copy()
        rate[0, : known[0]] = rate[0, known[0]]
    return rate


def _week_factor(panel: SignalPanel, rate: Floats) -> Floats:
    """Units x weeks: what everybody else does beside their usual."""
    count = np.nan_to_num(panel.count)
    others = np.maximum(count[:1] - count, 0.0)
    expected = rate * np.maximum(panel.contributors[:1] - panel.contributors, 0.0)
    return (WEEK_PRIOR + others) / (WEEK_PRIOR + expected)


def _shape(count: Floats, exposure: Floats, rate: Floats) -> float:
    """How alike units are: the shape of the gamma distribution of their rates, by moments."""
    usual = np.nanmean(rate) if np.isfinite(rate).any() else np.nan
    often = np.isfinite(exposure[1:]).sum(axis=1) >= LEAST_WEEKS
    own, people = count[1:][often], exposure[1:][often]
    if own.shape[0] < LEAST_UNITS or not np.isfinite(usual):
        return LEAST_SHAPE
    rates, errors = _posterior(own, people, np.full(own.shape[0], usual), LEAST_SHAPE)
    spread = float(np.mean((rates - usual) ** 2 - errors**2))
    if spread <= 0:
        return LARGEST_SHAPE
    return float(np.clip(usual**2 / spread, LEAST_SHAPE, LARGEST_SHAPE))


def _posterior(
    count: Floats, exposure: Floats, prior: Floats, shape: float
) -> tuple[Floats, Floats]:
    """Rates that solve ``shape (1 - rate / prior) + sum (count - usual if shown) = 0``.

    Beside them their standard deviations, from the information at the solution.

    Args:
        count: ... x weeks, NaN where withheld.
        exposure: Likewise.
        prior: ..., rate of the organisation.
        shape: Weight of the prior, in people with the signal.
    """
    shown = np.isfinite(count) & (np.nan_to_num(exposure) > 0)
    people, rate, certainty = exposure[shown], prior.copy(), shape / prior
    total = shape + np.where(shown, count, 0.0).sum(axis=-1)
    truncated, slopes = np.zeros(shown.shape), np.zeros(shown.shape)
    for _ in range(MOST_STEPS):
        mean, slope = if_shown(np.broadcast_to(rate[..., np.newaxis], shown.shape)[shown] * people)
        truncated[shown], slopes[shown] = mean, slope * people
        off = total - shape * rate / prior - truncated.sum(axis=-1)
        certainty = shape / prior + slopes.sum(axis=-1)
        step = off / certainty
        rate = np.clip(rate + step, rate / LARGEST_STEP, rate * LARGEST_STEP)
        if np.all(np.abs(step[np.isfinite(step)]) < ENOUGH * rate[np.isfinite(step)]):
            break
    return rate, np.sqrt(rate / certainty)


def _baseline_weeks(series: Floats) -> Floats:
    """``SPAN`` weeks that end ``LAG`` weeks before each: units x weeks x ``SPAN``."""
    before = SPAN + LAG - 1
    padded = np.pad(series, [(0, 0), (before, 0)], constant_values=np.nan)
    return np.lib.stride_tricks.sliding_window_view(padded, before + 1, axis=-1)[..., :SPAN]
