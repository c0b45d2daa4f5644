"""Shares of messages that are told of the whole organisation and of weeks alone.

Nothing else that leaves counts these messages, so there is no part to subtract from the whole and
no week from four.  What a share can still give away is what it leaves of the whole: whoever tells
shares of a partition asks of every class that can be had from them whether it ``stands``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import nlargest
from typing import TypeVar

from models.climate.cell import LEAST_MESSAGES, WEEKLY_BOUND, Cell
from models.climate.disclosure.thresholds import Primary, primary
from models.climate.windows import Cadence

Class = TypeVar("Class")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure of the whole organisation in one window: a share of messages, or steps of a scale.

    Attributes:
        indicator: What it is.
        part: Messages in the share, or steps.
        whole: All messages, or the steps that make 1; never 0.
    """

    indicator: str
    part: int
    whole: int

    @property
    def share(self) -> Fraction:
        """The figure, exact."""
        return Fraction(self.part, self.whole)


def bounded(people: Iterable[Mapping[Class, int]]) -> list[dict[Class, int]]:
    """Of each person, messages by class, each counted up to ``WEEKLY_BOUND``."""
    return [{name: min(n, WEEKLY_BOUND) for name, n in one.items()} for one in people]


def together(people: Iterable[Mapping[Class, int]], classes: Collection[Class]) -> Cell:
    """Messages in any of *classes*, as a cell: its weights are messages."""
    written = [sum(one.get(name, 0) for name in classes) for one in people]
    first, second, *_ = [*nlargest(2, written), 0, 0]
    return Cell(
        messages=sum(written),
        contributors=sum(n >= LEAST_MESSAGES[Cadence.WEEK] for n in written),
        weight=sum(written),
        heaviest=(first, second),
    )


def stands(people: Sequence[Mapping[Class, int]], classes: Collection[Class], k: int) -> bool:
    """Whether *classes* have k people with enough messages in them, and no dominant voice."""
    return primary(together(people, classes), k=k) is Primary.PASSES
