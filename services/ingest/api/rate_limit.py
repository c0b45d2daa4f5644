"""A bucket of tokens a key: a burst is fine, a flood waits."""

from __future__ import annotations

import math
from collections.abc import Callable


class RateLimit:
    """Says how long a key has to wait; keeps nothing of a key whose bucket is full again.

    Args:
        rate: Tokens that flow back in a second.
        burst: Tokens that a full bucket holds.
        clock: Seconds of a clock that never goes back.
    """

    def __init__(self, rate: float, burst: float, clock: Callable[[], float]) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str, tokens: int) -> int:
        """Take *tokens* and answer 0, or take none and answer the seconds to wait.

        What asks for more than a bucket holds passes when the bucket is full: it could never
        otherwise.
        """
        now = self._clock()
        left, since = self._buckets.get(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        needed = min(float(tokens), self._burst)
        if left < needed:
            self._buckets[key] = (left, now)
            return max(1, math.ceil((needed - left) / self._rate))
        self._buckets[key] = (left - tokens, now)
        return 0
