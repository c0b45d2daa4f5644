"""Fits linear heads, their temperatures and thresholds on frozen vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.language.corpus import split
from models.language.heads import Array, Heads, Linear
from models.language.labels import Language, Sentiment
from models.language.training import operating_points
from models.language.training.folding import FOLDS
from models.language.training.rows import Row

_SENTIMENT_PENALTY = 500.0
_LABEL_PENALTY = 200.0
_LANGUAGE_PENALTY = 100.0
_STEPS = 60
_LEAST_SPREAD = 1e-6


def _separated(
    scaled: Tensor, target: Tensor, weights: Tensor, penalty: float, *, one_of: bool
) -> tuple[Array, Array]:
    """Weights and offsets of logistic regression, every label of a family at once.

    Convex, so the same wherever it starts; the offsets are not penalised.
    """
    rows = torch.zeros(target.shape[1], scaled.shape[1], requires_grad=True)
    offsets = torch.zeros(target.shape[1], requires_grad=True)
    solver = torch.optim.LBFGS(
        [rows, offsets], max_iter=_STEPS, history_size=20, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        solver.zero_grad()
        logits = scaled @ rows.T + offsets
        if one_of:
            wrong = functional.cross_entropy(logits, target, reduction="none")
        else:
            wrong = functional.binary_cross_entropy_with_logits(
                logits, target, reduction="none"
            ).sum(dim=1)
        total = (wrong * weights).sum() + penalty / 2 * rows.square().sum()
        total.backward()  # type: ignore[no-untyped-call] # untyped there
        return total

    solver.step(loss)  # type: ignore[no-untyped-call] # untyped there
    return rows.detach().numpy(), offsets.detach().numpy()


def linear_heads(vectors: Array, rows: Sequence[Row]) -> dict[str, Linear]:
    """The four heads without temperatures; class balance is left to the thresholds.

    Weighting rare labels up would trade calibration for nothing: the thresholds already say
    where a label is set.
    """
    weights = np.array([row.weight for row in rows], np.float32)
    labelled = np.array([row.signals is not None for row in rows], np.float32)
    centre, spread = vectors.mean(axis=0), vectors.std(axis=0) + _LEAST_SPREAD
    scaled = torch.from_numpy((vectors - centre) / spread)
    known = operating_points.truth(rows)
    heads: dict[str, Linear] = {}
    for family, target, weight, penalty in (
        ("sentiment", np.eye(len(Sentiment))[known.sentiment], weights, _SENTIMENT_PENALTY),
        ("signals", known.signals, weights * labelled, _LABEL_PENALTY),
        ("drivers", known.drivers, weights * labelled, _LABEL_PENALTY),
        ("language", np.eye(len(Language))[known.languages], weights, _LANGUAGE_PENALTY),
    ):
        own, offsets = _separated(
            scaled,
            torch.from_numpy(target.astype(np.float32)),
            torch.from_numpy(weight),
            penalty,
            one_of=family in {"sentiment", "language"},
        )
        # The same head on vectors as they come.
        own = own / spread
        heads[family] = Linear(own, offsets - own @ centre)
    return heads


def out_of_fold(vectors: Array, rows: Sequence[Row]) -> dict[str, Array]:
    """Logits of the corpus rows by heads that never saw them, by family; twins lie together."""
    folds = np.array([split.fold(row.id, FOLDS) for row in rows])
    ours = np.array([row.corpus for row in rows])
    logits: dict[str, Array] = {}
    for fold in range(FOLDS):
        rest = np.flatnonzero((folds != fold) | ~ours)
        fitted = linear_heads(vectors[rest], [rows[int(place)] for place in rest])
        own = (folds == fold) & ours
        for family, head in fitted.items():
            found = logits.setdefault(family, np.zeros((len(rows), len(head.offsets)), np.float32))
            found[own] = head.logits(vectors[own])
    return {family: found[ours] for family, found in logits.items()}


def fitted(vectors: Array, rows: Sequence[Row], layers: tuple[int, ...]) -> Heads:
    """Heads on all *rows*; temperatures and thresholds from out-of-fold predictions alone."""
    ours = [row for row in rows if row.corpus]
    points = operating_points.found(out_of_fold(vectors, rows), operating_points.truth(ours))
    return Heads(
        layers=layers,
        temperatures=points.temperatures,
        signal_thresholds=points.signal_thresholds,
        driver_thresholds=points.driver_thresholds,
        **linear_heads(vectors, rows),
    )
