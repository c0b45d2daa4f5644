"""A feed like the reference stays, one that the model is unsure of is frozen, a small one waits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from models.language import decision, drift
from models.language.corpus import loader, split
from models.language.drift import Reason, Verdict
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scores


class Hesitant:
    """Sure of what the corpus holds out, less of anything else; hears the corpus's languages."""

    def __init__(self, *, sure: float = 0.9, unsure: float = 0.6, unreadable: float = 0.6) -> None:
        self._held_out = {e.text: e.language for e in loader.load() if split.held_out(e.id)}
        self._sure, self._unsure, self._unreadable = sure, unsure, unreadable

    def score(self, texts: Sequence[str]) -> Scores:
        p = np.array(
            [self._confidence(text) for text in texts],
            np.float32,
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

    def _confidence(self, text: str) -> float:
        if text in self._held_out:
            return self._sure
        return self._unsure if any(map(str.isalnum, text)) else self._unreadable


def usual_words(texts: int) -> list[str]:
    """Dutch that training has, a few words a text."""
    return ["dat ik een", "niet van de", "het en voor", "maar ook"] * (texts // 4) + [
        "dat ik een"
    ] * (texts % 4)


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
        assert one.new_words is not None
        assert 0.02 < one.new_words < 0.3
        assert one.unreadable == one.usual_unreadable < 0.02
        assert one.reasons == ()


def test_a_language_that_the_model_is_unsure_of_is_frozen_alone() -> None:
    strange = [f"blorp {number} zwoef krats" for number in range(drift.FEWEST)]

    english, dutch = drift.report(Hesitant(), [*held_out(Language.EN), *strange])

    assert (english.language, english.verdict) == (Language.EN, Verdict.WITHIN)
    assert (dutch.language, dutch.verdict) == (Language.NL, Verdict.FROZEN)
    assert dutch.texts == drift.FEWEST
    assert dutch.fall == pytest.approx(0.3)
    assert dutch.confidence == pytest.approx(0.6)
    assert dutch.new_words is not None
    assert dutch.new_words > 0.6 > dutch.usual_new_words
    assert dutch.length is not None
    assert dutch.length > 0.25
    assert dutch.reasons == (Reason.CONFIDENCE, Reason.NEW_WORDS)


def test_few_texts_are_no_reason() -> None:
    strange = [f"blorp {number}" for number in range(drift.FEWEST - 1)]

    [alone] = drift.report(Hesitant(), strange)
    [with_silent_ones] = drift.report(Hesitant(), strange + [""] * 10)

    assert alone.verdict is with_silent_ones.verdict is Verdict.INSUFFICIENT
    assert alone.reasons == with_silent_ones.reasons == ()


@pytest.mark.parametrize(("unsure", "verdict"), [(0.86, Verdict.WITHIN), (0.84, Verdict.FROZEN)])
def test_the_fall_decides(unsure: float, verdict: Verdict) -> None:
    [dutch] = drift.report(Hesitant(unsure=unsure), usual_words(drift.FEWEST))

    assert dutch.verdict is verdict
    assert dutch.reasons == ((Reason.CONFIDENCE,) if verdict is Verdict.FROZEN else ())


@pytest.mark.parametrize(
    ("new", "verdict"),
    [(drift.MOST_NEW - 0.05, Verdict.WITHIN), (drift.MOST_NEW + 0.05, Verdict.FROZEN)],
)
def test_words_that_training_does_not_have_decide_however_sure_the_model_is(
    new: float, verdict: Verdict
) -> None:
    [usual] = drift.report(Hesitant(), held_out(Language.NL))
    strange = round((usual.usual_new_words + new) * 400)
    texts = ["blorp"] * strange + ["dat ik een"] * (400 - strange)

    [dutch] = drift.report(Hesitant(unsure=0.95), texts)

    assert dutch.new_words == pytest.approx(strange / 400)
    assert dutch.verdict is verdict
    assert dutch.reasons == ((Reason.NEW_WORDS,) if verdict is Verdict.FROZEN else ())


def test_every_text_counts_alike_so_a_script_without_spaces_is_not_drowned() -> None:
    texts = ["今天的会议又延期了"] * 300 + ["dat ik een het niet van de en voor maar ook"] * 300

    [dutch] = drift.report(Hesitant(unsure=0.95), texts)

    assert dutch.new_words == pytest.approx(0.5)
    assert dutch.reasons == (Reason.NEW_WORDS,)


def test_texts_without_a_word_hide_nothing() -> None:
    texts = usual_words(300)

    [alone] = drift.report(Hesitant(), texts)
    [beside] = drift.report(Hesitant(unreadable=1), texts + ["", "...", "👍 \n"] * 60)

    assert alone.reasons == beside.reasons == (Reason.CONFIDENCE,)
    assert beside.fall == pytest.approx(alone.fall)
    assert beside.length == pytest.approx(alone.length)
    assert (alone.texts, beside.texts) == (300, 480)
    assert alone.unreadable == 0
    assert beside.unreadable == pytest.approx(180 / 480)


def test_a_language_most_of_which_has_no_word_is_frozen() -> None:
    sure = Hesitant(unsure=0.95)

    [half] = drift.report(sure, usual_words(200) + [""] * 200)
    [most] = drift.report(sure, usual_words(200) + [""] * 201)
    [nothing] = drift.report(sure, ["..."] * 200)
    [few] = drift.report(sure, ["..."] * 199)
    [too_few_that_speak] = drift.report(sure, usual_words(199) + [""] * 199)

    assert half.verdict is Verdict.WITHIN
    assert most.reasons == nothing.reasons == (Reason.UNREADABLE,)
    assert most.verdict is nothing.verdict is Verdict.FROZEN
    assert nothing.fall is nothing.confidence is nothing.length is nothing.new_words is None
    assert few.verdict is too_few_that_speak.verdict is Verdict.INSUFFICIENT


def test_stability_is_that_of_the_formula() -> None:
    usual = np.repeat(np.arange(10), 10)  # a tenth in each bin
    seen = np.repeat([0, 9], [80, 20])

    expected = (0.8 - 0.1) * np.log(8) + (0.2 - 0.1) * np.log(2)
    expected += 8 * (0.001 - 0.1) * np.log(0.001 / 0.1)
    assert drift.stability(usual, seen) == pytest.approx(expected)
    assert drift.stability(usual, usual) == 0
