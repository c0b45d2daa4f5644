"""What counting words gives: the measure that a model has to beat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import (  # type: ignore[import-untyped] # ships no types
    TfidfVectorizer,
)
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped] # nor this
from sklearn.model_selection import (  # type: ignore[import-untyped] # nor this
    StratifiedKFold,
    cross_val_predict,
)
from sklearn.multiclass import OneVsRestClassifier  # type: ignore[import-untyped] # nor this
from sklearn.pipeline import (  # type: ignore[import-untyped] # nor this
    FeatureUnion,
    make_pipeline,
    make_union,
)

from models.language.labels import Driver, Sentiment, Signal
from models.language.training.rows import Row

_FOLDS = StratifiedKFold(5, shuffle=True, random_state=0)


class WordCounts:
    """TF-IDF of words and of runs of letters, with logistic regression, on our training rows."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._features = _features()
        texts = self._features.fit_transform([row.text for row in rows])
        places = [place for place, row in enumerate(rows) if row.signals is not None]
        own, labelled = texts[places], [rows[place] for place in places]
        self._classes = [
            _fit(texts, np.array([row.sentiment is label for row in rows])) for label in Sentiment
        ]
        self._signals = [
            _fit(own, np.array([label in (row.signals or ()) for row in labelled]), balanced=True)
            for label in Signal
        ]
        self._drivers = [
            _fit(own, np.array([label in (row.drivers or ()) for row in labelled]), balanced=True)
            for label in Driver
        ]

    def score(
        self, texts: Sequence[str]
    ) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.bool_]]:
        """The place of the sentiment of each text; ``(n, 8)`` signals; ``(n, 12)`` drivers."""
        counted = self._features.transform(list(texts))
        classes, signals, drivers = (
            np.stack([model.decision_function(counted) for model in models], axis=1)
            for models in (self._classes, self._signals, self._drivers)
        )
        return classes.argmax(axis=1), signals > 0, drivers > 0


def at_home(texts: Sequence[str], truth: NDArray[np.intp]) -> NDArray[np.intp]:
    """What the same makes of each of *texts* after learning from the other four fifths.

    No rival of a model that never saw such texts, but what one would get by labelling them.
    """
    learner = make_pipeline(_features(), OneVsRestClassifier(_learner()))
    found: NDArray[np.intp] = cross_val_predict(learner, list(texts), truth, cv=_FOLDS)
    return found


def _features() -> FeatureUnion:
    return make_union(
        TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2)),
        TfidfVectorizer(sublinear_tf=True, min_df=5, analyzer="char_wb", ngram_range=(3, 4)),
    )


def _learner(weight: str | None = None) -> LogisticRegression:
    return LogisticRegression(C=3, solver="liblinear", class_weight=weight)


def _fit(texts: object, truth: NDArray[np.bool_], *, balanced: bool = False) -> LogisticRegression:
    return _learner("balanced" if balanced else None).fit(texts, truth)
