"""Coverage and accuracy of what is named are those worked by hand, and are told to people."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from rich.console import Console

from models.language.evaluation import abstention, card, printing
from models.language.evaluation.abstention import Abstention
from models.language.evaluation.cross_validation import SYNTHETIC, Figures
from models.language.evaluation.intervals import Interval
from models.language.evaluation.measured import Report
from models.language.heads import Origin

P = np.array([[0.9, 0.1, 0], [0.1, 0.8, 0.1], [0, 0.3, 0.7], [0.4, 0.35, 0.25]], np.float32)
FOUND = Abstention(named=0.75, right=0.5, right_named=2 / 3)


def line(found: Abstention) -> Figures:
    full = Interval(1, 1, 1)
    return Figures("nl", 4, full, full, full, 0, 0, 0, found, 0, 0)


def test_shares_are_of_all_and_of_what_is_named() -> None:
    truth = np.array([0, 1, 0, 2])

    assert abstention.measured(truth, P, np.array([True, True, True, False])) == FOUND
    whole = abstention.measured(truth, P, np.ones(4, np.bool_))
    assert whole == replace(FOUND, named=1, right_named=0.5)
    silent = abstention.measured(truth, P, np.zeros(4, np.bool_))
    assert silent == replace(FOUND, named=0, right_named=0)


def test_whoever_evaluates_is_told() -> None:
    console = Console(file=io.StringIO(), width=120)

    printing.folds(console, {SYNTHETIC: [line(FOUND)]})

    assert isinstance(console.file, io.StringIO)
    words = console.file.getvalue().split()
    assert "75.0% 50.0% 66.7%" in " ".join(words)


def test_the_card_tells_it_of_the_folds_and_of_what_is_held_out() -> None:
    report = Report("m", {"all": 4}, {}, [], [], {}, {"all": FOUND}, [], [], [])

    text = card.written(
        report,
        cells={},
        gaps={},
        folds={SYNTHETIC: [line(replace(FOUND, named=0.25))]},
        origin=Origin({}, 0),
        size=0,
        rate=0,
    )

    assert "| synthetic | nl | 25.0% | 50.0% | 66.7% |" in text
    assert "| held out | all | 75.0% | 50.0% | 66.7% |" in text
    assert "Below a probability of 0.65" in text
