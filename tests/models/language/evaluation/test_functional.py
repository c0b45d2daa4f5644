"""The functional suite is large enough, leaks nothing into training, and counts what it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models.language.corpus import doubles
from models.language.evaluation import functional
from models.language.evaluation.functional import SuiteInvalid
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scores
from models.language.training import rows

CELLS = {
    "negation", "third_person", "past", "hypothetical", "homonym", "irony", "understatement",
    "code_switching", "emoji", "typos", "dialect", "quotes", "length",
}  # fmt: skip


def scores(sentiments: list[Sentiment], signals: list[set[Signal]]) -> Scores:
    n = len(sentiments)
    return Scores(
        sentiment_p=np.eye(3, dtype=np.float32)[[list(Sentiment).index(one) for one in sentiments]],
        signals_p=np.zeros((n, len(Signal)), np.float32),
        drivers_p=np.zeros((n, len(Driver)), np.float32),
        sure=np.ones(n, np.bool_),
        signals=np.array([[label in one for label in Signal] for one in signals]),
        drivers=np.zeros((n, len(Driver)), np.bool_),
        languages=[Language.EN] * n,
        model="test",
    )


class Mute:
    """Says that everything is neutral and means nothing."""

    def score(self, texts: Sequence[str]) -> Scores:
        return scores([Sentiment.NEUTRAL] * len(texts), [set()] * len(texts))


@pytest.mark.parametrize("language", list(Language))
def test_each_cell_has_twenty_cases_and_asks_for_more_than_silence(language: Language) -> None:
    tried = functional.cases(language)
    sizes = Counter(case.cell for case in tried)
    silent = functional.measured(Mute(), tried)

    assert sizes.keys() == CELLS
    assert min(sizes.values()) >= 20
    assert len({case.text for case in tried}) == len(tried)
    for cell in silent:
        assert cell.share < 0.7, cell.name


@pytest.mark.parametrize("language", list(Language))
def test_no_case_nearly_equals_a_text_that_is_trained_on(language: Language) -> None:
    texts = [case.text for case in functional.cases(language)]

    near = doubles.near(texts, [row.text for row in rows.gathered()])

    assert [texts[place] for place in near] == []


def test_a_case_asks_what_its_line_says(tmp_path: Path) -> None:
    (tmp_path / "functional_en.tsv").write_text(
        "cell\texpects\ttext\n"
        'irony\tnegative +conflict -exhaustion\tHe said "well done".\n'
        "irony\t-exhaustion\tFine.\n"
        "length\tpositive\tYes!\n"
    )
    tried = functional.cases(Language.EN, tmp_path)
    told = scores(
        [Sentiment.NEGATIVE, Sentiment.NEGATIVE, Sentiment.NEGATIVE],
        [{Signal.CONFLICT, Signal.UNFAIRNESS}, {Signal.EXHAUSTION}, set()],
    )

    assert tried[0].text == 'He said "well done".'
    assert [case.passed(told, row) for row, case in enumerate(tried)] == [True, False, False]
    assert not tried[0].passed(scores([Sentiment.NEGATIVE], [set()]), 0)
    assert not tried[0].passed(scores([Sentiment.NEUTRAL], [{Signal.CONFLICT}]), 0)


def test_cells_are_counted_and_then_all(tmp_path: Path) -> None:
    (tmp_path / "functional_nl.tsv").write_text(
        "cell\texpects\ttext\npast\tneutral\ta\npast\tpositive\tb\nemoji\tneutral\tc\n"
    )

    cells = functional.measured(Mute(), functional.cases(Language.NL, tmp_path))

    assert [(cell.name, cell.cases, cell.passed) for cell in cells] == [
        ("past", 2, 1), ("emoji", 1, 1), ("all", 3, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "past\t+joy\ta",
        "past\t\ta",
        "past\tneutral",
        "past\tneutral\t ",
        "past\tneutral positive\ta",
        "past\tneutral\ta\tb",
        "all\tneutral\ta",
        "\tneutral\ta",
    ],
)
def test_a_line_that_is_no_case_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "functional_fr.tsv").write_text(f"cell\texpects\ttext\npast\tneutral\ta\n{line}\n")

    with pytest.raises(SuiteInvalid, match=r"functional_fr\.tsv, line 3"):
        functional.cases(Language.FR, tmp_path)


def test_a_line_is_named_as_an_editor_counts_it(tmp_path: Path) -> None:
    (tmp_path / "functional_fr.tsv").write_text("cell\texpects\ttext\n\npast\tneutral\ta\nx\n")

    with pytest.raises(SuiteInvalid, match=r"functional_fr\.tsv, line 4"):
        functional.cases(Language.FR, tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        (b"cell\texpects\ttext\npast\tneutral\tcaf\xe9\n", "UTF-8"),
        (b"", "line 1"),
        (b"cell\ttext\tneutral\na\tb\tc\n", "line 1"),
        (b"cell\texpects\ttext\n", "no cases"),
    ],
)
def test_a_file_that_is_no_suite_is_named(content: bytes | None, says: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "functional_en.tsv").write_bytes(content)

    with pytest.raises(SuiteInvalid, match=rf"functional_en\.tsv.*{says}"):
        functional.cases(Language.EN, tmp_path)
