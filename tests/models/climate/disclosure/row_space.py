"""The oracle of the counting gate: linear algebra over every group there is.

Slow and obvious.  An atom is what one leaf wrote on one day (people who withdrew have atoms of
their own, for they are in some windows and not in others).  What was published is a row over atoms;
a group is known if its row lies in the span of those.  In the reduced rows a group is told by its
atoms at the pivots, so all groups that are known can be listed, and no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.climate.windows import Window
from tests.fakes.trees import ORDER, Organisation

Atom = tuple[str, date, int]
"""Leaf, day, and how many windows had closed when its people withdrew."""
Published = Mapping[Window, AbstractSet[str]]
Matrix = NDArray[np.float64]
MOST_LISTED = 2**20


class TooManyGroups(Exception):
    """More than can be listed: choose a smaller organisation."""


def exposed_groups(
    organisation: Organisation, published: Published, k: int, more: Sequence[Sequence[Atom]] = ()
) -> int:
    """How many smallest groups of fewer than *k* contributors can be told exactly.

    A contributor of a group wrote three messages in it; or one, if all count who wrote any on the
    day of the group on which most did.

    Args:
        organisation: Who wrote what, and who withdrew when.
        published: Units by window.
        k: Fewest contributors of anything that may be known.
        more: Further sums, each as the atoms that it holds.
    """
    written = _messages(organisation)
    atoms = sorted(written)
    rows = [*_rows(organisation, published, atoms), *([a in row for a in atoms] for row in more)]
    if not atoms or not rows:
        return 0
    reduced = _reduced(np.array(rows, np.float64))
    return sum(
        _contributors(written, [atoms[n] for n in group]) < k
        for part in _apart(reduced)
        for group in _groups(part)
    )


def _messages(organisation: Organisation) -> dict[Atom, dict[int, int]]:
    """Messages of each person in each atom that anybody wrote in."""
    found: dict[Atom, dict[int, int]] = {}
    for number, person in enumerate(organisation.people):
        for day, written in person.days.items():
            atom = person.leaf, day, organisation.gone.get(number, len(ORDER))
            found.setdefault(atom, {})[number] = written.messages
    return found


def _rows(organisation: Organisation, published: Published, atoms: list[Atom]) -> list[list[bool]]:
    return [
        [
            leaf in leaves and window.holds(day) and gone > ORDER.index(window)
            for leaf, day, gone in atoms
        ]
        for window, units in published.items()
        for leaves in (leaves_of(organisation, unit) for unit in units)
    ]


def leaves_of(organisation: Organisation, unit: str) -> AbstractSet[str]:
    """The leaves that *unit* consists of."""
    children = organisation.units.children(unit)
    below = (leaves_of(organisation, child) for child in children)
    return set().union(*below) if children else {unit}


def _contributors(written: Mapping[Atom, Mapping[int, int]], group: Sequence[Atom]) -> int:
    messages: dict[int, int] = {}
    writers: dict[date, set[int]] = {}
    for atom in group:
        for person, count in written[atom].items():
            messages[person] = messages.get(person, 0) + count
            writers.setdefault(atom[1], set()).add(person)
    return max(sum(count >= 3 for count in messages.values()), *map(len, writers.values()))


def _reduced(rows: Matrix) -> Matrix:
    """The reduced row echelon form, without rows of nought."""
    rows, done = rows.copy(), 0
    for column in range(rows.shape[1]):
        if done == len(rows):
            break
        pivot = done + int(np.abs(rows[done:, column]).argmax())
        if abs(rows[pivot, column]) > 1e-9:
            rows[[done, pivot]] = rows[[pivot, done]]
            rows[done] /= rows[done, column]
            others = np.arange(len(rows)) != done
            rows[others] -= np.outer(rows[others, column], rows[done])
            done += 1
    rows = rows[:done]
    rows[np.abs(rows) < 1e-9] = 0
    return rows


def _apart(reduced: Matrix) -> Iterator[Matrix]:
    """Rows that share no atom with others tell groups of their own: those are the smallest."""
    left = list(range(len(reduced)))
    while left:
        part, touched = [left.pop(0)], reduced[left[:0]].any(axis=0)
        for row in part:  # grows while it is read
            touched = touched | (reduced[row] != 0)
            joined = [other for other in left if (reduced[other] != 0)[touched].any()]
            part += joined
            left = [other for other in left if other not in joined]
        yield reduced[part]


def _groups(rows: Matrix) -> Iterator[Sequence[int]]:
    """Atoms of every group in the span of *rows*, which are reduced: each 0 or 1 at its pivot."""
    last = np.array([np.flatnonzero(column)[-1:].sum() for column in rows.T])
    used = rows.any(axis=0)
    partial = np.zeros((1, rows.shape[1]))
    for number, row in enumerate(rows):
        partial = np.concatenate([partial, partial + row])
        final = partial[:, used & (last == number)]
        partial = partial[((np.abs(final) < 1e-6) | (np.abs(final - 1) < 1e-6)).all(axis=1)]
        if len(partial) > MOST_LISTED:
            raise TooManyGroups
    for group in partial > 0.5:
        if group.any():
            yield list(np.flatnonzero(group))
