"""The second oracle of the counting gate: the fewest people that any sum or difference touches.

The first (``row_space``) lists groups, in which a message counts once or not at all.  Here a
combination may multiply each published sum by anything: it touches a message that is left in it.
A person counts where three of their messages are touched, as in a sum by the week; or one in a week
of which anything was published by the day, for of a day one is enough.

A combination that touches few exists exactly when some is nought on everything else.  So what is
sought is a set of atoms of few people without which the published rows have a lower rank; the
search takes one atom after the other to be untouched, which costs a rank, or touched, which costs
its people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from models.climate.windows import Cadence, Window, week_of
from tests.fakes.trees import Organisation
from tests.models.climate.disclosure.row_space import Message, Published, messages

Matrix = NDArray[np.float64]
Places = NDArray[np.bool_]


def fewest_touched(organisation: Organisation, published: Published, k: int) -> int:
    """How many people the combination touches that touches fewest; *k* where none touches fewer."""
    return fewest_touched_by_sums(messages(organisation, published), k)


def fewest_touched_by_sums(written: Iterable[Message], k: int) -> int:
    """The same of whatever was published, where each message says in which sums it is."""
    said = [(author, week_of(day), sums) for author, day, sums in written if sums]
    days = {week_of(w.start) for w in _windows(said) if w.cadence is Cadence.DAY}
    atoms: dict[tuple[bool, frozenset[Hashable]], Counter[int]] = {}
    for author, week, sums in said:
        atoms.setdefault((week in days, sums), Counter())[author] += 1
    names = sorted(set(chain.from_iterable(sums for _, sums in atoms)), key=repr)
    rows = np.array([[name in sums for _, sums in atoms] for name in names], np.float64)
    authors = sorted(set(chain.from_iterable(atoms.values())))
    people = np.array([[by[author] for by in atoms.values()] for author in authors], np.int64)
    search = _Search(people, np.array([by_day for by_day, _ in atoms], np.bool_), k)
    for column, one in enumerate(np.eye(len(atoms), dtype=np.bool_)):
        if search.people(one) >= k:
            rows = _nought(rows, column)
    search.go(rows, np.zeros(len(atoms), np.bool_))
    return search.fewest


def _windows(said: Iterable[tuple[int, Window, frozenset[Hashable]]]) -> Iterator[Window]:
    for published in chain.from_iterable(sums for *_, sums in said):
        if isinstance(published, tuple) and isinstance(published[0], Window):
            yield published[0]


@dataclass(slots=True)
class _Search:
    """What was found: *fewest* people, at most what it began with.

    Attributes:
        written: Authors x atoms, messages.
        by_day: Atoms of which one message is enough.
        fewest: Fewest people of a combination that was found.
    """

    written: NDArray[np.int64]
    by_day: Places
    fewest: int

    def people(self, touched: Places) -> int:
        """People who count in the atoms *touched*."""
        three = self.written[:, touched].sum(axis=1) >= 3
        return int((three | self.written[:, touched & self.by_day].any(axis=1)).sum())

    def go(self, rows: Matrix, touched: Places) -> None:
        """Look at all combinations of *rows*, which may touch what is *touched* or undecided."""
        if not len(rows) or (found := self.people(touched)) >= self.fewest:
            return
        undecided = np.flatnonzero(rows.any(axis=0) & ~touched)
        if not len(undecided):
            self.fewest = found
            return
        column = max(undecided, key=lambda atom: int(self.written[:, atom].sum()))
        self.go(_nought(rows, int(column)), touched)
        self.go(rows, touched | (np.arange(len(touched)) == column))


def _nought(rows: Matrix, column: int) -> Matrix:
    """A basis of those combinations of *rows*, which are a basis too, that are nought there."""
    if not len(rows) or not rows[:, column].any():
        return rows
    pivot = int(np.abs(rows[:, column]).argmax())
    others = np.delete(rows, pivot, axis=0)
    found: Matrix = others - np.outer(others[:, column] / rows[pivot, column], rows[pivot])
    found[np.abs(found) < 1e-9] = 0
    return found[found.any(axis=1)]
