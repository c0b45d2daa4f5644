"""The oracle of the counting gate: linear algebra over every group there is.

Slow and obvious.  An atom is what was written on one day and is in the same published sums, such
as what one leaf wrote (people who withdrew have atoms of their own, for they are in some windows
and not in others).  A sum is a row over atoms; a group is known if its row lies in the span of
those.  In the
reduced rows a group is told by its atoms at the pivots, so all groups that are known can be listed,
and no others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models.climate.windows import Cadence, Window, window_of
from tests.fakes.trees import ORDER, Organisation

Message = tuple[int, date, frozenset[Hashable]]
"""Author, day, and the published sums that hold it."""
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
    return exposed_by_sums(messages(organisation, published, hours, pulse), k)


def exposed_by_sums(messages: Iterable[Message], k: int) -> int:
    """The same of whatever was published, where each message says in which sums it is."""
    written: dict[tuple[date, frozenset[Hashable]], Counter[int]] = {}
    for author, day, sums in messages:
        if sums:
            written.setdefault((day, sums), Counter())[author] += 1
    atoms = list(written)
    if not atoms:
        return 0
    rows = [
        [one in sums for _, sums in atoms]
        for one in sorted({s for _, ss in atoms for s in ss}, key=repr)
    ]
    authors = {author: row for row, author in enumerate({a for by in written.values() for a in by})}
    people = np.zeros((len(authors), len(atoms)))
    for column, atom in enumerate(atoms):
        for author, count in written[atom].items():
            people[authors[author], column] = count
    days = [np.array([atom[0] == day for atom in atoms]) for day in {atom[0] for atom in atoms}]
    reduced = _reduced(np.array(rows, np.float64))
    return sum(_small_groups(part, people, days, k) for part in _apart(reduced))


def messages(
    organisation: Organisation,
    published: Published,
    hours: Hours = MappingProxyType({}),
    pulse: AbstractSet[tuple[date, int]] = frozenset(),
) -> Iterator[Message]:
    """Everything that was written, each message with the published sums that hold it."""
    leaves = {unit: leaves_of(organisation, unit) for unit in organisation.units.top_down()}
    for number, person in enumerate(organisation.people):
        gone = organisation.gone.get(number, len(ORDER))
        for day, written in person.days.items():
            then = ORDER.index(window_of(Cadence.DAY, day))
            windows = {
                (window, unit)
                for window, units in published.items()
                for unit in units
                if person.leaf in leaves[unit]
                if window.holds(day) and gone > ORDER.index(window)
            }
            for hour in hours.get((number, day), (0,) * written.messages):
                in_pulse = (day, hour) in pulse and gone >= then
                yield number, day, frozenset(windows | ({(day, hour)} if in_pulse else set()))


def leaves_of(organisation: Organisation, unit: str) -> AbstractSet[str]:
    """The leaves that *unit* consists of."""
    children = organisation.units.children(unit)
    below = (leaves_of(organisation, child) for child in children)
    return set().union(*below) if children else {unit}


def _contributors(groups: Matrix, people: Matrix, days: list[NDArray[np.bool_]]) -> Counts:
    of_three = (groups @ people.T >= 3).sum(axis=1)
    of_a_day = [(groups[:, day] @ people[:, day].T > 0).sum(axis=1) for day in days]
    counted: Counts = np.maximum.reduce([of_three, *of_a_day])
    return counted


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
