"""Monthly lines with a known truth."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import lfilter  # type: ignore[import-untyped] # ships no types

from models.climate.outcomes.series import MonthlyPair

Array = NDArray[np.float64]
BURN_IN = 60


def calendar(months: int) -> tuple[date, ...]:
    return tuple(date(2020 + month // 12, month % 12 + 1, 1) for month in range(months))


def autoregressive(innovations: Array, phi: float) -> Array:
    """AR(1) lines along the last axis, the first ``BURN_IN`` months cut off."""
    return np.asarray(lfilter([1], [1, -phi], innovations))[..., BURN_IN:]


def unrelated(chance: Generator, shape: tuple[int, int], phi: float) -> Array:
    """Shape ``(lines, 2, months)``; *shape* is the first and the last of it."""
    lines, months = shape
    return autoregressive(chance.standard_normal((lines, 2, months + BURN_IN)), phi)


def related(
    chance: Generator, shape: tuple[int, int], phi: float, *, lag: int, strength: float
) -> Array:
    """As ``unrelated``, what is new in the second being *strength* of the first, *lag* before."""
    lines, months = shape
    new = chance.standard_normal((lines, 2, months + BURN_IN))
    noise = np.sqrt(1 - strength**2) * new[:, 1, lag:]
    new[:, 1, lag:] = strength * new[:, 0, : new.shape[-1] - lag] + noise
    return autoregressive(new, phi)


def pair(climate: Array, business: Array, unit: str = "a") -> MonthlyPair:
    return MonthlyPair(unit, calendar(len(climate)), climate, business)
