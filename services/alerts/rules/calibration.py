"""The tenant's own thresholds: its released windows, chance, and new versions of the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Final

import numpy as np
from sqlalchemy import Connection

from models.climate.detection.detectable import detectable
from models.climate.detection.false_episodes import false_episodes
from models.climate.detection.noise import Noise
from models.climate.detection.panel import Panel, panel_of
from models.climate.detection.persistence import LEAST_CONTRIBUTORS
from models.climate.detection.residuals import residuals
from models.climate.detection.robust_noise import noise_of
from models.climate.detection.threshold import WEEKS_A_YEAR, calibrated_threshold
from models.climate.detection.weekly_chance import WeeklyChance, weekly_chance
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence
from services.alerts import indicators
from services.alerts.rules import catalogue
from services.alerts.rules.judgement import PACES
from services.alerts.rules.released import look
from services.alerts.rules.rule import Calibration, Rule, Sustained

LEAST_WEEKS: Final = 52
"""Released weeks by the same models: with fewer the noise of a year is guessed."""


SHARES: Final[Mapping[Cadence, float]] = {Cadence.WEEK: 0.9, Cadence.FOUR_WEEKS: 0.1}
"""Of the false episodes that are accepted, where units are judged by either.  Of few units, all
small, a tenth is enough to find a drop of 0.10 nearly always (docs/methods/false-episodes.md)."""


class TooFewWeeks(Exception):
    """There is no year of weeks that compare yet.

    Attributes:
        weeks: How many there are.
    """

    def __init__(self, weeks: int) -> None:
        super().__init__(f"{weeks} weeks")
        self.weeks = weeks


@dataclass(frozen=True, slots=True)
class Past:
    """What a threshold is fitted to.

    Attributes:
        panel: Released windows that the models of the latest one scored.
        tree: The organisation of its rows.
        noise: Fitted to them.
        chance: Of the weeks themselves, which is what the null hypothesis draws.
        judged: In how many weeks any unit of enough people is judged.
        until: First day of the latest window.
    """

    panel: Panel
    tree: UnitTree
    noise: Noise
    chance: WeeklyChance
    judged: int
    until: date

    def repetitions(self, years: float) -> int:
        """How often the weeks are drawn to make so many judged years."""
        return ceil(years * WEEKS_A_YEAR / self.judged)

    def detectable(self, threshold: float, contributors: int) -> float:
        """The change of a unit of so many contributors that is found after four weeks or not.

        See ``models.climate.detection.detectable``; the unit's weights are as uneven as usual.
        """
        many = self.panel.contributors >= LEAST_CONTRIBUTORS
        evenness = float(np.median(self.panel.n_eff[many] / self.panel.contributors[many]))
        return detectable(self.noise, threshold, evenness * contributors)


def past(connection: Connection, cadence: Cadence) -> Past:
    """Read the windows of *cadence*.

    Raises:
        TooFewWeeks: they are not a year, or none of them can be judged.
    """
    newest = indicators.windows(connection, cadence, limit=1)
    seen = look(connection, cadence, newest[0].start) if newest else None
    pace = PACES[cadence]
    weeks = pace.weeks * len({one.window for one in seen.statistics}) if seen else 0
    if seen is None or weeks < LEAST_WEEKS:
        raise TooFewWeeks(weeks)
    panel = panel_of(seen.statistics, seen.tree, pace)
    residual = residuals(panel)
    many = np.isfinite(residual) & (panel.contributors >= LEAST_CONTRIBUTORS)
    judged = pace.weeks * int(np.count_nonzero(many.any(axis=0)))
    if judged == 0:
        raise TooFewWeeks(judged)
    noise = noise_of(residual, panel.n_eff, pace)
    chance = weekly_chance(residual, panel.n_eff, noise, pace)
    return Past(panel, seen.tree, noise, chance, judged, seen.window.start)


def calibrate(  # noqa: PLR0913  one call a year, every argument named
    fitted: Past,
    *,
    accepted: float,
    years: float,
    seed: int,
    today: date,
    progress: Callable[[], None],
) -> tuple[float, Calibration]:
    """Find the threshold, then count false episodes at it by other chance.

    Args:
        fitted: The tenant's weeks.
        accepted: False episodes a year, drops and rises of all units together.
        years: Judged years that are drawn, once for each of the two.
        seed: The same one gives the same threshold and count.
        today: Is recorded.
        progress: Called after each of twice ``Past.repetitions``.

    Raises:
        ValueError: no threshold has so few episodes.
    """
    generator = np.random.default_rng(seed)
    repetitions = fitted.repetitions(years)
    threshold = calibrated_threshold(
        fitted.panel,
        fitted.tree,
        fitted.chance,
        episodes_a_year=accepted,
        repetitions=repetitions,
        generator=generator,
        progress=lambda _: progress(),
    )
    counted = false_episodes(
        fitted.panel,
        fitted.tree,
        fitted.chance,
        threshold=threshold,
        repetitions=repetitions,
        generator=generator,
        progress=lambda _: progress(),
    )
    low, high = counted.interval
    return threshold, Calibration(
        on=today,
        until=fitted.until,
        seed=seed,
        repetitions=repetitions,
        accepted=accepted,
        rate=counted.rate,
        low=low,
        high=high,
    )


def apply(
    connection: Connection, found: Mapping[Cadence, tuple[float, Calibration]], now: datetime
) -> list[Rule]:
    """Make new versions of the rules in force; their open alerts end with the next window.

    Args:
        connection: Where.
        found: Threshold by cadence; rules of another keep theirs.
        now: Since when they count.
    """
    changed = [
        rule.model_copy(
            update={
                "version": rule.version + 1,
                "condition": Sustained(
                    direction=rule.condition.direction,
                    threshold=found[rule.cadence][0],
                    calibration=found[rule.cadence][1],
                ),
            }
        )
        for rule in (installed.rule for installed in catalogue.current(connection))
        if isinstance(rule.condition, Sustained) and rule.cadence in found
    ]
    catalogue.install(connection, changed, now)
    return changed
