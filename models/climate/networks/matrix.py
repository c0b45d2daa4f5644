"""Replies between the units of one level: what is counted, and what of it may be known.

Every figure of this package is computed from a ``ShownMatrix``, so what that gives away is all that
any of them can.  It has no column totals and no total of the organisation: each row stands alone.
In a row every withheld cell goes into one sum, ``rest``, and there is no other sum that holds any
of them.  So the groups that adding and subtracting can tell are the shown cells, whole rests and
unions of these; it is enough that each rest is itself fit to be known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.climate.disclosure.thresholds import FLOOR
from models.climate.unit_tree import UnitTree

REPLY_BOUND: Final = 20
"""However often somebody answers a unit in a week, it counts at most this (design study)."""
LEAST_SENDERS: Final = 5
"""Fewest people who write in either direction of a cell that is shown (design study)."""


@dataclass(frozen=True, slots=True, eq=False)
class ReplyMatrix:
    """One ISO week of replies between the units of one level, before any rule is applied.

    Attributes:
        units: Names of the ``n`` units, which hold nobody in common.
        replies: Shape ``(n, n)``: sum over the people of the row's unit of their replies to people
            of the column's unit, each bounded by ``REPLY_BOUND``.
        senders: Shape ``(n, n)``: distinct people of the row's unit in that sum.
        contributors: Shape ``(n,)``: people of each unit with enough messages in the week.

    Raises:
        ValueError: a unit twice, a shape that does not fit, or counts that no replies can have.
    """

    units: tuple[str, ...]
    replies: NDArray[np.int64]
    senders: NDArray[np.int64]
    contributors: NDArray[np.int64]

    def __post_init__(self) -> None:
        n = len(self.units)
        if len(set(self.units)) < n:
            raise ValueError("a unit is listed twice")
        if not (self.replies.shape == self.senders.shape == (n, n)):
            raise ValueError("a matrix does not fit the units")
        if self.contributors.shape != (n,) or (self.contributors < 0).any():
            raise ValueError("contributors do not fit the units")
        if (self.senders < 0).any() or (self.senders > self.replies).any():
            raise ValueError("a sender has no reply")
        if (self.replies > REPLY_BOUND * self.senders).any():
            raise ValueError("replies exceed their bound")


@dataclass(frozen=True, slots=True, eq=False)
class ShownMatrix:
    """What may be known of a week of replies: the units that can be shown, by name.

    Attributes:
        units: Names of the ``m`` units, in the order of the ``ReplyMatrix``.
        replies: Shape ``(m, m)``: as in ``ReplyMatrix`` where *shown*, otherwise 0.
        shown: Shape ``(m, m)``: whether the cell may be known; symmetric, and true on the diagonal.
        rest: Shape ``(m,)``: all other replies that the people of the unit sent: to a unit whose
            cell is withheld, or to one that is not here.
        contributors: Shape ``(m,)``: as in ``ReplyMatrix``, at least k.
    """

    units: tuple[str, ...]
    replies: NDArray[np.int64]
    shown: NDArray[np.bool_]
    rest: NDArray[np.int64]
    contributors: NDArray[np.int64]

    @property
    def sent(self) -> NDArray[np.int64]:
        """Shape ``(m,)``: all replies that the people of each unit sent."""
        total: NDArray[np.int64] = self.replies.sum(axis=1) + self.rest
        return total

    @property
    def sent_outside(self) -> NDArray[np.int64]:
        """Shape ``(m,)``: those of them that went to other units."""
        outside: NDArray[np.int64] = self.sent - np.diagonal(self.replies)
        return outside

    @property
    def pairs(self) -> NDArray[np.bool_]:
        """Shape ``(m, m)``: whether the cell is shown and between two units."""
        between: NDArray[np.bool_] = self.shown & ~np.eye(len(self.units), dtype=np.bool_)
        return between

    def row(self, unit: str) -> int | None:
        """Number of the row of *unit*; None if nothing of it is shown."""
        return self.units.index(unit) if unit in self.units else None


def disclose(matrix: ReplyMatrix, tree: UnitTree, *, k: int) -> ShownMatrix:
    """Decide what of a week of replies may be known.

    1. A cell needs *k* contributors in both units and ``LEAST_SENDERS`` senders in both directions.
       The two directions are shown together or not at all.
    2. A unit is named if its own cell, of replies inside it, meets that.
    3. A rest that holds anything must hold enough: *k* contributors in the units it went to,
       ``LEAST_SENDERS`` senders, and as many people there who write back.  If it does not, the
       smallest other cell of the row that meets rule 1 joins it.  That cell brings all three, and
       so does whatever joins for the sake of another row: one is enough.  A unit that has none is
       not named.

    Distinct senders over several cells of one row are not known; those of its fullest cell are
    among them.  Receivers with no reply are not counted as cover: that a cell is empty may be
    known to those who did not write.

    One level and the week alone may be disclosed of the same replies: of two levels, or of weeks
    and four weeks, the rules are not proven together.

    Args:
        matrix: The week.
        tree: The organisation in that week.
        k: Fewest contributors of anything that can be known.

    Raises:
        ValueError: *k* is below the floor, or the units are not of one level of *tree*: somebody
            could be in two of them.

    Source:
        Threshold and secondary suppression in tables of magnitudes: Hundepool et al. 2012,
        doi:10.1002/9781118348239, chapter 4.
    """
    if k < FLOOR:
        raise ValueError(f"k must be at least {FLOOR}")
    if any(unit not in tree for unit in matrix.units):
        raise ValueError("a unit is unknown")
    if len({tree.level(unit) for unit in matrix.units}) > 1:
        raise ValueError("the units are not of one level")
    passing = _passing(matrix, k)
    shown = passing.copy()
    rows = range(len(matrix.units))
    for row in rows:
        if not _rest_is_fit(matrix, row, passing[row], k):
            joining = _smallest_pair(matrix, row, passing[row])
            shown[row, joining] = shown[joining, row] = False
    named = [row for row in rows if passing[row, row] and _rest_is_fit(matrix, row, shown[row], k)]
    block = np.ix_(named, named)
    replies = np.where(shown, matrix.replies, 0)[block]
    return ShownMatrix(
        units=tuple(matrix.units[row] for row in named),
        replies=replies,
        shown=shown[block],
        rest=matrix.replies[named].sum(axis=1) - replies.sum(axis=1),
        contributors=matrix.contributors[named],
    )


def _passing(matrix: ReplyMatrix, k: int) -> NDArray[np.bool_]:
    """Cells that may be known by themselves."""
    enough = matrix.senders >= LEAST_SENDERS
    large = matrix.contributors >= k
    passing: NDArray[np.bool_] = enough & enough.T & large[:, None] & large[None, :]
    return passing


def _rest_is_fit(matrix: ReplyMatrix, row: int, shown: NDArray[np.bool_], k: int) -> bool:
    """Whether what the cells of *row* that are not *shown* add up to may be known."""
    held = ~shown & (matrix.replies[row] > 0)
    return not held.any() or bool(
        matrix.contributors[held].sum() >= k
        and matrix.senders[row, held].max() >= LEAST_SENDERS
        and matrix.senders[held, row].sum() >= LEAST_SENDERS
    )


def _smallest_pair(matrix: ReplyMatrix, row: int, shown: NDArray[np.bool_]) -> list[int]:
    """The other unit with which *row* exchanges least, of those *shown*; none if there is none."""
    both = matrix.replies[row] + matrix.replies[:, row]
    others = [other for other in np.flatnonzero(shown).tolist() if other != row]
    return sorted(others, key=lambda other: (int(both[other]), matrix.units[other]))[:1]
