"""The alarm rule apart from its threshold: it lasts, of enough people, and it matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.pace import Pace
from models.climate.detection.panel import Floats
from models.climate.detection.scan import scan

LEAST_CONTRIBUTORS: Final = 20
"""Below, the mean of a week moves by chance as far as a real drop moves it: of teams of 10 to 14
a drop of 0.05 is found in a third of cases (design study)."""
CLEARLY: Final = 0.8
"""Standard deviations that such a week must be off by (design study)."""
LEAST_SHARE: Final = 0.75
"""Share of the weeks of a window that must have had as many (design study)."""
LEAST_EFFECT: Final = 0.03
"""Mean residual below which a change matters to nobody, however certain it is (design study)."""

RISES_COUNT: Final = 0.9
"""What ``Z`` of a rise counts beside that of a drop.  Ours: of the false episodes that are accepted
four in five are left to drops, which is what somebody has to act upon (ADR 0032)."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for a change of each unit in each week; arrays of one shape but ``effects``.

    Attributes:
        z: That of the window with the largest ``|Z|`` for which all of the rule but the
            threshold holds, negative for a drop; 0 where it holds for none.
        effect: Mean residual of that window, in units of valence.
        effects: The same of windows of every length, which are one more axis; NaN without any
            residual.
        weeks: Length of that window, in weeks.
        conspicuous: Largest ``clarity`` of any window of enough people whose change matters,
            whether or not it lasts; 0 where there is none.
        recent: How many of the last ``Pace.last`` windows have a residual; 0 where the latest has
            none, or too few people: then nothing may be concluded, not even that nothing changed.
    """

    z: Floats
    effect: Floats
    effects: Floats
    weeks: NDArray[np.int64]
    conspicuous: Floats
    recent: NDArray[np.int64]


def evidence(  # noqa: PLR0913, PLR0917  one unit and window, and what they are measured by
    residual: Floats,
    variance: Floats,
    contributors: Floats,
    rho: float,
    shortness: Floats,
    pace: Pace,
) -> Evidence:
    """Apply the rule to the windows up to one window.

    Args:
        residual: ... x ``longest`` windows, the latest last; NaN where missing.
        variance: ``sigma2``, of the same shape.
        contributors: ``n``, of the same shape; NaN counts as too few.
        rho: Correlation of consecutive weeks.
        shortness: Of the baseline, of the leading shape.
        pace: Of the windows.

    Returns:
        Arrays of the leading shape.

    Source:
        Design study, the complete rule.  Runs of several weeks beyond a limit: Western
        Electric 1956.
    """
    found = scan(residual, variance, rho, shortness, pace)
    off = (residual / np.sqrt(variance))[..., -pace.last :]
    down = np.count_nonzero(off < -CLEARLY, axis=-1) >= pace.least_of_last
    up = np.count_nonzero(off > CLEARLY, axis=-1) >= pace.least_of_last
    direction = up.astype(np.int64) - down
    matters = (np.abs(found.effect) >= LEAST_EFFECT) & _enough(contributors, pace)
    lasts = np.sign(found.z) == direction[..., np.newaxis]
    z = np.where(matters & lasts, found.z, 0.0)
    best = np.argmax(np.abs(z), axis=-1)[..., np.newaxis]
    seen = np.isfinite(residual)
    now = seen[..., -1] & (contributors[..., -1] >= LEAST_CONTRIBUTORS)
    return Evidence(
        z=np.take_along_axis(z, best, axis=-1)[..., 0],
        effect=np.take_along_axis(found.effect, best, axis=-1)[..., 0],
        effects=found.effect,
        weeks=pace.weeks * np.array(pace.lengths)[best[..., 0]],
        conspicuous=np.max(np.where(matters, clarity(found.z), 0.0), axis=-1),
        recent=np.where(now, np.count_nonzero(seen[..., -pace.last :], axis=-1), 0),
    )


def clarity(z: Floats) -> Floats:
    """What is held against a threshold: ``|Z|``, of a rise ``RISES_COUNT`` of it.

    Args:
        z: Negative for a drop, of any shape; NaN stays.
    """
    held: Floats = np.where(z < 0, -z, RISES_COUNT * z)
    return held


def _enough(contributors: Floats, pace: Pace) -> NDArray[np.bool_]:
    """For each length, whether there are enough people now and in enough of its weeks."""
    many = (contributors >= LEAST_CONTRIBUTORS)[..., ::-1]
    lengths = np.array(pace.lengths)
    fewest = np.ceil(LEAST_SHARE * lengths)
    return many[..., :1] & (np.cumsum(many, axis=-1)[..., lengths - 1] >= fewest)
