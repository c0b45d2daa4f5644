"""What teachers say is mixed into what people said, and fills in where nobody said anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from models.language import network
from models.language.network import Encoder
from models.language.training import configuration, distilling, finished, rows, trainer
from models.language.training.batches import Texts
from models.language.training.distilling import Teachers
from models.language.training.learner import FAMILIES, ONE_OF, Learner, Targets
from models.language.weights import build

SHAPE = {
    "hidden_size": 16, "intermediate_size": 24, "num_attention_heads": 2, "vocab_size": 30,
    "max_position_embeddings": 64, "layer_norm_eps": 1e-5,
}  # fmt: skip
HOW = replace(configuration.load(), layers=[1, 2], tokens=64, longest=8, precision="float32")
TEXTS = Texts([[5, 6], [7], [8, 9, 10], [11]])
ROWS = len(TEXTS.ids)


def learner(seed: int) -> Learner:
    torch.manual_seed(seed)
    one = Learner(Encoder(SHAPE, HOW.layers, 0.0))
    for head in one.heads.values():
        torch.nn.init.normal_(head.weight, std=3.0)  # type: ignore[arg-type]  # linear, all
    return one


def teachers(*seeds: int) -> Teachers:
    return Teachers([learner(seed) for seed in seeds], "digest", {"digest": 1.0})


def said(value: float) -> dict[str, Tensor]:
    return {name: torch.full((ROWS, len(labels)), value) for name, labels in FAMILIES.items()}


def wanted(trust: Sequence[float], signals: Sequence[float]) -> Targets:
    """Label 0 of everything; *signals* is how far those of each row are trusted."""
    labels = said(0.0)
    for found in labels.values():
        found[:, 0] = 1.0
    trusted = {name: torch.tensor(list(trust)) for name in FAMILIES}
    return Targets(labels, trusted | {"signals": torch.tensor(list(signals))})


def test_several_teachers_say_the_mean_of_their_logits() -> None:
    both = teachers(1, 2).answers(TEXTS, HOW)

    one, other = (trainer.logits(learner(seed), TEXTS, HOW) for seed in (1, 2))
    assert both.keys() == FAMILIES.keys()
    for name, found in both.items():
        mean = (one[name] + other[name]) / 2
        expected = mean.softmax(1) if name in ONE_OF else mean.sigmoid()
        assert torch.allclose(found, expected, atol=1e-6), name
    assert not torch.allclose(one["signals"], other["signals"], atol=0.1)


def test_people_are_mixed_with_teachers_by_the_share() -> None:
    mixed = distilling.blended(
        wanted([1, 0.5, 1, 1], [1, 1, 1, 1]), said(0.2), torch.full((ROWS,), 0.25)
    )

    assert torch.allclose(mixed.labels["signals"][:, 0], torch.tensor(0.75 + 0.25 * 0.2))
    assert torch.allclose(mixed.labels["signals"][:, 1], torch.tensor(0.25 * 0.2))
    assert mixed.trust["sentiment"].tolist() == [1, 0.5, 1, 1]


def test_where_people_said_nothing_the_teachers_count_for_their_share_of_the_row() -> None:
    mixed = distilling.blended(
        wanted([1, 0.5, 1, 1], [0, 0, 1, 1]), said(0.2), torch.full((ROWS,), 0.25)
    )

    assert torch.allclose(mixed.labels["signals"][:2], torch.tensor(0.2))
    assert mixed.trust["signals"].tolist() == [0.25, 0.125, 1, 1]


def test_real_words_keep_their_own_labels_whatever_teachers_say() -> None:
    [row, *_] = [row for row in rows.gathered() if row.corpus]
    learnt = [row, replace(row, id="r-1"), row, replace(row, id="r-2")]

    mixed = distilling.blended(
        wanted([1, 0.5, 1, 1], [1, 1, 1, 0]), said(0.2), distilling.shares(learnt, 0.5)
    )

    assert mixed.labels["signals"][:3, 0].tolist() == pytest.approx([0.6, 1.0, 0.6])
    assert mixed.trust["signals"].tolist() == [1, 1, 1, 0]


def test_without_a_share_labels_stay_as_they_are() -> None:
    before = wanted([1, 0.5, 1, 1], [0, 0, 1, 1])

    mixed = distilling.blended(before, said(0.2), torch.zeros(ROWS))

    for name in FAMILIES:
        assert mixed.trust[name].tolist() == before.trust[name].tolist()
        known = before.trust[name] > 0
        assert torch.equal(mixed.labels[name][known], before.labels[name][known])


def test_a_run_that_goes_on_finds_the_answers_and_another_one_asks(tmp_path: Path) -> None:
    saved = tmp_path / "run" / "taught.pt"
    first = teachers(1).remembered(TEXTS, HOW, saved, "a run")

    again = teachers(2).remembered(TEXTS, HOW, saved, "a run")
    other = teachers(2).remembered(TEXTS, HOW, saved, "another run")

    assert all(torch.equal(again[name], first[name]) for name in FAMILIES)
    assert not any(torch.equal(other[name], first[name]) for name in FAMILIES)


@pytest.mark.parametrize("left", [0, 300, -20])
def test_answers_that_were_cut_short_are_asked_for_again(tmp_path: Path, left: int) -> None:
    saved = tmp_path / "taught.pt"
    first = teachers(1).remembered(TEXTS, HOW, saved, "a run")
    saved.write_bytes(saved.read_bytes()[:left])

    again = teachers(1).remembered(TEXTS, HOW, saved, "a run")
    kept = teachers(2).remembered(TEXTS, HOW, saved, "a run")

    assert all(torch.equal(again[name], first[name]) for name in FAMILIES)
    assert all(torch.equal(kept[name], first[name]) for name in FAMILIES)


def test_a_writer_that_is_cut_off_leaves_the_old_answers_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "taught.pt"
    teachers(1).remembered(TEXTS, HOW, saved, "a run")
    before = saved.read_bytes()

    def cut_off(_: object, path: Path) -> None:
        path.write_bytes(before[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", cut_off)
    with pytest.raises(KeyboardInterrupt):
        teachers(1).remembered(TEXTS, HOW, saved, "another run")

    assert saved.read_bytes() == before


def test_a_small_network_may_be_taught_by_a_larger_one(tmp_path: Path) -> None:
    for name, layers in (("small", [1]), ("large", [1, 2])):
        run = tmp_path / name
        run.mkdir()
        said = {"layers": layers, "fold": 3, "processor_hours": 0.5}
        (run / finished.METRICS).write_text(json.dumps(said), "utf-8")
        one = Learner(network.load(build.FOLDER, layers))
        torch.save(one.state_dict(), run / finished.WEIGHTS)

    both = distilling.teachers([tmp_path / "small", tmp_path / "large"], 3)

    assert [one.encoder.layers for one in both.learners] == [(1,), (1, 2)]
    assert sorted(both.hours.values()) == [0.5, 0.5]


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_a_share(share: float) -> None:
    with pytest.raises(configuration.ConfigurationInvalid, match="taught"):
        replace(HOW, taught=share)
