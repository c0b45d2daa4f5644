"""What a word adds is what the text loses without it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from models.language import explanation
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scores


class Counting:
    """Each "sad" takes a tenth to negative, each "tired" two to exhaustion; the rest is noise."""

    def __init__(self) -> None:
        self.texts = 0

    def score(self, texts: Sequence[str]) -> Scores:
        self.texts += len(texts)
        n = len(texts)
        sentiment = np.zeros((n, len(Sentiment)), np.float32)
        signals = np.zeros((n, len(Signal)), np.float32)
        for row, text in enumerate(texts):
            words = text.split()
            negative = 0.1 * words.count("sad")
            sentiment[row] = (negative, 1 - negative, 0)
            signals[row, list(Signal).index(Signal.EXHAUSTION)] = 0.2 * words.count("tired")
        return Scores(
            sentiment_p=sentiment,
            signals_p=signals,
            drivers_p=np.zeros((n, len(Driver)), np.float32),
            sure=np.ones(n, np.bool_),
            signals=signals > 0.3,
            drivers=np.zeros((n, len(Driver)), np.bool_),
            languages=[Language.EN] * n,
            model="test",
        )


def test_each_word_has_its_share() -> None:
    told = explanation.explained(Counting(), "so sad\nand tired, tired  sad")

    assert told.words == ("so", "sad", "and", "tired,", "tired", "sad")
    assert told.sentiment[:, 0] == pytest.approx([0, 0.1, 0, 0, 0, 0.1])
    assert told.sentiment[:, 1] == pytest.approx([0, -0.1, 0, 0, 0, -0.1])
    exhaustion = told.signals[:, list(Signal).index(Signal.EXHAUSTION)]
    assert exhaustion == pytest.approx([0, 0, 0, 0, 0.2, 0])
    assert told.drivers.shape == (6, len(Driver))
    assert told.untried == 0
    assert told.scores.sentiment_p[0, 0] == pytest.approx(0.2)


def test_a_long_text_costs_no_more_than_is_allowed() -> None:
    scorer = Counting()
    told = explanation.explained(scorer, "tired " * 500, most=3)

    assert told.words == ("tired",) * 3
    assert told.untried == 497
    assert scorer.texts == 4
    assert explanation.explained(scorer, "").words == ()


def test_whoever_waits_hears_how_far_it_is() -> None:
    heard: list[tuple[int, int]] = []
    text = "tired " + "so " * 40 + "sad"

    told = explanation.explained(Counting(), text, tried=lambda *one: heard.append(one))

    assert len(heard) > 1
    assert heard == sorted(set(heard))
    assert heard[-1] == (42, 42)
    assert {of for _, of in heard} == {42}
    assert told.words == tuple(text.split())
    assert told.sentiment[:, 0] == pytest.approx([0] * 41 + [0.1])
