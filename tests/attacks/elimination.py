"""What can be worked out from published sums: exact elimination, and nothing of ours in it.

An attacker writes every published sum as a row over atoms, the smallest things that published
sums are made of, such as one team in one week.  A group of atoms is known if its row can be made
of published rows.  Elimination says which groups of few people are: all of them, not likely ones.

The arithmetic is that of the integers modulo a prime of ten digits.  Sums of a tree need factors
of at most a few hundred, which no such prime divides; and whoever reports a group proves it by
working out its sum (``combined``) and comparing that with the truth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

PRIME: Final = 2**31 - 1
MOST_STEPS: Final = 1_000_000
"""A search that takes more is given up loudly: a half search proves nothing."""
Integers = NDArray[np.int64]
Row = frozenset[int]


@dataclass(frozen=True, slots=True)
class Public:
    """Everything that was published, and who is behind it.

    Attributes:
        rows: For each published sum the atoms in it.
        writers: For each atom the people in it and how much they wrote; the attacker does not
            know these, they say afterwards how bad it is.
        least: Fewest messages that make a contributor.
    """

    rows: Sequence[Row]
    writers: Sequence[Mapping[int, int]]
    least: int = 3

    def people(self, group: Iterable[int]) -> dict[int, int]:
        """Who wrote in *group*, and how much."""
        found: defaultdict[int, int] = defaultdict(int)
        for atom in group:
            for person, messages in self.writers[atom].items():
                found[person] += messages
        return found

    def contributors(self, group: Iterable[int]) -> int:
        """How many of them the rules would count."""
        return sum(messages >= self.least for messages in self.people(group).values())


def known_groups(public: Public, k: int) -> list[Row]:
    """Every group of fewer than *k* contributors that can be told, and of which no part can.

    Raises:
        RuntimeError: the search was given up.
    """
    classes = _indistinguishable(public)
    small = [c for c in classes if public.contributors(c) < k]
    big = [c for c in classes if c not in small]
    ordered = [*big, *small]
    rows = {frozenset(n for n, c in enumerate(ordered) if c <= row) for row in public.rows}
    basis = _without_first(_matrix(rows, len(ordered)), len(big))
    merged = Public((), [public.people(c) for c in small], public.least)
    found = [group for part in _components(basis) for group in _search(part, merged, k)]
    smallest = [group for group in found if not any(other < group for other in found)]
    return [frozenset[int]().union(*(small[n] for n in group)) for group in smallest]


def combined(
    public: Public, groups: Sequence[Row], sums: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The sum of each group, from the published sums alone.

    Args:
        public: What was published.
        groups: Groups that are known.
        sums: Published sums, one row each, any number of columns.
    """
    width = len(public.writers)
    published, wanted = np.zeros((len(public.rows), width)), np.zeros((len(groups), width))
    for matrix, rows in ((published, public.rows), (wanted, groups)):
        for place, row in enumerate(rows):
            matrix[place, list(row)] = 1
    factors = np.linalg.lstsq(published.T, wanted.T, rcond=None)[0]
    result: NDArray[np.float64] = factors.T @ sums
    return result


def _indistinguishable(public: Public) -> list[Row]:
    """Atoms that stand in the same published sums can never be told apart: one class each."""
    standing: defaultdict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(public.rows):
        for atom in row:
            standing[atom].append(place)
    classes: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
    for atom, places in standing.items():
        if public.writers[atom]:
            classes[tuple(places)].add(atom)
    return [frozenset(members) for _, members in sorted(classes.items())]


def _matrix(rows: Iterable[Row], width: int) -> Integers:
    listed = sorted((sorted(row) for row in rows if row), key=len)
    matrix = np.zeros((len(listed), width), np.int64)
    for place, row in enumerate(listed):
        matrix[place, row] = 1
    return matrix


def _without_first(matrix: Integers, first: int) -> Integers:
    """A reduced basis of what can be made of the rows without any of the *first* columns."""
    done = kept = 0
    for column in range(matrix.shape[1]):
        candidates = np.flatnonzero(matrix[done:, column])
        if not candidates.size:
            continue
        pivot = done + int(candidates[0])
        matrix[[done, pivot]] = matrix[[pivot, done]]
        matrix[done] = matrix[done] * pow(int(matrix[done, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(matrix[:, column])
        others = others[others != done]
        factors = matrix[others, column][:, None]
        matrix[others] = (matrix[others] - factors * matrix[done]) % PRIME
        done += 1
        kept += column < first
    return matrix[kept:done, first:]


def _components(basis: Integers) -> Iterator[Integers]:
    """Rows that share no column have nothing to do with each other."""
    waiting = set(range(len(basis)))
    while waiting:
        part, front = set[int](), {waiting.pop()}
        while front:
            part |= front
            columns = np.flatnonzero((basis[sorted(front)] != 0).any(axis=0))
            front = {row for row in waiting if basis[row, columns].any()}
            waiting -= front
        yield basis[sorted(part)]


def _search(basis: Integers, merged: Public, k: int) -> list[Row]:
    """Every sum of basis rows that holds each atom once or not at all, of fewer than *k*.

    The basis is reduced: each row alone has its first column, so it is in the sum or it is not.
    """
    last = np.array([np.flatnonzero(basis[:, c])[-1:].sum() for c in range(basis.shape[1])])
    used = basis.any(axis=0)
    settled = [np.flatnonzero(used & (last == row)) for row in range(len(basis))]
    found: list[Row] = []
    waiting = [(0, np.zeros(basis.shape[1], np.int64), frozenset[int]())]
    steps = 0
    while waiting:
        row, total, held = waiting.pop()
        steps += 1
        if steps > MOST_STEPS:
            raise RuntimeError("too many combinations")
        if row == len(basis):
            found += [held] if held else []
            continue
        for taken in (total, (total + basis[row]) % PRIME):
            now = taken[settled[row]]
            if (now > 1).any():
                continue
            more = held | {int(column) for column in settled[row][now == 1]}
            if merged.contributors(more) < k:
                waiting.append((row + 1, taken, more))
    return found
