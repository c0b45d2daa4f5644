"""The oracle of the counting gate: linear algebra over every group there is.

Slow and obvious.  An atom is what one leaf wrote on one day, or in one hour of it (people who
withdrew have atoms of their own, for they are in some windows and not in others).  What was
published is a row over atoms; a group is known if its row lies in the span of those.  In the
reduced rows a group is told by its atoms at the pivots, so all groups that are known can be listed,
and no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.climate.windows import Cadence, Window, window_of
from tests.fakes.trees import ORDER, Organisation

Atom = tuple[str, date, int, int]
"""Leaf, day, how many windows had closed when its people withdrew, and the hour."""
Hours = Mapping[tuple[int, date], Sequence[int]]
"""Of a person and a day the hour of each message."""
Published = Mapping[Window, AbstractSet[str]]
Matrix = NDArray[np.float64]
Counts = NDArray[np.int64]
MOST_LISTED = 2**17


class TooManyGroups(Exception):
    """More than can be listed: choose a smaller organisation."""


def exposed_groups(
    organisation: Organisation,
    published: Published,
    k: int,
    hours: Hours = MappingProxyType({}),
    pulse: AbstractSet[tuple[date, int]] = frozenset(),
) -> int:
    """How many smallest groups of fewer than *k* contributors can be told exactly.

    A contributor of a group wrote three messages in it; or one, if all count who wrote any on the
    day of the group on which most did.

    Args:
        organisation: Who wrote what, and who withdrew when.
        published: Units by window.
        k: Fewest contributors of anything that may be known.
        hours: When everybody wrote; without it an hour is no atom of its own.
        pulse: Hours whose sum over the whole organisation is published when they end.
    """
    written = _messages(organisation, hours)
    atoms = sorted(written)
    rows = _rows(organisation, published, atoms)
    for day, hour in pulse:
        then = ORDER.index(window_of(Cadence.DAY, day))
        rows.append([a[1] == day and a[3] == hour and a[2] >= then for a in atoms])
    if not atoms or not rows:
        return 0
    people = np.zeros((len(organisation.people), len(atoms)))
    for column, atom in enumerate(atoms):
        for number, messages in written[atom].items():
            people[number, column] = messages
    days = [np.array([atom[1] == day for atom in atoms]) for day in {atom[1] for atom in atoms}]
    reduced = _reduced(np.array(rows, np.float64))
    return sum(_small_groups(part, people, days, k) for part in _apart(reduced))


def _messages(organisation: Organisation, hours: Hours) -> dict[Atom, dict[int, int]]:
    """Messages of each person in each atom that anybody wrote in."""
    found: dict[Atom, dict[int, int]] = {}
    for number, person in enumerate(organisation.people):
        gone = organisation.gone.get(number, len(ORDER))
        for day, written in person.days.items():
            for hour in hours.get((number, day), (0,) * written.messages):
                theirs = found.setdefault((person.leaf, day, gone, hour), {})
                theirs[number] = theirs.get(number, 0) + 1
    return found


def _rows(organisation: Organisation, published: Published, atoms: list[Atom]) -> list[list[bool]]:
    return [
        [
            leaf in leaves and window.holds(day) and gone > ORDER.index(window)
            for leaf, day, gone, _ in atoms
        ]
        for window, units in published.items()
        for leaves in (leaves_of(organisation, unit) for unit in units)
    ]


def leaves_of(organisation: Organisation, unit: str) -> AbstractSet[str]:
    """The leaves that *unit* consists of."""
    children = organisation.units.children(unit)
    below = (leaves_of(organisation, child) for child in children)
    return set().union(*below) if children else {unit}


def _contributors(groups: Matrix, people: Matrix, days: list[NDArray[np.bool_]]) -> Counts:
    of_three = (groups @ people.T >= 3).sum(axis=1)
    of_a_day = [(groups[:, day] @ people[:, day].T > 0).sum(axis=1) for day in days]
    most: Counts = np.maximum.reduce([of_three, *of_a_day])
    return most


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


def _small_groups(rows: Matrix, people: Matrix, days: list[NDArray[np.bool_]], k: int) -> int:
    """Groups in the span of *rows*, which are reduced: so each holds 0 or 1 of a row.

    What holds enough people already can be left out: more atoms mean no fewer people.
    """
    last = np.array([np.flatnonzero(column)[-1:].sum() for column in rows.T])
    used = rows.any(axis=0)
    partial = np.zeros((1, rows.shape[1]))
    for number, row in enumerate(rows):
        partial = np.concatenate([partial, partial + row])
        final = partial[:, used & (last == number)]
        partial = partial[((np.abs(final) < 1e-6) | (np.abs(final - 1) < 1e-6)).all(axis=1)]
        known = np.where(used & (last <= number), partial.round(), 0)
        partial = partial[_contributors(known, people, days) < k]
        if len(partial) > MOST_LISTED:
            raise TooManyGroups
    return int(partial.round().any(axis=1).sum())
