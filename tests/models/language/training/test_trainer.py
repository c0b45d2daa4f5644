"""Training finds what is there, goes on where it was cut off, and leaves alone what it must."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models.language import engine_torch
from models.language.batching import Batch
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.network import Encoder
from models.language.training import averaging, configuration, learner, standardising, trainer
from models.language.training.batches import Texts
from models.language.training.configuration import Configuration
from models.language.training.learner import FAMILIES, Learner
from models.language.training.rows import Row
from models.language.training.trainer import CannotGoOn, Step, Trainer

SHAPE = {
    "hidden_size": 16, "intermediate_size": 24, "num_attention_heads": 2, "vocab_size": 30,
    "max_position_embeddings": 64, "layer_norm_eps": 1e-5,
}  # fmt: skip
HOW = replace(
    configuration.load(),
    layers=[1, 2],
    frozen=0,
    epochs=6,
    tokens=64,
    longest=8,
    encoder_rate=3e-3,
    heads_rate=1e-2,
    precision="float32",
)


def rows(count: int) -> list[Row]:
    """Texts whose first token says the sentiment, and the second whether somebody is worn out."""
    return [
        Row(
            f"t-{number}",
            list(Language)[number % 3],
            "",
            list(Sentiment)[number % 3],
            frozenset({Signal.EXHAUSTION} if number % 2 else ()) if number % 5 else None,
            frozenset[Driver](),
            1.0,
            "corpus",
        )
        for number in range(count)
    ]


def texts(count: int) -> Texts:
    return Texts(
        [[5 + number % 3, 10 + number % 2, *([20] * (number % 4))] for number in range(count)]
    )


def run(place: Path, how: Configuration = HOW, count: int = 60) -> Trainer:
    torch.manual_seed(how.seed)
    student = Learner(Encoder(SHAPE, how.layers, how.dropout))
    return Trainer(
        student, texts(count), learner.targets(rows(count)), how, place / "run.pt", "rows"
    )


def nothing(_: Step) -> None:
    """Nobody listens."""


def test_it_learns_what_the_texts_show(tmp_path: Path) -> None:
    told: list[Step] = []
    one = run(tmp_path, replace(HOW, epochs=20))
    assert one.run(told.append)

    said = trainer.logits(one.learner, texts(60), HOW)
    assert (said["sentiment"].argmax(1) == torch.arange(60) % 3).all()
    assert ((said["signals"][:, 2] > 0) == (torch.arange(60) % 2 == 1)).all()
    assert told[-1].number == told[-1].of
    assert told[-1].loss < told[0].loss / 2


def test_a_run_starts_from_heads_at_nought_on_vectors_of_one_deviation(tmp_path: Path) -> None:
    one = run(tmp_path)
    before = {name: value.clone() for name, value in one.learner.encoder.state_dict().items()}

    standardising.start(one.learner, one.texts, HOW)

    for name, value in one.learner.encoder.state_dict().items():
        assert torch.equal(value, before[name]), name
    ids, mask = one.texts.padded(Batch(tuple(range(60)), 8))
    even = one.learner.even(one.learner.encoder(ids, mask))
    assert torch.allclose(even.mean(0), torch.zeros(32), atol=1e-4)
    assert torch.allclose(even.std(0, correction=0), torch.ones(32), atol=1e-3)
    assert not any(said.any() for said in one.learner(ids, mask).values())


def test_a_head_that_ships_says_the_same_of_vectors_as_they_are(tmp_path: Path) -> None:
    one = run(tmp_path)
    one.run(nothing)
    one.learner.eval()
    ids, mask = one.texts.padded(Batch(tuple(range(60)), 8))
    with torch.no_grad():
        vectors = one.learner.encoder(ids, mask)
        said = one.learner(ids, mask)["signals"].numpy()

    assert np.allclose(one.learner.linear("signals").logits(vectors.numpy()), said, atol=1e-3)


def test_the_mean_of_two_runs_lies_between_them(tmp_path: Path) -> None:
    one, other = (run(tmp_path / str(seed), replace(HOW, seed=seed)) for seed in (1, 2))
    for each in (one, other):
        each.run(nothing)
    learners = [one.learner, other.learner]
    name = "stack.0.up.weight"
    before = [each.encoder.state_dict()[name].clone() for each in learners]
    heads = [each.linear("signals") for each in learners]

    mean = averaging.linear(learners, "signals")
    encoder = averaging.encoder(learners)

    assert torch.allclose(encoder.state_dict()[name], (before[0] + before[1]) / 2)
    assert np.allclose(mean.weights, (heads[0].weights + heads[1].weights) / 2)
    assert np.allclose(mean.offsets, (heads[0].offsets + heads[1].offsets) / 2)


def test_a_run_that_was_cut_off_ends_as_one_that_was_not(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole")
    assert whole.run(nothing)

    pieces = 0
    while True:
        part = run(tmp_path / "parts")
        ticks = iter(range(10_000))
        part.clock = lambda ticks=ticks: float(next(ticks))  # type: ignore[misc]
        pieces += 1
        if part.run(nothing, seconds=5):
            break

    assert pieces > 2
    for name, value in whole.learner.state_dict().items():
        assert torch.equal(value, part.learner.state_dict()[name]), name


def test_a_run_goes_on_with_the_same_rows_and_configuration_alone(tmp_path: Path) -> None:
    run(tmp_path).run(nothing)

    with pytest.raises(CannotGoOn):
        run(tmp_path, replace(HOW, clip=2.0)).run(nothing)


@pytest.mark.parametrize("left", [0, 1, 300, -20])
def test_what_is_cut_short_is_said_to_be(tmp_path: Path, left: int) -> None:
    run(tmp_path).run(nothing)
    whole = (tmp_path / "run.pt").read_bytes()
    (tmp_path / "run.pt").write_bytes(whole[:left])

    with pytest.raises(CannotGoOn, match=r"run\.pt is cut short .* remove it"):
        run(tmp_path).run(nothing)


def test_a_second_round_starts_from_what_the_first_one_learnt(tmp_path: Path) -> None:
    first = run(tmp_path / "first")
    first.run(nothing)
    learnt = {name: value.clone() for name, value in first.learner.state_dict().items()}
    still = replace(HOW, epochs=1, encoder_rate=1e-9, heads_rate=1e-9)

    second = replace(first, configuration=still, saved=tmp_path / "second.pt", again=True, _done=0)
    second.run(nothing)

    for name, value in second.learner.state_dict().items():
        assert torch.allclose(value, learnt[name], atol=1e-6), name


def test_a_file_says_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("layers = [3]", "utf-8")

    assert configuration.load(path) == replace(configuration.load(), layers=[3])


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_a_file_may_leave_the_precision_to_the_processor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, precision: torch.dtype
) -> None:
    monkeypatch.setattr(engine_torch, "precision", lambda: precision)
    path = tmp_path / "run.toml"
    path.write_text('precision = "auto"', "utf-8")

    assert f"torch.{configuration.load(path).precision}" == str(precision)


def test_half_precision_learns_the_same_within_its_rounding(tmp_path: Path) -> None:
    whole, half = (
        run(tmp_path / precision, replace(HOW, precision=precision))
        for precision in ("float32", "bfloat16")
    )
    name = "encoder.stack.1.up.weight"
    before = whole.learner.state_dict()[name].clone()
    for one in (whole, half):
        one.run(nothing)

    exact, rounded = (one.learner.state_dict()[name] for one in (whole, half))
    assert rounded.dtype == torch.float32
    assert not torch.equal(exact, rounded)
    assert (exact - rounded).norm() < 0.5 * (exact - before).norm()


def test_what_is_frozen_stays_as_it_was(tmp_path: Path) -> None:
    one = run(tmp_path, replace(HOW, frozen=1))
    before = {name: value.clone() for name, value in one.learner.state_dict().items()}
    one.run(nothing)

    moved = {
        name
        for name, value in one.learner.state_dict().items()
        if not torch.equal(value, before[name])
    }
    assert not {name for name in moved if name.startswith(("encoder.words", "encoder.places"))}
    assert not {name for name in moved if name.startswith("encoder.stack.0.")}
    assert {name for name in moved if name.startswith("encoder.stack.1.")}


def test_labels_that_nobody_gave_teach_nothing() -> None:
    count = 6
    wanted = learner.targets(rows(count))
    logits = {
        name: torch.zeros(count, len(FAMILIES[name]), requires_grad=True) for name in FAMILIES
    }
    learner.loss(logits, wanted, HOW.importance).backward()  # type: ignore[no-untyped-call]

    signals, emotions = logits["signals"].grad, logits["emotions"].grad
    assert signals is not None
    assert emotions is not None
    assert [bool(row.any()) for row in signals] == [number % 5 != 0 for number in range(count)]
    assert not emotions.any()


def test_an_epoch_holds_every_text_once_in_an_order_of_its_own() -> None:
    cut = texts(200)
    first, again, second = (cut.shuffled(64, seed=1, epoch=epoch) for epoch in (0, 0, 1))

    for batches in (first, second):
        assert sorted(row for batch in batches for row in batch.rows) == list(range(200))
        assert all(len(batch.rows) * batch.width <= 64 for batch in batches)
    assert first == again
    assert first != second


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sead = 1", "unknown: sead"),
        ("seed = ", "no TOML"),
        ("warm_up = 2", "warm_up"),
        ('layers = "x"', "type"),
        ("importance = { sentiment = 1 }", "importance"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "run.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(configuration.ConfigurationInvalid, match=said):
        configuration.load(path)
