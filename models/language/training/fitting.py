"""Fits linear heads, their temperatures and thresholds on frozen vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped] # ships no types
from torch import Tensor
from torch.nn import functional

from models.language import calibration
from models.language.corpus import split
from models.language.heads import Array, Heads, Linear
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.training.rows import Row

FOLDS = 5
_SENTIMENT_PENALTY = 500.0
_LABEL_PENALTY = 200.0
_LANGUAGE_PENALTY = 100.0
_STEPS = 60
_LEAST_SPREAD = 1e-6
_GRID = np.linspace(0.08, 0.8, 73)
_PRIOR_POSITIVES = 60.0
"""How many positives of one language it takes to trust that language's own threshold by half."""

_LANGUAGES = list(Language)
Flags = NDArray[np.bool_]


def _targets(rows: Sequence[Row]) -> tuple[NDArray[np.intp], Flags, Flags, NDArray[np.intp]]:
    sentiment = np.array([list(Sentiment).index(row.sentiment) for row in rows])
    signals = np.array([[label in (row.signals or ()) for label in Signal] for row in rows])
    drivers = np.array([[label in (row.drivers or ()) for label in Driver] for row in rows])
    languages = np.array([_LANGUAGES.index(row.language) for row in rows])
    return sentiment, signals, drivers, languages


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
    sentiment, signals, drivers, languages = _targets(rows)
    heads: dict[str, Linear] = {}
    for family, target, weight, penalty in (
        ("sentiment", np.eye(len(Sentiment))[sentiment], weights, _SENTIMENT_PENALTY),
        ("signals", signals, weights * labelled, _LABEL_PENALTY),
        ("drivers", drivers, weights * labelled, _LABEL_PENALTY),
        ("language", np.eye(len(Language))[languages], weights, _LANGUAGE_PENALTY),
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


def _best_threshold(truth: Flags, p: Array) -> float:
    """The threshold with the best F1, the middle of the plateau that is nearly as good."""
    flags = p[:, None] >= _GRID
    hits = (flags & truth[:, None]).sum(axis=0)
    f1 = 2 * hits / np.maximum(flags.sum(axis=0) + truth.sum(), 1)
    good = np.flatnonzero(f1 >= f1.max() - 0.003)
    return float(np.median(_GRID[good]))


def _thresholds(truth: Flags, p: Array, languages: NDArray[np.intp]) -> Array:
    """Shape ``(languages, labels)``: each language's own, drawn towards that of all three."""
    found = np.zeros((len(_LANGUAGES), truth.shape[1]), np.float32)
    for label in range(truth.shape[1]):
        whole = _best_threshold(truth[:, label], p[:, label])
        for language in range(len(_LANGUAGES)):
            own = languages == language
            trust = truth[own, label].sum() / (truth[own, label].sum() + _PRIOR_POSITIVES)
            mine = _best_threshold(truth[own, label], p[own, label])
            found[language, label] = trust * mine + (1 - trust) * whole
    return found


def _likeliest(loss_at: Callable[[float], float]) -> float:
    result = minimize_scalar(loss_at, bounds=(0.4, 4.0), method="bounded")
    return float(result.x)


def _temperatures(
    logits: dict[str, Array],
    sentiment: NDArray[np.intp],
    flags: dict[str, Flags],
    languages: NDArray[np.intp],
) -> Array:
    """Shape ``(languages, 3)``: what makes the out-of-fold predictions most likely."""
    found = np.ones((len(_LANGUAGES), 3), np.float32)
    for language in range(len(_LANGUAGES)):
        own = np.flatnonzero(languages == language)

        def sentiment_loss(t: float, own: NDArray[np.intp] = own) -> float:
            p = calibration.calibrated(logits["sentiment"][own], np.full(len(own), t, np.float32))
            return float(-np.log(p[np.arange(len(own)), sentiment[own]] + 1e-9).mean())

        found[language, 0] = _likeliest(sentiment_loss)
        for column, family in enumerate(("signals", "drivers"), start=1):

            def label_loss(t: float, own: NDArray[np.intp] = own, family: str = family) -> float:
                p = calibration.independent(logits[family][own], np.full(len(own), t, np.float32))
                right = np.where(flags[family][own], p, 1 - p)
                return float(-np.log(right + 1e-9).mean())

            found[language, column] = _likeliest(label_loss)
    return found


def fitted(vectors: Array, rows: Sequence[Row], layers: tuple[int, ...]) -> Heads:
    """Heads on all *rows*; temperatures and thresholds from out-of-fold predictions alone."""
    logits = out_of_fold(vectors, rows)
    ours = [row for row in rows if row.corpus]
    sentiment, signals, drivers, languages = _targets(ours)
    flags = {"signals": signals, "drivers": drivers}
    temperatures = _temperatures(logits, sentiment, flags, languages)
    thresholds = {
        family: _thresholds(
            truth,
            calibration.independent(logits[family], temperatures[languages, column]),
            languages,
        )
        for column, (family, truth) in enumerate(flags.items(), start=1)
    }
    return Heads(
        layers=layers,
        temperatures=temperatures,
        signal_thresholds=thresholds["signals"],
        driver_thresholds=thresholds["drivers"],
        **linear_heads(vectors, rows),
    )
