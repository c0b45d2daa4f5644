"""Chance that can be repeated: every purpose draws from a stream of its own."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence


def stream(*purpose: object) -> random.Random:
    """A generator that depends on *purpose* alone, on every machine and Python version.

    One stream a purpose keeps worlds comparable: what one part draws never moves another part.

    Example:
        >>> stream(7, "moods").random() == stream(7, "moods").random()
        True
    """
    return random.Random("/".join(map(str, purpose)))  # noqa: S311 - a simulation, not a secret


def chance(*purpose: object) -> float:
    """One number from 0 up to 1 that depends on *purpose* alone; much cheaper than a stream."""
    digest = hashlib.blake2b("/".join(map(str, purpose)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2**53


def poisson(mean: float, at: float) -> int:
    """The Poisson count with *mean* at the quantile *at*; for the small means of a person's day.

    Example:
        >>> [poisson(1.0, at) for at in (0.0, 0.36, 0.37, 0.99)]
        [0, 0, 1, 4]
    """
    count, share = 0, math.exp(-mean)
    reached = share
    while at >= reached and share > 0:
        count += 1
        share *= mean / count
        reached += share
    return count


def apportion(total: int, weights: Sequence[float], *, least: int = 0) -> list[int]:
    """*total* in whole parts in proportion to *weights*, none below *least*.

    The largest remainders are rounded up, so the parts add up to *total*.

    Raises:
        ValueError: *total* does not suffice for *least* each.

    Example:
        >>> apportion(10, [1, 1, 2])
        [3, 2, 5]
    """
    free = total - least * len(weights)
    if free < 0:
        raise ValueError("too few to share out")
    exact = [free * weight / sum(weights) for weight in weights]
    parts = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for i in by_remainder[: free - sum(parts)]:
        parts[i] += 1
    return [part + least for part in parts]
