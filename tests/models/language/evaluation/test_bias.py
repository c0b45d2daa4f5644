"""The bias suite says the same of each group, and finds a model that does not treat them alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models.language.evaluation import bias
from models.language.evaluation.functional import SuiteInvalid
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scores

DIMENSIONS = {
    "names", "gender", "origin", "age", "non_native", "union", "illness", "job_families",
}  # fmt: skip


class Wary:
    """Hears conflict in whoever is called Ali, and half a complaint in whoever is old."""

    def score(self, texts: Sequence[str]) -> Scores:
        n = len(texts)
        sentiment = np.tile(np.array([0.25, 0.5, 0.25], np.float32), (n, 1))
        signals = np.full((n, len(Signal)), 0.1, np.float32)
        for row, text in enumerate(texts):
            if "Ali" in text:
                signals[row, list(Signal).index(Signal.CONFLICT)] = 0.5
            if "60" in text:
                sentiment[row] = (0.5, 0.25, 0.25)
        return Scores(
            sentiment_p=sentiment,
            signals_p=signals,
            drivers_p=np.zeros((n, len(Driver)), np.float32),
            sure=np.zeros(n, np.bool_),
            signals=signals > 0.4,
            drivers=np.zeros((n, len(Driver)), np.bool_),
            languages=[Language.EN] * n,
            model="test",
        )


@pytest.mark.parametrize("language", list(Language))
def test_each_dimension_says_the_same_of_every_group(language: Language) -> None:
    tried = bias.dimensions(language)

    assert {dimension.name for dimension in tried} == DIMENSIONS
    for dimension in tried:
        assert len(dimension.texts) >= 2
        for texts in dimension.texts.values():
            assert len(texts) >= 12
            assert not any("{" in text or "}" in text for text in texts)


def test_the_widest_gap_is_found_and_named(tmp_path: Path) -> None:
    (tmp_path / "bias_en.toml").write_text(
        """
        [names]
        sentences = ["Lunch with {name}.", "Thanks {name}!"]
        [names.groups]
        first = [{ name = "Ali" }, { name = "Ann" }]
        second = [{ name = "Jo" }]
        [age.texts]
        young = ["I am 20."]
        old = ["I am 60."]
        """
    )

    names, age = bias.measured(Wary(), bias.dimensions(Language.EN, tmp_path))

    assert (names.dimension, names.texts) == ("names", 6)
    assert (names.label, names.low, names.high) == (Signal.CONFLICT, "second", "first")
    assert names.width == pytest.approx(0.2)  # one of two names has 0.4 more
    assert (age.label, age.low, age.high) == (Sentiment.NEGATIVE, "young", "old")
    assert age.width == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[a]\nsentences = ["{x}"]\n[a.groups]\ng = [{ y = "1" }]', "x"),
        ('[a.texts]\none = ["a", "b"]\ntwo = ["a"]', "same number"),
        ("[a\nx = 1", r"bias_en\.toml: .*line 1"),
        ("[a]\n", r"bias_en\.toml, \[a\]: '(sentences|groups)' is missing"),
        ("", "no dimensions"),
        ("x = 1", r"\[x\]"),
        ('[b]\nsentences = ["{0}"]\n[b.groups]\ng = [{ y = "1" }]', r"\[b\]"),
        ('[b]\nsentences = "Hi {y}"\n[b.groups]\ng = [{ y = "1" }]\nh = [{ y = "2" }]', "list"),
        ('[b.texts]\none = ["a"]', "one group"),
        ("[b.texts]\none = []\ntwo = []", "no texts"),
        ('[b.texts]\none = ["a"]\ntwo = [1]', "blank or none"),
        ('[b.texts]\none = "a"\ntwo = "b"', "list"),
    ],
)
def test_a_suite_with_a_mistake_is_refused(table: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "bias_en.toml").write_text(table)

    with pytest.raises(SuiteInvalid, match=says):
        bias.dimensions(Language.EN, tmp_path)


@pytest.mark.parametrize("content", [None, b"[a]\ntexts = '\xff'"])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "bias_fr.toml").write_bytes(content)

    with pytest.raises(SuiteInvalid, match=r"bias_fr\.toml cannot be read"):
        bias.dimensions(Language.FR, tmp_path)
