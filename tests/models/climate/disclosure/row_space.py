"""The oracle of the counting gate: linear algebra over every group there is.

Slow and obvious.  An atom is what one leaf wrote in one week (people who withdrew have atoms of
their own, for they are in the weeks and not in the four).  What was published is a row over atoms;
a group is known if its row lies in the span of those.  Where there are few atoms, all groups are
tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from models.climate.windows import Window
from tests.fakes.trees import FOUR_WEEKS, WEEKS, Organisation

Atom = tuple[str, int, bool]
Published = Mapping[Window, AbstractSet[str]]
MOST_ATOMS = 14
"""So many have 16,384 groups."""


def exposed_groups(organisation: Organisation, published: Published, k: int) -> int:
    """How many groups of fewer than *k* contributors can be told exactly."""
    people, atoms = _messages(organisation)
    if not atoms:
        return 0
    targets = _all_groups(len(atoms)) if len(atoms) <= MOST_ATOMS else _likely(organisation, atoms)
    rows = np.array(list(_rows(organisation, published, atoms)), np.float64).reshape(-1, len(atoms))
    known = targets[_in_span(rows, targets)]
    contributors = (known @ people.T >= 3).sum(axis=1)
    return int(((contributors < k) & known.any(axis=1)).sum())


def _messages(organisation: Organisation) -> tuple[NDArray[np.float64], list[Atom]]:
    """Messages of each person in each atom, and the atoms that anybody wrote in."""
    found: dict[Atom, dict[int, int]] = {}
    for number, person in enumerate(organisation.people):
        for week, window in enumerate(WEEKS):
            if messages := person.messages(window):
                atom = (person.leaf, week, number in organisation.gone)
                found.setdefault(atom, {})[number] = messages
    atoms = sorted(found)
    matrix = np.zeros((len(organisation.people), len(atoms)))
    for column, atom in enumerate(atoms):
        for number, messages in found[atom].items():
            matrix[number, column] = messages
    return matrix, atoms


def _rows(
    organisation: Organisation, published: Published, atoms: list[Atom]
) -> Iterable[list[bool]]:
    for window, units in published.items():
        for unit in units:
            leaves = _leaves(organisation, unit)
            if window == FOUR_WEEKS:
                yield [leaf in leaves and not gone for leaf, _, gone in atoms]
            else:
                yield [leaf in leaves and WEEKS[week] == window for leaf, week, _ in atoms]


def _leaves(organisation: Organisation, unit: str) -> AbstractSet[str]:
    children = organisation.units.children(unit)
    return (
        set().union(*(_leaves(organisation, child) for child in children)) if children else {unit}
    )


def _in_span(rows: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.bool_]:
    _, size, basis = np.linalg.svd(rows, full_matrices=False)
    basis = basis[size > 1e-9]
    off: NDArray[np.float64] = np.linalg.norm(targets - targets @ basis.T @ basis, axis=1)
    return off < 1e-7


def _all_groups(atoms: int) -> NDArray[np.float64]:
    numbers = np.arange(2**atoms)[:, None]
    return ((numbers >> np.arange(atoms)) & 1).astype(np.float64)


def _likely(organisation: Organisation, atoms: list[Atom]) -> NDArray[np.float64]:
    """Every unit in some weeks, less up to two others in some weeks."""
    regions = [
        np.array([leaf in _leaves(organisation, unit) and week in weeks for leaf, week, _ in atoms])
        for unit in organisation.units.top_down()
        for size in (1, 2, 3, 4)
        for weeks in combinations(range(4), size)
    ]
    groups = {tuple(region) for region in regions}
    groups |= {tuple(one & ~other) for one in regions for other in regions}
    staying = np.array([not gone for _, _, gone in atoms])
    groups |= {tuple(np.array(group) & staying) for group in groups}
    return np.array(sorted(groups), np.float64)
