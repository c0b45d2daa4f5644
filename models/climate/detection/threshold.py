"""The threshold at which an organisation of this shape has few enough false episodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.special import gammaincinv  # type: ignore[import-untyped] # ships no types

from models.climate.detection.episodes import episodes, lineages
from models.climate.detection.noise import fit_noise
from models.climate.detection.null_model import null_panel
from models.climate.detection.panel import Floats, Panel
from models.climate.detection.persistence import Evidence, clarity
from models.climate.detection.residuals import residuals
from models.climate.detection.watch import watch
from models.climate.detection.weekly_chance import WeeklyChance
from models.climate.unit_tree import UnitTree

CANDIDATES: Final[Floats] = np.arange(60, 161) / 20
"""3.00 to 8.00 by 0.05.  The design study had 3.6 (sensitive) to 4.2."""
WEEKS_A_YEAR: Final = 52
CONFIDENCE: Final = 0.95
"""That there are no more episodes than accepted: a promise of "at most" that was read off the
counts themselves would be broken by chance in every other calibration."""


def calibrated_threshold(  # noqa: PLR0913  one call a year, every argument named
    panel: Panel,
    tree: UnitTree,
    chance: WeeklyChance,
    *,
    episodes_a_year: float,
    repetitions: int,
    generator: np.random.Generator,
    progress: Callable[[int], None],
) -> float:
    """The lowest candidate that surely has at most *episodes_a_year* where nothing ever changes.

    Each repetition draws the tenant's own weeks again by chance, fits the noise to them as if it
    were not known, and counts episodes, drops and rises, of the whole organisation.  What is
    held against *episodes_a_year* is the upper bound of ``CONFIDENCE`` for the rate.

    Args:
        panel: U units x T weeks of the tenant, a year or more.
        tree: The organisation of its rows.
        chance: Of the tenant's weeks.
        episodes_a_year: False ones that are accepted, for the whole organisation.
        repetitions: How often the panel is drawn.  The fewer, the higher the threshold: in
            200 years up to 176 episodes, 0.88 a year, surely are at most one a year.
        generator: Where the chance comes from.
        progress: Called after each repetition with how many are done.

    Raises:
        ValueError: nothing can be judged in this panel, nothing was drawn, or even the highest
            candidate has more episodes, or the years are too few to promise so few.

    Source:
        Design study: recalibrated by Monte Carlo, yearly.  The baseline is not frozen
        here: with nothing but chance it would be so in the few weeks of an alarm only.
        Upper bound of a Poisson count: Garwood 1936.
    """
    related = lineages(tree)
    counts = np.zeros(CANDIDATES.size)
    weeks = 0
    for done in range(1, repetitions + 1):
        drawn = null_panel(panel, tree, chance, generator)
        found, judged = evidence_of_chance(drawn)
        weeks += panel.pace.weeks * judged
        for row in np.flatnonzero(clarity(found.z).max() >= CANDIDATES):
            counts[row] += len(episodes(found, CANDIDATES[row], drawn, related))
        progress(done)
    if weeks == 0:
        raise ValueError("nothing was judged")
    accepted = episodes_a_year * weeks / WEEKS_A_YEAR
    if gammaincinv(1, CONFIDENCE) > accepted:
        raise ValueError("so few episodes take more years of chance to promise")
    too_many = np.flatnonzero(gammaincinv(counts + 1, CONFIDENCE) > accepted)
    lowest = too_many[-1] + 1 if too_many.size else 0
    if lowest == CANDIDATES.size:
        raise ValueError("no threshold has so few episodes")
    return float(CANDIDATES[lowest])


def evidence_of_chance(drawn: Panel) -> tuple[Evidence, int]:
    """Evidence by noise fitted to *drawn* itself, and in how many windows any unit is judged."""
    residual = residuals(drawn)
    found = watch(drawn, fit_noise(residual, drawn.n_eff), np.inf)
    return found, int(np.count_nonzero(np.isfinite(residual).any(axis=0)))
