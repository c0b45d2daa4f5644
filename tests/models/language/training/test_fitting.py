"""Fitting finds what is there, and nothing held out is fitted on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from models.language.corpus import doubles, loader, split
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.probe import scored
from models.language.training import fitting, rows
from models.language.training.rows import Row


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Threads that wait for each other on a busy machine take minutes for a second's work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


KNOWN_DOUBLES = {"r-xedfr-0106"}
"""A film line, "Super. - Merci.", that one held-out message, t-nl-0658, says as well: the runs that
ship have learnt from it, and it is left in so that theirs and later rows stay the same."""


def separable(count: int) -> tuple[np.ndarray, list[Row]]:
    """Vectors that hold each label in a place of its own, under some noise."""
    chance = np.random.default_rng(3)
    every = [*Sentiment, *Signal, *Driver, *Language]
    found: list[Row] = []
    vectors = chance.normal(scale=0.3, size=(count, len(every))).astype(np.float32)
    for number in range(count):
        row = Row(
            f"t-{number}",
            list(Language)[number % 3],
            "",
            list(Sentiment)[int(chance.integers(3))],
            frozenset(label for label in Signal if chance.random() < 0.2),
            frozenset(label for label in Driver if chance.random() < 0.2),
            1.0,
            "corpus",
        )
        found.append(row)
        held = {row.sentiment, row.language, *(row.signals or ()), *(row.drivers or ())}
        for place, label in enumerate(every):
            vectors[number, place] += 2 * (label in held)
    return vectors, found


def test_heads_recover_labels_that_can_be_seen() -> None:
    vectors, found = separable(2400)
    heads = fitting.fitted(vectors[:1800], found[:1800], (1,))

    scores = scored(heads, vectors[1800:], silent=np.zeros(600, bool), model="m")

    rest = found[1800:]
    truth = np.array([[label in (row.signals or ()) for label in Signal] for row in rest])
    assert list(scores.languages) == [row.language for row in rest]
    assert (scores.signals == truth).mean() > 0.97
    assert np.abs(scores.signals_p.mean() - truth.mean()) < 0.05


def test_out_of_fold_logits_come_from_heads_that_never_saw_the_row() -> None:
    vectors, found = separable(300)
    honest = fitting.out_of_fold(vectors, found)["signals"]
    place = 17
    spoilt = found.copy()
    old = found[place]
    spoilt[place] = Row(
        old.id,
        old.language,
        old.text,
        old.sentiment,
        frozenset(set(Signal) - (old.signals or frozenset())),
        old.drivers,
        1.0,
        "corpus",
    )

    again = fitting.out_of_fold(vectors, spoilt)["signals"]

    assert np.array_equal(honest[place], again[place])


def test_nothing_that_is_held_out_is_gathered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAROGRAPH_SHARED_DATA", str(tmp_path))
    gathered = rows.gathered()

    assert {row.source for row in gathered} == {rows.CORPUS, rows.ADDITIONS}
    kept = {example.text for example in loader.load() if split.held_out(example.id)}
    assert not any(row.corpus and split.held_out(row.id) for row in gathered)
    assert not any(row.text in kept for row in gathered)


def test_nothing_that_is_gathered_nearly_equals_what_is_held_out() -> None:
    """Of the public sets too, as far as they are on this machine."""
    gathered = rows.gathered()
    kept = [example.text for example in loader.load() if split.held_out(example.id)]

    near = {gathered[place].id for place in doubles.near([row.text for row in gathered], kept)}

    assert near == KNOWN_DOUBLES & {row.id for row in gathered}
