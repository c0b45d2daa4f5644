"""The tenant's own thresholds of the rule about leaving: its released weeks, and chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

import numpy as np
from sqlalchemy import Connection

from models.climate.detection.threshold import WEEKS_A_YEAR
from models.climate.detection.wave_false_episodes import judged_weeks, wave_false_episodes
from models.climate.detection.wave_panel import SignalPanel, signal_panel_of
from models.climate.detection.wave_threshold import CLEARLY_A_YEAR, wave_thresholds
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, week_of
from services.alerts import indicators
from services.alerts.rules import catalogue, signals
from services.alerts.rules.calibration import LEAST_WEEKS, TooFewWeeks
from services.alerts.rules.rule import RESIGNATION_WAVE, Calibration, Rule, Wave


@dataclass(frozen=True, slots=True)
class WavePast:
    """What the thresholds are fitted to.

    Attributes:
        panel: Weeks whose share of people who write of leaving was published.
        tree: The organisation of its rows.
        judged: In how many of the weeks anything can be said.
    """

    panel: SignalPanel
    tree: UnitTree
    judged: int

    @property
    def until(self) -> date:
        """First day of the latest week."""
        return self.panel.weeks[-1]

    def repetitions(self, years: float) -> int:
        """How often the weeks are drawn to make so many judged years."""
        return ceil(years * WEEKS_A_YEAR / self.judged)


def is_on(connection: Connection) -> bool:
    """Whether the policy under which the alerts process started last asks for the rule."""
    newest = catalogue.newest_of(connection, RESIGNATION_WAVE.uid)
    return newest is not None and newest.enabled


def past(connection: Connection) -> WavePast:
    """Read the weeks.

    Raises:
        TooFewWeeks: the share of the whole organisation was published in less than a year of them,
            or nothing can be said of any.
    """
    newest = indicators.windows(connection, Cadence.WEEK, limit=1)
    found = signals.until(connection, week_of(newest[0].start)) if newest else None
    whole = [one for one in found.counts if one.unit == found.tree.root] if found else []
    if found is None or len(whole) < LEAST_WEEKS:
        raise TooFewWeeks(len(whole))
    panel = signal_panel_of(found.counts, found.tree)
    judged = judged_weeks(panel)
    if judged == 0:
        raise TooFewWeeks(judged)
    return WavePast(panel, found.tree, judged)


def calibrate(
    fitted: WavePast, *, years: float, seed: int, today: date, progress: Callable[[], None]
) -> Wave:
    """Find the thresholds, then count false episodes at the one that raises alerts.

    Args:
        fitted: The tenant's weeks.
        years: Judged years that are drawn, once for each of the two.
        seed: The same one gives the same thresholds and count.
        today: Is recorded.
        progress: Called after each of twice ``WavePast.repetitions``.

    Raises:
        ValueError: no threshold has so few episodes.
    """
    generator = np.random.default_rng(seed)
    repetitions = fitted.repetitions(years)
    thresholds = wave_thresholds(
        fitted.panel,
        fitted.tree,
        repetitions=repetitions,
        generator=generator,
        progress=lambda _: progress(),
    )
    counted = wave_false_episodes(
        fitted.panel,
        fitted.tree,
        threshold=thresholds.clearly,
        repetitions=repetitions,
        generator=generator,
        progress=lambda _: progress(),
    )
    low, high = counted.interval
    return Wave(
        raised=thresholds.raised,
        threshold=thresholds.clearly,
        calibration=Calibration(
            on=today,
            until=fitted.until,
            seed=seed,
            repetitions=repetitions,
            accepted=CLEARLY_A_YEAR,
            rate=counted.rate,
            low=low,
            high=high,
        ),
    )


def apply(connection: Connection, found: Wave, now: datetime) -> list[Rule]:
    """Make a new version of the rule, on or off as it is; its alerts end with the next window."""
    newest = catalogue.newest_of(connection, RESIGNATION_WAVE.uid)
    if newest is None:
        return []
    changed = newest.model_copy(update={"version": newest.version + 1, "condition": found})
    catalogue.install(connection, [changed], now)
    return [changed]
