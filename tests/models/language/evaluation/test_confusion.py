"""Each label's confusion is that which another library counts."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import (  # type: ignore[import-untyped] # ships no types
    multilabel_confusion_matrix,
)

from models.language.evaluation import confusion
from models.language.labels import Signal


def test_the_four_counts_are_those_of_another_library() -> None:
    chance = np.random.default_rng(7)
    truth = chance.random((90, len(Signal))) < 0.3
    found = truth ^ (chance.random(truth.shape) < 0.2)

    counts = confusion.counted("nl", tuple(Signal), truth, found)

    expected = multilabel_confusion_matrix(truth, found)
    assert [one.label for one in counts] == list(Signal)
    for one, [[lacking, wrong], [missed, right]] in zip(counts, expected, strict=True):
        assert one.language == "nl"
        assert (one.true_negatives, one.false_positives) == (lacking, wrong)
        assert (one.false_negatives, one.true_positives) == (missed, right)


def test_a_cell_of_the_card_says_what_was_found_said_wrongly_and_missed() -> None:
    truth = np.array([[True], [True], [True], [False], [False], [False], [False]])
    found = np.array([[True], [False], [False], [True], [False], [False], [False]])

    [one] = confusion.counted("en", ["growth"], truth, found)

    assert str(one) == "1 +1 -2"
    assert one.true_negatives == 3
