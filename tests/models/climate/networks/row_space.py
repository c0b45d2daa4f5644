"""The oracle of the matrix: which groups of cells can be told by adding and subtracting.

Slow and obvious.  An atom is one cell between two units; what is shown is a row over atoms; a group
of cells is known if its row lies in the span of those.  All groups are tried.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.climate.networks.matrix import LEAST_SENDERS
from tests.models.climate.networks.replies import People


def exposed_groups(people: People, rows: NDArray[np.bool_], k: int) -> int:
    """How many groups of cells can be told exactly that hold too few people.

    Args:
        people: Who wrote to whom.
        rows: Shape ``(r, n, n)``: cells that each of the shown sums is over.
        k: Fewest contributors in the units that write, and in those that are written to.
    """
    n = people.written.shape[1]
    filled = np.flatnonzero(people.matrix().replies)
    numbers = np.arange(1, 2 ** len(filled))
    groups = np.zeros((len(numbers), n * n))
    groups[:, filled] = (numbers[:, None] >> np.arange(len(filled))) & 1
    spanned = _in_span(rows.reshape(len(rows), -1)[:, filled], groups[:, filled])
    known = groups[spanned] > 0

    at_home = people.homes[:, None] == np.arange(n)
    wrote = people.written > 0
    senders = at_home[:, :, None] & wrote[:, None, :]
    repliers = at_home[:, None, :] & wrote[:, :, None]
    cells = known.reshape(-1, n, n)
    too_few = (
        (_people(known, senders) < LEAST_SENDERS)
        | (_people(known, repliers) < LEAST_SENDERS)
        | (cells.any(axis=2) @ people.contributors < k)
        | (cells.any(axis=1) @ people.contributors < k)
    )
    return int(too_few.sum())


def _people(groups: NDArray[np.bool_], cells_of: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many people are in at least one cell of each group."""
    met = groups.astype(np.int64) @ cells_of.reshape(len(cells_of), -1).T > 0
    count: NDArray[np.int64] = met.sum(axis=1)
    return count


def _in_span(rows: NDArray[np.bool_], targets: NDArray[np.float64]) -> NDArray[np.bool_]:
    _, size, basis = np.linalg.svd(rows.astype(np.float64), full_matrices=False)
    basis = basis[size > 1e-9]
    off: NDArray[np.float64] = np.linalg.norm(targets - targets @ basis.T @ basis, axis=1)
    return off < 1e-7
