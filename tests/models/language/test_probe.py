"""The default scorer on the encoder that set-up builds."""

from __future__ import annotations

import pytest

from models.language import registry
from models.language.labels import Language, Signal
from models.language.scorer import Scorer
from tests.suites.scorer import ScorerSuite


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return registry.load(threads=1)


class TestDefault(ScorerSuite):
    """The shipped default keeps the rules of every scorer."""

    def test_reads_three_languages(self, scorer: Scorer) -> None:
        texts = [
            "Great work everybody, so proud of what we shipped together today!",
            "Wat een topteam, ik ben echt trots op wat we samen hebben gedaan!",
            "Bravo à toute l'équipe, je suis vraiment fière de ce qu'on a fait ensemble !",
        ]
        scores = scorer.score(texts)

        assert list(scores.languages) == [Language.EN, Language.NL, Language.FR]
        assert all(scores.valence > 0.5)
        assert all(scores.signals[:, list(Signal).index(Signal.COMMITMENT)])

    def test_what_has_no_known_letters_is_silent_and_emoji_are_read(self, scorer: Scorer) -> None:
        foreign = ["مرحبا كيف حالك", "שלום מה שלומך", "안녕하세요", "გამარჯობა", "日本語の文章です"]
        scores = scorer.score([*foreign, "😡😡😡", "👍"])

        assert scores.valence[:-2].tolist() == [0] * len(foreign)
        assert scores.sentiment_p[:-2, 1].tolist() == [1] * len(foreign)
        assert not scores.signals[:-2].any()
        assert not scores.drivers[:-2].any()
        assert scores.sure.tolist() == [False] * len(foreign) + [True, True]
        assert scores.valence[-2] < -0.5 < 0.5 < scores.valence[-1]

    def test_what_is_doubtful_keeps_its_probabilities(self, scorer: Scorer) -> None:
        doubtful = scorer.score(["???"])

        assert not doubtful.sure[0]
        assert 0.4 < doubtful.sentiment_p.max() < 0.65

    def test_a_text_with_nothing_to_read_is_neutral_and_carries_nothing(
        self, scorer: Scorer
    ) -> None:
        scores = scorer.score(["", " \n", "\x00"])

        assert scores.valence.tolist() == [0, 0, 0]
        assert not scores.sure.any()
        assert not scores.signals.any()
        assert not scores.drivers.any()
