"""How much a contributor writes in a week, of the whole organisation.

It is made of the sum of weights and the contributors of a released cell and of nothing else.  The
gate takes both as known of everything that is published, so this figure tells nothing that the gate
has not counted; it is told of no unit, so there is none to subtract.  That everybody writes as
little, or as much, as counts at all is told as *so little or less*, *so much or more*.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from models.climate import catalogue
from models.climate.disclosure.message_shares import Ratio
from models.climate.disclosure.released_statistic import ReleasedStatistic

STEPS: Final = 10
"""It is told in tenths of a message."""
LOWEST: Final = 4 * STEPS
"""A contributor has three messages: at a mean of three everybody would have just these."""
HIGHEST: Final = 16 * STEPS
"""A week of one person weighs 20: at a mean of 20 everybody would have reached the bound."""


def activity(whole: ReleasedStatistic) -> Ratio | None:
    """Messages that count, over contributors; None where no weights were released.

    Args:
        whole: What was released of the whole organisation in one week, without noise.
    """
    if whole.weight == 0:
        return None
    steps = round(Fraction(STEPS * whole.weight, whole.contributors))
    return Ratio(catalogue.ACTIVITY.id, min(max(steps, LOWEST), HIGHEST), STEPS)
