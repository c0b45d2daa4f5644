"""Weeks of replies for tests: people with a home unit and how often they answered each unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.climate.networks.matrix import REPLY_BOUND, ReplyMatrix, ShownMatrix, disclose
from models.climate.unit_tree import UnitTree
from tests.fakes.trees import tree

NAMES = tuple(f"u{number:02}" for number in range(40))


@dataclass(frozen=True)
class People:
    """Everybody of an organisation in one week.

    Attributes:
        homes: Shape ``(p,)``: number of each person's unit.
        written: Shape ``(p, n)``: how often each answered people of each unit.
    """

    homes: NDArray[np.int64]
    written: NDArray[np.int64]

    @property
    def contributors(self) -> NDArray[np.int64]:
        """Shape ``(n,)``: people with three messages or more."""
        enough = self.written.sum(axis=1) >= 3
        return np.bincount(self.homes[enough], minlength=self.written.shape[1])

    def matrix(self) -> ReplyMatrix:
        """What is counted of them."""
        n = self.written.shape[1]
        at_home = self.homes == np.arange(n)[:, None]
        return ReplyMatrix(
            NAMES[:n],
            at_home @ np.minimum(self.written, REPLY_BOUND),
            at_home.astype(np.int64) @ (self.written > 0),
            self.contributors,
        )


def random_people(seed: int, units: int) -> People:
    """Some units small, some pairs thin, more so in some weeks: what the rules are for."""
    rng = np.random.default_rng(seed)
    busy = rng.uniform(0.4, 1)
    sizes = np.where(rng.random(units) < busy, rng.integers(10, 18, units), rng.integers(3, 9))
    homes = np.repeat(np.arange(units), sizes)
    written = np.zeros((len(homes), units), np.int64)
    for home in range(units):
        everyone = np.flatnonzero(homes == home)
        for other in range(units):
            thick = home == other or rng.random() < busy
            some = rng.permutation(everyone)[: rng.integers(5, 13) if thick else rng.integers(7)]
            written[some, other] = rng.integers(1, 30, len(some))
    return People(homes, written)


def flat(units: Sequence[str], eligible: int = 30) -> UnitTree:
    """One organisation with *units* directly below, of *eligible* people each."""
    counts = {"org": eligible * len(units)} | dict.fromkeys(units, eligible)
    return tree({"org": None} | dict.fromkeys(units, "org"), counts)


def disclosed(matrix: ReplyMatrix, k: int = 10) -> ShownMatrix:
    """What of *matrix* may be known under *k*."""
    return disclose(matrix, flat(matrix.units), k=k)


def shown(
    replies: ArrayLike,
    *,
    rest: ArrayLike = 0,
    hidden: Sequence[tuple[int, int]] = (),
    contributors: ArrayLike = 30,
) -> ShownMatrix:
    """A matrix of which all may be known but the pairs in *hidden*."""
    given = np.asarray(replies, np.int64)
    n = len(given)
    mask = np.ones((n, n), np.bool_)
    for one, other in hidden:
        mask[one, other] = mask[other, one] = False
    return ShownMatrix(
        NAMES[:n],
        np.where(mask, given, 0),
        mask,
        np.broadcast_to(np.asarray(rest, np.int64), (n,)) + np.where(mask, 0, given).sum(axis=1),
        np.broadcast_to(np.asarray(contributors, np.int64), (n,)),
    )
