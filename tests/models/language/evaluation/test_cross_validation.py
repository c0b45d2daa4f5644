"""Cross-validated figures are those worked by hand; no fold chooses its own thresholds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.language import figures
from models.language.corpus import split
from models.language.evaluation import cross_validation, intervals
from models.language.evaluation.abstention import Abstention
from models.language.evaluation.cross_validation import REAL, SYNTHETIC
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.training import operating_points
from models.language.training.folding import FOLDS
from models.language.training.rows import Row

COUNT = 300


def rows() -> list[Row]:
    return [
        Row(
            f"t-{number}", list(Language)[number % 3], "", list(Sentiment)[number % 3],
            frozenset({list(Signal)[number % 8]}), frozenset({list(Driver)[number % 12]}),
            1.0, "corpus",
        )
        for number in range(COUNT)
    ]  # fmt: skip


def certain(found: list[Row]) -> dict[str, np.ndarray]:
    """Logits of who knows the labels."""
    known = operating_points.truth(found)
    return {
        "sentiment": 8 * np.eye(3, dtype=np.float32)[known.sentiment],
        "signals": (8 * known.signals - 4).astype(np.float32),
        "drivers": (8 * known.drivers - 4).astype(np.float32),
        "language": 8 * np.eye(3, dtype=np.float32)[known.languages],
    }


def test_who_knows_the_labels_gets_full_marks() -> None:
    [lines] = cross_validation.figures_of(rows(), certain(rows())).values()

    assert [line.language for line in lines] == [*map(str, Language), "all"]
    assert sum(line.texts for line in lines[:-1]) == lines[-1].texts == COUNT
    for line in lines:
        assert line.sentiment == line.signals == line.drivers == (1, 1, 1)
        assert line.abstention == Abstention(named=1, right=1, right_named=1)
        assert line.mobility_as_turnover == line.turnover_as_mobility == 0


def test_a_feeling_below_the_floor_is_not_named() -> None:
    logits = certain(rows())
    logits["sentiment"][::2] = 0  # of these one in three happens to be right

    whole = cross_validation.figures_of(rows(), logits)[SYNTHETIC][-1]

    assert whole.abstention == Abstention(named=0.5, right=2 / 3, right_named=1)


def test_movers_that_are_taken_for_leavers_are_counted() -> None:
    found, logits = rows(), certain(rows())
    mobility, turnover = (
        list(Signal).index(s) for s in (Signal.MOBILITY_INTENT, Signal.TURNOVER_INTENT)
    )
    movers = [n for n in range(COUNT) if n % 8 == mobility]
    logits["signals"][movers[::2], turnover] = 4

    whole = cross_validation.figures_of(found, logits)[SYNTHETIC][-1]

    assert whole.mobility_as_turnover == pytest.approx(len(movers[::2]) / len(movers))
    assert whole.turnover_as_mobility == 0


def test_real_rows_have_figures_of_their_own() -> None:
    found, logits = rows(), certain(rows())
    mixed = [
        replace(row, id=f"r-{n}", source="relabelled sad") if n < COUNT // 3 else row
        for n, row in enumerate(found)
    ]
    logits["signals"][: COUNT // 3] *= -1

    lines = cross_validation.figures_of(mixed, logits)

    assert {kind: own[-1].texts for kind, own in lines.items()} == {SYNTHETIC: 200, REAL: 100}
    assert lines[SYNTHETIC][-1].sentiment == lines[REAL][-1].sentiment == (1, 1, 1)
    assert lines[REAL][-1].signals.value < 0.3 < lines[SYNTHETIC][-1].signals.value


def test_a_fold_does_not_choose_its_own_thresholds() -> None:
    found, logits = rows(), certain(rows())
    own = np.array([split.fold(row.id, FOLDS) for row in found]) == 1
    changed = [
        replace(row, signals=frozenset()) if mine else row
        for row, mine in zip(found, own, strict=True)
    ]
    before, after = (
        cross_validation.judged(logits, operating_points.truth(some), [row.id for row in some])
        for some in (found, changed)
    )

    assert np.array_equal(before.signals[own], after.signals[own])
    assert np.array_equal(before.signals_p[own], after.signals_p[own])


def test_an_interval_holds_the_figure_and_twins_make_it_no_surer() -> None:
    chance = np.random.default_rng(4)
    truth = chance.random((200, 3)) < 0.4
    found = truth ^ (chance.random((200, 3)) < 0.2)
    names = [str(number) for number in range(200)]

    alone = intervals.macro_f1(truth, found, names)
    doubled = intervals.macro_f1(
        np.concatenate([truth, truth]), np.concatenate([found, found]), names * 2
    )

    assert alone.value == pytest.approx(figures.macro_f1_labels(truth, found))
    assert alone.low < alone.value < alone.high
    assert doubled == pytest.approx(alone)


def test_a_language_without_rows_keeps_its_probabilities_as_they_are() -> None:
    found = [row for row in rows() if row.language is not Language.FR]

    points = operating_points.found(certain(found), operating_points.truth(found))

    assert points.temperatures[list(Language).index(Language.FR)].tolist() == [1, 1, 1]
    assert np.isfinite(points.temperatures).all()


def test_a_language_without_rows_has_no_line() -> None:
    found = [row for row in rows() if row.language is not Language.NL]

    [lines] = cross_validation.figures_of(found, certain(found)).values()

    assert [line.language for line in lines] == ["en", "fr", "all"]
    assert lines[-1].texts == len(found)
