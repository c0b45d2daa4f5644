"""The shipped default does what its card says, on text that training never saw."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from typing_extensions import override

from models.language import figures, registry
from models.language.corpus import loader, split
from models.language.evaluation import card, measured, rivals
from models.language.evaluation.abstention import Abstention
from models.language.evaluation.baseline import WordCounts
from models.language.heads import Origin
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scores
from models.language.training.rows import Row

FLOOR = 0.70
CONFUSED = (Signal.CONFLICT, Signal.UNFAIRNESS)


class Oracle:
    """Knows the corpus by heart."""

    def __init__(self) -> None:
        self._known = {example.text: example for example in loader.load()}

    def score(self, texts: Sequence[str]) -> Scores:
        """The labels of *texts*, as certainties."""
        found = [self._known[text] for text in texts]
        signals = np.array([[label in e.signals for label in Signal] for e in found])
        drivers = np.array([[label in e.drivers for label in Driver] for e in found])
        return Scores(
            sentiment_p=np.array(
                [[e.sentiment is label for label in Sentiment] for e in found], np.float32
            ),
            signals_p=signals.astype(np.float32),
            drivers_p=drivers.astype(np.float32),
            sure=np.ones(len(texts), np.bool_),
            signals=signals,
            drivers=drivers,
            languages=[e.language for e in found],
            model="oracle",
        )


@pytest.fixture(scope="module")
def words() -> WordCounts:
    return WordCounts(
        [
            Row(e.id, e.language, e.text, e.sentiment, e.signals, e.drivers, 1.0, "corpus")
            for e in split.training(loader.load())[::12]
        ]
    )


def test_who_knows_the_labels_gets_full_marks(
    words: WordCounts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BAROGRAPH_SHARED_DATA", str(tmp_path))
    asked = {
        "lexicon": rivals.lexicons(),
        "words": rivals.words(words),
        "model": rivals.model(Oracle()),
    }
    report = measured.measure(Oracle(), asked)

    assert [*report.texts] == [*Language, "all"]
    assert sum(report.texts[language] for language in Language) == report.texts["all"]
    for head in report.heads:
        assert head.f1 == (1, 1, 1)
        assert head.average_precision == 1
        assert head.ece == 0
    assert {one.f1 for one in report.labels} == {1}
    assert set(report.abstention.values()) == {Abstention(named=1, right=1, right_named=1)}
    for counts in report.confusion.values():
        assert np.array_equal(counts, np.diag(np.diag(counts)))
    assert {(one.language, one.label) for one in report.confusions} == {
        (language, label) for language in report.texts for label in (*Signal, *Driver)
    }
    for one in report.confusions:
        assert one.true_positives > one.false_positives == one.false_negatives == 0
        assert one.true_positives + one.true_negatives == report.texts[one.language]
    for line in report.beside:
        known = {name: value for name, value in line.f1.items() if value is not None}
        assert known["model"] == 1
        assert 0.05 < known["words"] < 0.9
        if line.what == "sentiment":
            assert 0.17 < known["majority"] < 0.25 < known["lexicon"] < 0.7
        else:
            assert known.keys() == {"words", "model"}
    assert report.transfer == []


def test_a_confusion_has_the_truth_in_its_rows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Gloomy(Oracle):
        """Takes every neutral text for a negative one."""

        @override
        def score(self, texts: Sequence[str]) -> Scores:
            scores = super().score(texts)
            scores.sentiment_p[scores.sentiment_p[:, 1] == 1] = (1, 0, 0)
            return scores

    monkeypatch.setenv("BAROGRAPH_SHARED_DATA", str(tmp_path))
    report = measured.measure(Gloomy(), {})

    negative, neutral, positive = report.confusion["all"]
    assert neutral[0] > 0
    assert neutral[1:] == negative[1:] == [0, 0]
    assert positive[:2] == [0, 0]
    assert report.heads[0].f1.value < 1


def test_what_was_missed_and_said_wrongly_is_told_of_each_label_and_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Confused(Oracle):
        """Takes conflict for unfairness in Dutch, and is deaf to growth."""

        @override
        def score(self, texts: Sequence[str]) -> Scores:
            scores = super().score(texts)
            conflict, unfairness = (list(Signal).index(one) for one in CONFUSED)
            dutch = np.array([one is Language.NL for one in scores.languages])
            scores.signals[dutch, unfairness] = scores.signals[dutch, conflict]
            scores.signals[dutch, conflict] = False
            scores.drivers[:, list(Driver).index(Driver.GROWTH)] = False
            return scores

    monkeypatch.setenv("BAROGRAPH_SHARED_DATA", str(tmp_path))
    report = measured.measure(Confused(), {})
    plain = json.loads(json.dumps(report.as_json()))["confusions"]
    found = {(one["language"], one["label"]): one for one in plain}
    carry: dict[tuple[str, str], int] = {
        (language, label): sum(
            label in {*e.signals, *e.drivers} and language in {e.language, "all"}
            for e in loader.load()
            if split.held_out(e.id)
        )
        for language in ("en", "nl", "all")
        for label in (*CONFUSED, Driver.GROWTH)
    }

    assert found["nl", "conflict"]["false_negatives"] == carry["nl", "conflict"] > 0
    assert found["nl", "conflict"]["true_positives"] == 0
    assert found["nl", "unfairness"]["false_positives"] > 0
    assert found["en", "conflict"]["true_positives"] == carry["en", "conflict"]
    assert found["all", "growth"]["false_negatives"] == carry["all", "growth"]
    text = card.written(report, cells={}, gaps={}, folds={}, origin=Origin({}, 0), size=1, rate=1)
    growth = " | ".join(f"0 +0 -{found[one, 'growth']['false_negatives']}" for one in report.texts)
    assert f"\n| `growth` | {growth} |\n" in text


def test_the_card_is_that_of_the_weights_that_ship() -> None:
    version = tomllib.loads((registry.FOLDER.parent / "registry.toml").read_text())
    text = card.PATH.read_text("utf-8")

    assert text.startswith(f"# Model card: {version['models'][version['default']]['version']}\n")
    origin, _ = registry.origin()
    for source, rows in origin.rows.items():
        assert f"| {source} | {rows} |" in text


@pytest.mark.parametrize("language", list(Language))
def test_the_default_reads_each_language_well_enough(language: Language) -> None:
    examples = [e for e in loader.load() if split.held_out(e.id) and e.language is language][::3]
    truth = np.array([list(Sentiment).index(e.sentiment) for e in examples])

    scores = registry.load(threads=1).score([example.text for example in examples])

    assert figures.macro_f1(truth, scores.sentiment_p.argmax(axis=1)) > FLOOR
