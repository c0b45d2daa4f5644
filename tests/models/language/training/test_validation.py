"""The figures of what a run left out are those that another library counts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from sklearn.metrics import f1_score  # type: ignore[import-untyped] # ships no types

from models.language.heads import Array
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.training import operating_points, validation
from models.language.training.rows import Row


def left_out(count: int) -> list[Row]:
    return [
        Row(
            f"t-{n}", [Language.EN, Language.FR][n % 2], "", list(Sentiment)[n % 3],
            frozenset({list(Signal)[n % 8]} if n % 3 else ()), frozenset({list(Driver)[n % 12]}),
            1.0, "corpus",
        )
        for n in range(count)
    ]  # fmt: skip


def said(rows: list[Row], noise: float) -> dict[str, Array]:
    """Logits of who knows the labels, under *noise*."""
    known, chance = operating_points.truth(rows), np.random.default_rng(2)
    sure: Mapping[str, np.ndarray] = {
        "sentiment": 4 * np.eye(3)[known.sentiment],
        "signals": 8 * known.signals - 4.0,
        "drivers": 8 * known.drivers - 4.0,
    }
    return {
        name: (values + noise * chance.normal(size=values.shape)).astype(np.float32)
        for name, values in sure.items()
    }


def test_macro_f1_is_that_of_another_library_in_each_language_that_there_is() -> None:
    rows = left_out(200)
    logits = said(rows, 4.0)

    found = validation.validated(rows, logits)

    assert list(found) == ["en", "fr", "all"]
    for name, one in found.items():
        own = np.array([name in {row.language, "all"} for row in rows])
        known = operating_points.truth(rows).of(own)
        feelings = logits["sentiment"][own].argmax(axis=1)
        assert one.texts == own.sum()
        assert one.sentiment == pytest.approx(f1_score(known.sentiment, feelings, average="macro"))
        for family in ("signals", "drivers"):
            truth = getattr(known, family)
            told = (logits[family][own] > 0)[:, truth.any(axis=0)]
            expected = f1_score(truth[:, truth.any(axis=0)], told, average="macro")
            assert getattr(one, family) == pytest.approx(expected)


def test_who_is_right_and_nearly_sure_is_off_by_what_they_doubt() -> None:
    rows = left_out(48)

    found = validation.validated(rows, said(rows, 0.0))["all"]

    doubt = 1 / (1 + np.exp(4))
    assert (found.sentiment, found.signals, found.drivers) == (1, 1, 1)
    assert found.sentiment_ece == pytest.approx(1 - np.exp(4) / (np.exp(4) + 2), abs=1e-5)
    assert found.signals_ece == pytest.approx(doubt, abs=1e-5)
    assert found.drivers_ece == pytest.approx(doubt, abs=1e-5)


def test_labels_that_nobody_carries_have_no_figure() -> None:
    rows = left_out(1)

    found = validation.validated(rows, said(rows, 0.0))

    assert found["en"].signals is None
    assert found["en"].drivers == 1
