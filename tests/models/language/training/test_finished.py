"""A finished run gives its weights to runs that leave out what it left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from models.language.network import Encoder
from models.language.training import finished, folding
from models.language.training.finished import METRICS, WEIGHTS, DoesNotFit
from models.language.training.folding import Fold
from models.language.training.learner import Learner

SHAPE = {
    "hidden_size": 16, "intermediate_size": 24, "num_attention_heads": 2, "vocab_size": 30,
    "max_position_embeddings": 64, "layer_norm_eps": 1e-5,
}  # fmt: skip
LAYERS = [1, 2]


@pytest.fixture
def learner() -> Learner:
    """One that has learnt something else."""
    torch.manual_seed(2)
    return Learner(Encoder(SHAPE, LAYERS, 0.0))


@pytest.fixture
def first(tmp_path: Path) -> Learner:
    """The learner of a run in the test's folder that left fold 3 out."""
    torch.manual_seed(1)
    one = Learner(Encoder(SHAPE, LAYERS, 0.0))
    said = {"layers": LAYERS, "fold": 3, "processor_hours": 0.5}
    (tmp_path / METRICS).write_text(json.dumps(said), "utf-8")
    torch.save(one.state_dict(), tmp_path / WEIGHTS)
    return one


@pytest.mark.parametrize("fold", [3, None])
def test_a_run_takes_the_weights_of_another(
    tmp_path: Path, first: Learner, learner: Learner, fold: int | None
) -> None:
    taken = finished.take(learner, tmp_path, fold)

    assert taken.hours == {taken.digest: 0.5}
    for name, value in first.state_dict().items():
        assert torch.equal(learner.state_dict()[name], value), name


def test_its_digest_is_of_its_weights(tmp_path: Path, first: Learner, learner: Learner) -> None:
    before = finished.take(learner, tmp_path, 3).digest
    torch.save(Learner(Encoder(SHAPE, LAYERS, 0.0)).state_dict(), tmp_path / WEIGHTS)

    assert finished.take(first, tmp_path, 3).digest != before


@pytest.mark.usefixtures("first")
def test_hours_of_the_runs_that_it_learnt_from_are_handed_on(
    tmp_path: Path, learner: Learner
) -> None:
    said = json.loads((tmp_path / METRICS).read_text("utf-8"))
    said[finished.EARLIER] = {"a": 0.25}
    (tmp_path / METRICS).write_text(json.dumps(said), "utf-8")

    taken = finished.take(learner, tmp_path, 3)

    assert taken.hours == {"a": 0.25, taken.digest: 0.5}


@pytest.mark.usefixtures("first")
def test_what_a_run_leaves_out_it_learns_from_no_other(tmp_path: Path, learner: Learner) -> None:
    with pytest.raises(DoesNotFit, match="fold 2"):
        finished.take(learner, tmp_path, 2)
    with pytest.raises(DoesNotFit, match="fold all"):
        finished.take(learner, tmp_path, folding.ALL)


@pytest.mark.parametrize("fold", [2, folding.ALL])
@pytest.mark.usefixtures("first")
def test_a_run_that_left_every_fold_out_teaches_any(
    tmp_path: Path, learner: Learner, fold: Fold
) -> None:
    said = json.loads((tmp_path / METRICS).read_text("utf-8"))
    (tmp_path / METRICS).write_text(json.dumps(said | {"fold": folding.ALL}), "utf-8")

    assert list(finished.take(learner, tmp_path, fold).hours.values()) == [0.5]


@pytest.mark.usefixtures("first")
def test_another_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DoesNotFit, match="layers"):
        finished.take(Learner(Encoder(SHAPE, [2], 0.0)), tmp_path, 3)


@pytest.mark.usefixtures("first")
def test_a_run_that_is_not_finished_is_refused(tmp_path: Path, learner: Learner) -> None:
    (tmp_path / METRICS).unlink()

    with pytest.raises(DoesNotFit, match="no finished run"):
        finished.take(learner, tmp_path, 3)
    with pytest.raises(DoesNotFit, match="no finished run"):
        finished.layers(tmp_path)


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("metrics", ["", "[]", '{"layers": [1, 2]}', "{"])
def test_what_a_run_says_of_itself_is_whole_or_refused(
    tmp_path: Path, learner: Learner, metrics: str
) -> None:
    (tmp_path / METRICS).write_text(metrics)

    with pytest.raises(DoesNotFit):
        finished.take(learner, tmp_path, None)


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("left", [0, 300, -20])
def test_weights_that_are_cut_short_are_refused(
    tmp_path: Path, learner: Learner, left: int
) -> None:
    whole = (tmp_path / WEIGHTS).read_bytes()
    (tmp_path / WEIGHTS).write_bytes(whole[:left])

    with pytest.raises(DoesNotFit, match="not whole"):
        finished.take(learner, tmp_path, 3)


def test_weights_of_another_width_are_refused(tmp_path: Path, first: Learner) -> None:
    wider = Learner(Encoder(SHAPE | {"hidden_size": 32}, LAYERS, 0.0))

    with pytest.raises(DoesNotFit, match="another network"):
        finished.take(wider, tmp_path, 3)
    assert first.encoder.width == 32
