"""How much of the replies stays inside the units of the org chart, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from models.climate.networks.matrix import ShownMatrix

LEAST_UNITS: Final = 8
"""Units that are shown, from which there is a modularity (design study)."""


@dataclass(frozen=True, slots=True)
class Modularity:
    """Between these two lies the modularity; they are one where nothing is withheld.

    Attributes:
        low: The value if all that is withheld went to the units that send most.
        high: The value if it all went to units that are not shown.
        units: How many units are communities here.
    """

    low: float
    high: float
    units: int


def modularity(matrix: ShownMatrix) -> Modularity | None:
    """Directed modularity of the org chart, from the replies that the shown units send.

    ``Q = sum_c (w_cc / w - s_out_c * s_in_c / w**2)``, -1 to 1: 0 where replies do not care for
    units.  Units that are not shown receive here and do not send, so they add nothing to the sum.
    Where a rest went is unknown, and so is a part of ``s_in``; hence two bounds.

    Returns:
        None if fewer than ``LEAST_UNITS`` units are shown.

    Source:
        Newman and Girvan 2004, doi:10.1103/PhysRevE.69.026113; directed: Leicht and Newman 2008,
        doi:10.1103/PhysRevLett.100.118703.
    """
    if len(matrix.units) < LEAST_UNITS:
        return None
    sent = matrix.sent / matrix.sent.sum()
    received = matrix.replies.sum(axis=0) / matrix.sent.sum()
    inside = np.diagonal(matrix.replies).sum() / matrix.sent.sum()
    high = float(inside - sent @ received)
    most = np.where(matrix.shown, 0.0, sent[None, :]).max(axis=1)
    low = high - float(most @ matrix.rest / matrix.sent.sum())
    return Modularity(low, high, len(matrix.units))
