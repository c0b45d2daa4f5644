"""Chance that depends on the data alone: who computes again gets the same permutations."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.climate.outcomes.series import MonthlyPair


def digest_of(pairs: Sequence[MonthlyPair], registered_lag: int | None) -> str:
    """SHA-256, in hex, of the lines and the lag that a result is made of.

    It does not depend on the order of the units.  Two results with the same digest were made of
    the same numbers, to the last bit.

    Args:
        pairs: The two lines of each unit.
        registered_lag: In months; None where the strongest of all is looked for.
    """
    found = hashlib.sha256(f"lag {registered_lag}".encode())
    for pair in sorted(pairs, key=lambda each: each.unit):
        months = " ".join(month.isoformat() for month in pair.months)
        found.update(f"\n{pair.unit}\n{months}\n".encode())
        found.update(_bytes(pair.climate) + _bytes(pair.business))
    return found.hexdigest()


def chance_of(digest: str) -> Generator:
    """The source of permutations and resamples that belongs to *digest*.

    Its first 128 bits are the seed of PCG64.  The stream is that of one version of numpy, which
    the lock file names: numpy keeps the bits of the generator, not of every method on it.
    """
    return np.random.default_rng(int(digest[:32], 16))


def _bytes(line: NDArray[np.float64]) -> bytes:
    """Little-endian, and one spelling of a gap."""
    return np.where(np.isfinite(line), line, np.nan).astype("<f8").tobytes()
