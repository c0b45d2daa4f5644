"""The thresholds at which chance alone raises few enough waves in an organisation of this shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from models.climate.detection.episodes import lineages
from models.climate.detection.panel import Floats
from models.climate.detection.threshold import WEEKS_A_YEAR
from models.climate.detection.wave import Thresholds, wave_episodes
from models.climate.detection.wave_baseline import (
    SignalBaseline,
    rates_of_all_weeks,
    signal_baseline,
)
from models.climate.detection.wave_panel import LEAST_PEOPLE, SignalPanel
from models.climate.detection.wave_scan import surges
from models.climate.disclosure.two_sided import LEAST
from models.climate.unit_tree import UnitTree

CANDIDATES: Final[Floats] = np.arange(40, 241) / 20
"""2.00 to 12.00 by 0.05.  The design study had 4.2 to 4.9."""
CLEARLY_A_YEAR: Final = 1.0
"""False episodes a year of the whole organisation that are called clear (design study)."""
RAISED_A_YEAR: Final = 4.0
"""And that are called raised: the sensitive setting of the design study."""


@dataclass(frozen=True, slots=True)
class Clustering:
    """How people with the signal come in clusters of weeks.

    Attributes:
        excess: Variance of a weekly count over its mean, less 1.
        memory: Correlation from week to week of what makes it larger.
    """

    excess: float
    memory: float


def wave_thresholds(
    panel: SignalPanel,
    tree: UnitTree,
    *,
    repetitions: int,
    generator: np.random.Generator,
    progress: Callable[[int], None],
) -> Thresholds:
    """The lowest candidates with at most the accepted numbers where nobody leaves together.

    Each repetition draws the tenant's own weeks again from what is usual of its units and their
    clustering, withholds what the two-sided rule withholds, and counts episodes as real ones.

    Args:
        panel: Weeks of the tenant, a year or more.
        tree: The organisation of its rows.
        repetitions: How often the panel is drawn.
        generator: Where the chance comes from.
        progress: Called after each repetition with how many are done.

    Raises:
        ValueError: nothing can be judged, or even the highest candidate has more episodes.

    Source:
        Parametric bootstrap under the null hypothesis: Davison & Hinkley 1997, chapter 4.
    """
    baseline = signal_baseline(panel)
    clustering = fit_clustering(panel, baseline)
    related = lineages(tree)
    counts, weeks = np.zeros(CANDIDATES.size), repetitions * int(np.count_nonzero(baseline.known))
    for done in range(1, repetitions + 1):
        drawn = null_signals(panel, tree, clustering, generator)
        z = surges(drawn).z
        for row in np.flatnonzero(z.max() >= CANDIDATES):
            counts[row] += len(wave_episodes(z, drawn, related, CANDIDATES[row]))
        progress(done)
    if weeks == 0:
        raise ValueError("nothing was judged")
    return Thresholds(
        raised=_lowest(counts, RAISED_A_YEAR * weeks / WEEKS_A_YEAR),
        clearly=_lowest(counts, CLEARLY_A_YEAR * weeks / WEEKS_A_YEAR),
    )


def _lowest(counts: Floats, accepted: float) -> float:
    too_many = np.flatnonzero(counts > accepted)
    lowest = too_many[-1] + 1 if too_many.size else 0
    if lowest == CANDIDATES.size:
        raise ValueError("no threshold has so few episodes")
    return float(CANDIDATES[lowest])


def fit_clustering(panel: SignalPanel, baseline: SignalBaseline) -> Clustering:
    """From the residuals of all units together, by moments, in weeks with a baseline of their own.

    All of a unit share the error of its rate, which is no clustering: counted as one it would be
    drawn for every week, and found anew in the rates of the weeks that are drawn.
    """
    deviation = np.sqrt(baseline.variance[1:])
    off = (panel.count[1:] - baseline.usual_if_shown[1:]) / deviation
    shared = baseline.doubt[1:] / deviation
    seen = np.isfinite(off) & baseline.known
    if not seen.any():
        return Clustering(0.0, 0.0)
    pairs = seen[:, 1:] & seen[:, :-1]
    alike = off[:, 1:] * off[:, :-1] - shared[:, 1:] * shared[:, :-1]
    lasting = float(np.mean(alike[pairs])) if pairs.any() else 0.0
    excess = max(0.0, float(np.mean((off**2 - shared**2)[seen])) - 1, lasting)
    return Clustering(excess, float(np.clip(lasting / excess, 0.0, 0.95)) if excess > 0 else 0.0)


def null_signals(
    panel: SignalPanel,
    tree: UnitTree,
    clustering: Clustering,
    generator: np.random.Generator,
) -> SignalPanel:
    """The same weeks with counts by chance alone, withheld where fewer than five are on a side.

    People who are in no child with an expectation of its own are drawn as one more child; counts
    are summed up the tree.  Clusters are a gamma autoregression, whose variance grows with the
    number of people, as that of a few who leave at a time does.

    Source:
        Gamma autoregression by a Poisson count in between: Pitt, Chatfield & Walker 2002,
        Scandinavian Journal of Statistics 29.
    """
    row_of = {unit: row for row, unit in enumerate(panel.units)}
    people = _people_everywhere(panel, tree)
    expected = _expected_everywhere(panel, tree, people)
    own = expected.copy()
    for unit, row in row_of.items():
        for child in tree.children(unit):
            own[row] -= expected[row_of[child]]
    own = np.maximum(own, 0.0)
    count = generator.poisson(own * _gamma_autoregression(own, clustering, generator))
    for unit in reversed(panel.units):
        parent = tree.parent(unit)
        if parent is not None:
            count[row_of[parent]] += count[row_of[unit]]
    large = np.array([tree.eligible(unit) >= LEAST_PEOPLE for unit in panel.units])
    shown = large[:, np.newaxis] & (count >= LEAST) & (people - count >= LEAST)
    return replace(
        panel,
        count=np.where(shown, count, np.nan),
        contributors=np.where(shown, people, 0.0),
    )


def _people_everywhere(panel: SignalPanel, tree: UnitTree) -> Floats:
    """Contributors also of withheld weeks: as many of the eligible as in the organisation."""
    eligible = np.array([float(tree.eligible(unit)) for unit in panel.units])
    share = panel.contributors[0] / eligible[0]
    return np.where(
        np.isfinite(panel.count), panel.contributors, np.rint(np.outer(eligible, share))
    )


def _expected_everywhere(panel: SignalPanel, tree: UnitTree, people: Floats) -> Floats:
    """What is usual of each unit in each week; nobody's rate changes, and children fit in parents.

    The rates are those of all weeks together.  Those that a scan compares with move from week to
    week, with the weeks that are behind each: drawn from, they would be changes.
    """
    rates, factor = rates_of_all_weeks(panel)
    expected: Floats = rates[:, np.newaxis] * people * factor
    row_of = {unit: row for row, unit in enumerate(panel.units)}
    for unit in panel.units:
        below = [row_of[child] for child in tree.children(unit)]
        together = expected[below].sum(axis=0)
        # What is expected of small units was learnt from their high weeks.
        expected[below] *= np.minimum(1.0, expected[row_of[unit]] / np.maximum(together, 1e-12))
    return expected


def _gamma_autoregression(
    mean: Floats, clustering: Clustering, generator: np.random.Generator
) -> Floats:
    """Units x weeks of mean 1 and variance ``excess / mean``."""
    if clustering.excess == 0:
        return np.ones_like(mean)
    shape = np.maximum(mean / clustering.excess, 1e-3)
    drawn = generator.gamma(shape) / shape
    rate = clustering.memory / (1 - clustering.memory)
    for week in range(1, mean.shape[-1]):
        now = shape[..., week]
        between = generator.poisson(drawn[..., week - 1] * now * rate)
        drawn[..., week] = generator.gamma(now + between) / (now * (1 + rate))
    return drawn
