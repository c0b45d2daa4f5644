"""What a run says of the rows that it left out, in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.language import calibration, figures
from models.language.figures import Flags
from models.language.heads import Array
from models.language.labels import Language
from models.language.training import operating_points
from models.language.training.operating_points import Truth
from models.language.training.rows import Row

ALL = "all"
_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Validation:
    """How a run did in one language, or in all.

    Temperatures and thresholds come from other folds, which one run knows nothing of: labels
    are those that are likelier than not, and the figures lie below cross-validated ones.

    Attributes:
        texts: How many.
        sentiment: Macro-F1.
        signals: Macro-F1; None where no text carries one.
        drivers: Macro-F1; None likewise.
        sentiment_ece: Expected calibration error.
        signals_ece: The same, the mean of the labels.
        drivers_ece: The same.
    """

    texts: int
    sentiment: float
    signals: float | None
    drivers: float | None
    sentiment_ece: float
    signals_ece: float
    drivers_ece: float


def validated(left_out: Sequence[Row], logits: Mapping[str, Array]) -> dict[str, Validation]:
    """By language, as far as there are rows of it, and of all.

    Args:
        left_out: The rows, at least one, in the order of the logits.
        logits: By family, shape ``(n, labels)``.
    """
    known = operating_points.truth(left_out)
    found = {
        str(language): _of(known.of(own), {name: said[own] for name, said in logits.items()})
        for place, language in enumerate(Language)
        if (own := known.languages == place).any()
    }
    return found | {ALL: _of(known, logits)}


def _of(known: Truth, logits: Mapping[str, Array]) -> Validation:
    even = np.ones(len(known.sentiment), np.float32)
    feelings = calibration.calibrated(logits["sentiment"], even)
    signals = calibration.independent(logits["signals"], even)
    drivers = calibration.independent(logits["drivers"], even)
    return Validation(
        texts=len(known.sentiment),
        sentiment=figures.macro_f1(known.sentiment, feelings.argmax(axis=1)),
        signals=_macro(known.signals, signals >= _EVEN),
        drivers=_macro(known.drivers, drivers >= _EVEN),
        sentiment_ece=figures.calibration_error(known.sentiment, feelings),
        signals_ece=figures.calibration_error_labels(known.signals, signals),
        drivers_ece=figures.calibration_error_labels(known.drivers, drivers),
    )


def _macro(truth: Flags, found: Flags) -> float | None:
    return figures.macro_f1_labels(truth, found) if truth.any() else None
