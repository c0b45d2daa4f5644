"""Finds the temperatures and thresholds of heads, from predictions on rows they never saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped] # ships no types

from models.language import calibration
from models.language.heads import Array
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.training.rows import Row

_GRID = np.linspace(0.08, 0.8, 73)
_PRIOR_POSITIVES = 60.0
"""How many positives of one language it takes to trust that language's own threshold by half."""

_LANGUAGES = list(Language)
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Truth:
    """The labels of some rows, as places in the closed lists.

    Attributes:
        sentiment: Shape ``(n,)``.
        signals: Shape ``(n, 8)``.
        drivers: Shape ``(n, 12)``.
        languages: Shape ``(n,)``.
    """

    sentiment: NDArray[np.intp]
    signals: Flags
    drivers: Flags
    languages: NDArray[np.intp]

    def of(self, which: Flags) -> Truth:
        """Those of the rows for which *which* is true."""
        return Truth(
            self.sentiment[which], self.signals[which], self.drivers[which], self.languages[which]
        )


def truth(rows: Sequence[Row]) -> Truth:
    """What *rows* are labelled with; a label that nobody looked for counts as absent."""
    return Truth(
        np.array([list(Sentiment).index(row.sentiment) for row in rows]),
        np.array([[label in (row.signals or ()) for label in Signal] for row in rows]),
        np.array([[label in (row.drivers or ()) for label in Driver] for row in rows]),
        np.array([_LANGUAGES.index(row.language) for row in rows]),
    )


@dataclass(frozen=True, slots=True)
class OperatingPoints:
    """Where logits become probabilities, and probabilities labels.

    Attributes:
        temperatures: Shape ``(languages, 3)``: for sentiment, signals and drivers.
        signal_thresholds: Shape ``(languages, 8)``, probabilities.
        driver_thresholds: Shape ``(languages, 12)``, probabilities.
    """

    temperatures: Array
    signal_thresholds: Array
    driver_thresholds: Array


def found(logits: Mapping[str, Array], known: Truth) -> OperatingPoints:
    """The best ones for *logits*, by family, of rows that are *known* and were not learnt."""
    flags = {"signals": known.signals, "drivers": known.drivers}
    temperatures = _temperatures(logits, known.sentiment, flags, known.languages)
    thresholds = {
        family: _thresholds(
            labels,
            calibration.independent(logits[family], temperatures[known.languages, column]),
            known.languages,
        )
        for column, (family, labels) in enumerate(flags.items(), start=1)
    }
    return OperatingPoints(temperatures, thresholds["signals"], thresholds["drivers"])


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
    logits: Mapping[str, Array],
    sentiment: NDArray[np.intp],
    flags: Mapping[str, Flags],
    languages: NDArray[np.intp],
) -> Array:
    """Shape ``(languages, 3)``: what makes the out-of-fold predictions most likely, else 1."""
    found = np.ones((len(_LANGUAGES), 3), np.float32)
    for language in range(len(_LANGUAGES)):
        own = np.flatnonzero(languages == language)
        if not len(own):
            continue

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
