"""How many false episodes a threshold has, counted on weeks that it was not chosen by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import gammaincinv  # type: ignore[import-untyped] # ships no types

from models.climate.detection.episodes import episodes, lineages
from models.climate.detection.null_model import null_panel
from models.climate.detection.panel import Panel
from models.climate.detection.threshold import WEEKS_A_YEAR, evidence_of_chance
from models.climate.detection.weekly_chance import WeeklyChance
from models.climate.unit_tree import UnitTree

_TAIL: Final = 0.025
"""On either side of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class FalseEpisodes:
    """Episodes of the whole organisation, drops and rises, where nothing ever changed.

    Attributes:
        count: How many.
        years: Judged years in which they were counted, above 0.
    """

    count: int
    years: float

    @property
    def rate(self) -> float:
        """Episodes a year."""
        return self.count / self.years

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the rate.

        >>> low, high = FalseEpisodes(10, 5.0).interval
        >>> round(5 * low, 2), round(5 * high, 2)
        (4.8, 18.39)

        Source:
            Garwood 1936 (exact interval of a Poisson count).
        """
        low = float(gammaincinv(self.count, _TAIL)) if self.count else 0.0
        return low / self.years, float(gammaincinv(self.count + 1, 1 - _TAIL)) / self.years


def false_episodes(  # noqa: PLR0913  one call a year, every argument named
    panel: Panel,
    tree: UnitTree,
    chance: WeeklyChance,
    *,
    threshold: float,
    repetitions: int,
    generator: np.random.Generator,
    progress: Callable[[int], None],
) -> FalseEpisodes:
    """Draw the tenant's weeks *repetitions* times with nothing happening, and count.

    Args:
        panel: U units x T weeks of the tenant.
        tree: The organisation of its rows.
        chance: Of the tenant's weeks.
        threshold: ``clarity`` from which the rule makes an alarm.
        repetitions: How often the panel is drawn.
        generator: Where the chance comes from: other chance than the threshold was found with,
            or the count is too small.
        progress: Called after each repetition with how many are done.

    Raises:
        ValueError: nothing was judged.
    """
    related = lineages(tree)
    count = weeks = 0
    for done in range(1, repetitions + 1):
        drawn = null_panel(panel, tree, chance, generator)
        found, judged = evidence_of_chance(drawn)
        count += len(episodes(found, threshold, drawn, related))
        weeks += panel.pace.weeks * judged
        progress(done)
    if weeks == 0:
        raise ValueError("nothing was judged")
    return FalseEpisodes(count, weeks / WEEKS_A_YEAR)
