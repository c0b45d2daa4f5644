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

    def test_a_text_with_nothing_to_read_is_neutral_and_carries_nothing(
        self, scorer: Scorer
    ) -> None:
        scores = scorer.score(["", " \n", "\x00"])

        assert scores.valence.tolist() == [0, 0, 0]
        assert not scores.signals.any()
        assert not scores.drivers.any()
