"""A feed like the reference stays, one that the model is unsure of is frozen, a small one waits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from models.language import decision, drift
from models.language.corpus import loader, split
from models.language.drift import Verdict
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scores


class Hesitant:
    """Sure of what the corpus holds out, less of anything else; hears the corpus's languages."""

    def __init__(self, *, sure: float = 0.9, unsure: float = 0.6) -> None:
        self._held_out = {e.text: e.language for e in loader.load() if split.held_out(e.id)}
        self._sure, self._unsure = sure, unsure

    def score(self, texts: Sequence[str]) -> Scores:
        p = np.array(
            [self._sure if text in self._held_out else self._unsure for text in texts], np.float32
        )
        return Scores(
            sentiment_p=np.stack([p, (1 - p) / 2, (1 - p) / 2], axis=1).reshape(-1, len(Sentiment)),
            signals_p=np.zeros((len(texts), len(Signal)), np.float32),
            drivers_p=np.zeros((len(texts), len(Driver)), np.float32),
            sure=p >= decision.FLOOR,
            signals=np.zeros((len(texts), len(Signal)), np.bool_),
            drivers=np.zeros((len(texts), len(Driver)), np.bool_),
            languages=[self._held_out.get(text, Language.NL) for text in texts],
            model="test",
        )


def held_out(language: Language) -> list[str]:
    return [e.text for e in loader.load() if split.held_out(e.id) and e.language is language]


def test_the_reference_itself_has_not_drifted() -> None:
    texts = [text for language in Language for text in held_out(language)]

    found = drift.report(Hesitant(), texts)

    assert [one.language for one in found] == list(Language)
    for one in found:
        assert one.verdict is Verdict.WITHIN
        assert one.length == 0
        assert one.new_words == one.usual_new_words
        assert one.fall == pytest.approx(0)
        assert 0.02 < one.new_words < 0.3


def test_a_language_that_the_model_is_unsure_of_is_frozen_alone() -> None:
    strange = [f"blorp {number} zwoef krats" for number in range(drift.FEWEST)]

    english, dutch = drift.report(Hesitant(), [*held_out(Language.EN), *strange])

    assert (english.language, english.verdict) == (Language.EN, Verdict.WITHIN)
    assert (dutch.language, dutch.verdict) == (Language.NL, Verdict.FROZEN)
    assert dutch.texts == drift.FEWEST
    assert dutch.fall == pytest.approx(0.3)
    assert dutch.confidence == pytest.approx(0.6)
    assert dutch.new_words > 0.6 > dutch.usual_new_words
    assert dutch.length > 0.25


def test_few_texts_are_no_reason() -> None:
    strange = [f"blorp {number}" for number in range(drift.FEWEST - 1)]

    [dutch] = drift.report(Hesitant(), strange)

    assert dutch.verdict is Verdict.INSUFFICIENT


@pytest.mark.parametrize(("unsure", "verdict"), [(0.86, Verdict.WITHIN), (0.84, Verdict.FROZEN)])
def test_the_fall_decides(unsure: float, verdict: Verdict) -> None:
    strange = [f"blorp {number}" for number in range(drift.FEWEST)]

    [dutch] = drift.report(Hesitant(unsure=unsure), strange)

    assert dutch.verdict is verdict


def test_stability_is_that_of_the_formula() -> None:
    usual = np.repeat(np.arange(10), 10)  # a tenth in each bin
    seen = np.repeat([0, 9], [80, 20])

    expected = (0.8 - 0.1) * np.log(8) + (0.2 - 0.1) * np.log(2)
    expected += 8 * (0.001 - 0.1) * np.log(0.001 / 0.1)
    assert drift.stability(usual, seen) == pytest.approx(expected)
    assert drift.stability(usual, usual) == 0
