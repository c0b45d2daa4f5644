"""The alarm rule apart from its threshold: it lasts, of enough people, and it matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.detection.panel import Floats
from models.climate.detection.scan import WINDOWS, scan

LEAST_CONTRIBUTORS: Final = 20
"""Below, the mean of a week moves by chance as far as a real drop moves it: of teams of 10 to 14
a drop of 0.05 is found in a third of cases (design study)."""
LAST_WEEKS: Final = 4
LEAST_OF_LAST: Final = 3
"""Three of four weeks: cuts alarms from short dips to a half or a fifth and costs one to two
weeks of delay (design study)."""
CLEARLY: Final = 0.8
"""Standard deviations that such a week must be off by (design study)."""
LEAST_SHARE: Final = 0.75
"""Share of the weeks of a window that must have had as many (design study)."""
LEAST_EFFECT: Final = 0.03
"""Mean residual below which a change matters to nobody, however certain it is (design study)."""
_FEWEST: Final = np.ceil(LEAST_SHARE * np.array(WINDOWS))
_LAST: Final = np.array(WINDOWS) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for a change of each unit in each week; arrays of one shape.

    Attributes:
        z: That of the window with the largest ``|Z|`` for which all of the rule but the
            threshold holds, negative for a drop; 0 where it holds for none.
        effect: Mean residual of that window, in units of valence.
        weeks: Length of that window.
        conspicuous: Largest ``|Z|`` of any window of enough people whose change matters,
            whether or not it lasts; 0 where there is none.
        recent: How many of the last four weeks have a residual; 0 where the latest has none, or
            too few people: then nothing may be concluded, not even that nothing changed.
    """

    z: Floats
    effect: Floats
    weeks: NDArray[np.int64]
    conspicuous: Floats
    recent: NDArray[np.int64]


def evidence(
    residual: Floats, variance: Floats, contributors: Floats, rho: float, shortness: Floats
) -> Evidence:
    """Apply the rule to the weeks up to one week.

    Args:
        residual: ... x 8 weeks, the latest last; NaN where missing.
        variance: ``sigma2``, of the same shape.
        contributors: ``n``, of the same shape; NaN counts as too few.
        rho: Correlation of consecutive weeks.
        shortness: Of the baseline, of the leading shape.

    Returns:
        Arrays of the leading shape.

    Source:
        Design study, the complete rule.  Runs of several weeks beyond a limit: Western
        Electric 1956.
    """
    found = scan(residual, variance, rho, shortness)
    off = (residual / np.sqrt(variance))[..., -LAST_WEEKS:]
    down = np.count_nonzero(off < -CLEARLY, axis=-1) >= LEAST_OF_LAST
    up = np.count_nonzero(off > CLEARLY, axis=-1) >= LEAST_OF_LAST
    direction = up.astype(np.int64) - down
    matters = (np.abs(found.effect) >= LEAST_EFFECT) & _enough(contributors)
    lasts = np.sign(found.z) == direction[..., np.newaxis]
    z = np.where(matters & lasts, found.z, 0.0)
    best = np.argmax(np.abs(z), axis=-1)[..., np.newaxis]
    seen = np.isfinite(residual)
    now = seen[..., -1] & (contributors[..., -1] >= LEAST_CONTRIBUTORS)
    return Evidence(
        z=np.take_along_axis(z, best, axis=-1)[..., 0],
        effect=np.take_along_axis(found.effect, best, axis=-1)[..., 0],
        weeks=np.array(WINDOWS)[best[..., 0]],
        conspicuous=np.max(np.where(matters, np.abs(found.z), 0.0), axis=-1),
        recent=np.where(now, np.count_nonzero(seen[..., -LAST_WEEKS:], axis=-1), 0),
    )


def _enough(contributors: Floats) -> NDArray[np.bool_]:
    """For each window, whether there are enough people now and in enough of its weeks."""
    many = (contributors >= LEAST_CONTRIBUTORS)[..., ::-1]
    return many[..., :1] & (np.cumsum(many, axis=-1)[..., _LAST] >= _FEWEST)
