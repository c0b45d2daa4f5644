"""Tells a few bad records from a stream that we cannot read at all."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


class TooManyMalformed(Exception):
    """Stop: most of what comes cannot be read, so the fault is ours or the writer's."""


@dataclass(slots=True)
class DeadLetterLimit:
    """Watches the share of records that are set aside.

    A new writer or a wrong deployment makes every record malformed; working on would drain the
    whole topic into dead letters within minutes, and count everybody out meanwhile.

    Attributes:
        last: How many records are looked back on.
        share: Highest share of them that may be malformed.
        least: Fewer records than this are not judged.
    """

    last: int = 200
    share: float = 0.5
    least: int = 50
    _seen: deque[bool] = field(default_factory=deque)

    def count(self, malformed: int, others: int) -> None:
        """Count one batch, before anything of it is delivered.

        Raises:
            TooManyMalformed: nothing of this batch may be acknowledged.
        """
        # Within a batch the order does not matter; mixed evenly, none of it drops out one-sided.
        total = malformed + others
        self._seen.extend(
            (n + 1) * malformed // total > n * malformed // total for n in range(total)
        )
        while len(self._seen) > self.last:
            self._seen.popleft()
        if len(self._seen) >= self.least and sum(self._seen) > self.share * len(self._seen):
            raise TooManyMalformed
