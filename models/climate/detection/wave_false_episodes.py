"""How many false waves a threshold has, counted on weeks that it was not chosen by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.climate.detection.episodes import lineages
from models.climate.detection.false_episodes import FalseEpisodes
from models.climate.detection.threshold import WEEKS_A_YEAR
from models.climate.detection.wave import wave_episodes
from models.climate.detection.wave_baseline import signal_baseline
from models.climate.detection.wave_panel import SignalPanel
from models.climate.detection.wave_scan import surges
from models.climate.detection.wave_threshold import fit_clustering, null_signals
from models.climate.unit_tree import UnitTree


def judged_weeks(panel: SignalPanel) -> int:
    """In how many weeks the organisation has a baseline, and so anything can be said."""
    return int(np.count_nonzero(signal_baseline(panel).known))


def wave_false_episodes(  # noqa: PLR0913  one call a year, every argument named
    panel: SignalPanel,
    tree: UnitTree,
    *,
    threshold: float,
    repetitions: int,
    generator: np.random.Generator,
    progress: Callable[[int], None],
) -> FalseEpisodes:
    """Draw the tenant's weeks *repetitions* times with nobody leaving together, and count.

    Args:
        panel: Weeks of the tenant.
        tree: The organisation of its rows.
        threshold: ``Z`` from which a unit is named.
        repetitions: How often the panel is drawn.
        generator: Where the chance comes from: other chance than the threshold was found with,
            or the count is too small.
        progress: Called after each repetition with how many are done.

    Raises:
        ValueError: nothing can be judged.
    """
    weeks = judged_weeks(panel)
    if weeks == 0:
        raise ValueError("nothing was judged")
    baseline, related = signal_baseline(panel), lineages(tree)
    clustering = fit_clustering(panel, baseline)
    count = 0
    for done in range(1, repetitions + 1):
        drawn = null_signals(panel, tree, clustering, generator)
        count += len(wave_episodes(surges(drawn).z, drawn, related, threshold))
        progress(done)
    return FalseEpisodes(count, repetitions * weeks / WEEKS_A_YEAR)
