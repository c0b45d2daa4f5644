"""Heads come back from their file as they went in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.language import heads
from models.language.heads import Heads, Linear, Origin
from models.language.labels import Driver, Language, Sentiment, Signal

WIDTH = 6


def linear(labels: int) -> Linear:
    chance = np.random.default_rng(labels)
    return Linear(
        chance.normal(size=(labels, WIDTH)).astype(np.float16).astype(np.float32),
        chance.normal(size=labels).astype(np.float32),
    )


def some_heads() -> Heads:
    return Heads(
        layers=(2, 3),
        sentiment=linear(len(Sentiment)),
        signals=linear(len(Signal)),
        drivers=linear(len(Driver)),
        language=linear(len(Language)),
        temperatures=np.full((len(Language), 3), 1.5, np.float32),
        signal_thresholds=np.full((len(Language), len(Signal)), 0.25, np.float32),
        driver_thresholds=np.full((len(Language), len(Driver)), 0.5, np.float32),
    )


def test_a_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "heads.safetensors"
    heads.save(some_heads(), path, Origin({"corpus": 7}, 1.5))
    found = heads.load(path)

    assert found.layers == (2, 3)
    assert heads.origin(path) == Origin({"corpus": 7}, 1.5)
    assert np.array_equal(found.drivers.weights, some_heads().drivers.weights)
    assert np.array_equal(found.signal_thresholds, some_heads().signal_thresholds)


def test_heads_for_other_lists_of_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="one row a label"):
        replace(some_heads(), signals=linear(3))
    with pytest.raises(ValueError, match="threshold"):
        replace(some_heads(), driver_thresholds=np.zeros((1, 12), np.float32))


def test_a_logit_is_the_same_alone_and_in_company() -> None:
    vectors = np.random.default_rng(1).normal(size=(64, WIDTH)).astype(np.float32)
    head = linear(5)

    together = head.logits(vectors)

    for row in range(len(vectors)):
        assert np.array_equal(head.logits(vectors[row : row + 1])[0], together[row])
