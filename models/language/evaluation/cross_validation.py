"""Figures by cross-validation: each message judged by a run that saw neither it nor its twins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.language import calibration, decision, figures
from models.language.corpus import split
from models.language.evaluation import abstention, intervals
from models.language.evaluation.abstention import Abstention
from models.language.evaluation.intervals import Interval
from models.language.heads import Array
from models.language.labels import Language, Sentiment, Signal
from models.language.training import operating_points
from models.language.training.folding import FOLDS
from models.language.training.operating_points import Flags, Truth
from models.language.training.rows import Row

SYNTHETIC, REAL = "synthetic", "real"

_TURNOVER: Final = list(Signal).index(Signal.TURNOVER_INTENT)
_MOBILITY: Final = list(Signal).index(Signal.MOBILITY_INTENT)


@dataclass(frozen=True, slots=True)
class Judged:
    """Probabilities and labels, with the operating points of the other folds.

    Attributes:
        sentiment_p: Shape ``(n, 3)``.
        signals_p: Shape ``(n, 8)``.
        drivers_p: Shape ``(n, 12)``.
        signals: Shape ``(n, 8)``.
        drivers: Shape ``(n, 12)``.
    """

    sentiment_p: Array
    signals_p: Array
    drivers_p: Array
    signals: Flags
    drivers: Flags


@dataclass(frozen=True, slots=True)
class Figures:
    """What one language (or all) came to.

    Attributes:
        language: Its code, or ``all``.
        texts: How many.
        sentiment: Macro-F1.
        signals: Macro-F1.
        drivers: Macro-F1.
        sentiment_ece: Expected calibration error.
        signals_ece: The same, the mean of the labels.
        drivers_ece: The same.
        abstention: Of feelings, how many are named and how many rightly.
        mobility_as_turnover: Share of those who want to move inside that are taken for leavers.
        turnover_as_mobility: The reverse.
    """

    language: str
    texts: int
    sentiment: Interval
    signals: Interval
    drivers: Interval
    sentiment_ece: float
    signals_ece: float
    drivers_ece: float
    abstention: Abstention
    mobility_as_turnover: float
    turnover_as_mobility: float


def judged(logits: Mapping[str, Array], known: Truth, ids: Sequence[str]) -> Judged:
    """Apply to each fold the temperatures and thresholds that the other folds call best."""
    folds = np.array([split.fold(one, FOLDS) for one in ids])
    n = len(ids)
    result = Judged(
        np.zeros((n, logits["sentiment"].shape[1]), np.float32),
        np.zeros((n, logits["signals"].shape[1]), np.float32),
        np.zeros((n, logits["drivers"].shape[1]), np.float32),
        np.zeros((n, logits["signals"].shape[1]), np.bool_),
        np.zeros((n, logits["drivers"].shape[1]), np.bool_),
    )
    for fold in np.unique(folds):
        rest, own = folds != fold, folds == fold
        points = operating_points.found(
            {family: values[rest] for family, values in logits.items()}, known.of(rest)
        )
        spoken = logits["language"][own].argmax(axis=1)  # as the scorer hears it
        heat = points.temperatures[spoken]
        result.sentiment_p[own] = calibration.calibrated(logits["sentiment"][own], heat[:, 0])
        result.signals_p[own] = calibration.independent(logits["signals"][own], heat[:, 1])
        result.drivers_p[own] = calibration.independent(logits["drivers"][own], heat[:, 2])
        result.signals[own] = decision.signals(
            result.signals_p[own], points.signal_thresholds[spoken]
        )
        result.drivers[own] = result.drivers_p[own] >= points.driver_thresholds[spoken]
    return result


def figures_of(rows: Sequence[Row], logits: Mapping[str, Array]) -> dict[str, list[Figures]]:
    """Of synthetic and of real rows, as far as there are any: a line a language, one for all.

    A language without rows has no line.

    Args:
        rows: The rows, in the order of the logits.
        logits: By family, of runs that never saw the row.
    """
    known = operating_points.truth(rows)
    ids = [row.id for row in rows]
    found = judged(logits, known, ids)
    groups = np.array([split.group(one) for one in ids])
    real = np.array([row.real for row in rows])
    return {
        kind: [
            *(
                _line(str(language), mine, known, found, groups)
                for place, language in enumerate(Language)
                if (mine := own & (known.languages == place)).any()
            ),
            _line("all", own, known, found, groups),
        ]
        for kind, own in ((SYNTHETIC, ~real), (REAL, real))
        if own.any()
    }


def _line(name: str, own: Flags, known: Truth, found: Judged, groups: NDArray[np.str_]) -> Figures:
    classes = np.eye(len(Sentiment), dtype=np.bool_)
    best = found.sentiment_p[own].argmax(axis=1)
    twins = groups[own].tolist()
    return Figures(
        language=name,
        texts=int(own.sum()),
        sentiment=intervals.macro_f1(classes[known.sentiment[own]], classes[best], twins),
        signals=intervals.macro_f1(known.signals[own], found.signals[own], twins),
        drivers=intervals.macro_f1(known.drivers[own], found.drivers[own], twins),
        sentiment_ece=figures.calibration_error(known.sentiment[own], found.sentiment_p[own]),
        signals_ece=figures.calibration_error_labels(known.signals[own], found.signals_p[own]),
        drivers_ece=figures.calibration_error_labels(known.drivers[own], found.drivers_p[own]),
        abstention=abstention.measured(
            known.sentiment[own], found.sentiment_p[own], decision.sure(found.sentiment_p[own])
        ),
        mobility_as_turnover=_taken_for(
            known.signals[own], found.signals[own], _MOBILITY, _TURNOVER
        ),
        turnover_as_mobility=_taken_for(
            known.signals[own], found.signals[own], _TURNOVER, _MOBILITY
        ),
    )


def _taken_for(truth: Flags, found: Flags, label: int, other: int) -> float:
    """Share of the texts with *label* and without *other* that are said to be *other*."""
    those = truth[:, label] & ~truth[:, other]
    return float((found[those, other]).mean()) if those.any() else 0.0
