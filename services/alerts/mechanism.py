"""The only file that imports OpenDP: its noise, its conversion and its privacy filter.

Imported when a policy asks for noise and not before.  The noise is drawn from the operating
system, as it must be where somebody gains by guessing it: no seed, no generator to hand in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import opendp.prelude as dp

from models.climate.windows import Cadence

dp.enable_features("contrib")

SEARCHED: Final = (1e-6, 100.0)
"""``rho`` of any epsilon between 0.01 and 100 or so lies between these."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Numbers with noise, and what they cost.

    Attributes:
        noisy: In the order of the exact ones.
        cost: ``rho`` of weeks, ``epsilon`` of four weeks.
    """

    noisy: tuple[int, ...]
    cost: float


@cache
def rho_of(epsilon: float, delta: float) -> float:
    """The largest ``rho`` that keeps the promise of (*epsilon*, *delta*).

    Source:
        OpenDP's conversion, after Canonne, Kamath & Steinke 2020, proposition 12.
    """
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T="i64")

    def keeps(rho: float) -> bool:
        gaussian = dp.m.make_gaussian(*space, scale=(2 * rho) ** -0.5)
        measured: Any = dp.c.make_fix_delta(dp.c.make_zCDP_to_approxDP(gaussian), delta=delta)
        return bool(measured.map(1)[0] <= epsilon)

    return float(dp.binary_search(keeps, bounds=SEARCHED))


def drawn(
    exact: Sequence[int], *, cadence: Cadence, sensitivity: float, scale: int, left: float
) -> Drawn | None:
    """Noise on *exact*, through a privacy filter that was opened with what is left.

    Args:
        exact: Sums that one person moves by *sensitivity* at most.
        cadence: Weeks get discrete Gaussian noise and are counted in ``rho``, four weeks discrete
            Laplace noise and are counted in ``epsilon``.
        sensitivity: For weeks in Euclidean distance, for four weeks in the sum of differences.
        scale: Of the noise.
        left: What the block may still spend.

    Returns:
        None where that would be more than is left: nothing was drawn.

    Source:
        Whitehouse, Ramdas, Rogers & Wu 2023 (fully adaptive composition); Rogers et al. 2016
        (privacy filters).
    """
    domain = dp.vector_domain(dp.atom_domain(T="i64"))
    metric, measure, moved, make = _terms(cadence, sensitivity)
    noise = make(domain, metric, scale=float(scale))
    cost = float(noise.map(moved))
    odometer = dp.c.make_fully_adaptive_composition(domain, metric, measure)
    filter_ = dp.c.make_privacy_filter(odometer, d_in=moved, d_out=max(left, 0.0))
    try:
        return Drawn(tuple(filter_(list(exact))(noise)), cost)
    except dp.OpenDPException:
        if cost > left:
            return None
        raise


def _terms(cadence: Cadence, sensitivity: float) -> tuple[Any, Any, Any, Any]:
    """Distance between neighbours, what is spent, the sensitivity in that distance, the noise."""
    if cadence is Cadence.WEEK:
        zcdp = dp.zero_concentrated_divergence()
        return dp.l2_distance(T="f64"), zcdp, sensitivity, dp.m.make_gaussian
    return dp.l1_distance(T="i64"), dp.max_divergence(), round(sensitivity), dp.m.make_laplace
