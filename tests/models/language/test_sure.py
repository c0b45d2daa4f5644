"""A classifier that somebody brings answers to the floor with its own probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest

from models.language.engine_transformers import TransformersEngine
from models.language.plugged import PluggedScorer
from tests.fakes.scorer import SignScorer


class Classifier:
    """Says the same of every text."""

    def __init__(self, **p: float) -> None:
        self.labels, self._p = tuple(p), list(p.values())

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self._p for _ in texts], np.float32).reshape(-1, len(self._p))


def sure(classifier: Classifier, *texts: str) -> list[bool]:
    engine = cast("TransformersEngine", classifier)
    scorer = PluggedScorer(engine, SignScorer(), threshold=0.5, model="m")
    return [bool(one) for one in scorer.score(texts).sure]


@pytest.mark.parametrize(("likeliest", "named"), [(0.7, True), (0.6, False)])
def test_its_own_probabilities_meet_the_floor(likeliest: float, named: bool) -> None:  # noqa: FBT001 - a case
    own = Classifier(negative=likeliest, positive=1 - likeliest)

    assert sure(own, "+", "+-") == [named, named]


def test_what_it_ignores_takes_its_share_along() -> None:
    assert sure(Classifier(negative=0.4, positive=0.1, ignored=0.5), "+") == [True]


def test_where_it_says_nothing_nothing_is_sure() -> None:
    assert sure(Classifier(negative=0, positive=0, ignored=1), "+") == [False]


def test_of_a_blank_text_nothing_is_sure() -> None:
    certain = Classifier(negative=1)

    assert sure(certain, "", " \n", "\x00\u200b", "שלום", "👍") == [False, False, False, True, True]


def test_without_feelings_of_its_own_the_companion_is_asked() -> None:
    assert sure(Classifier(conflict=0.9), "++", "+!") == [True, False]
