"""What a file says of a run is of the right type, in range, and possible on this machine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from models.language.training import configuration
from models.language.training.configuration import ConfigurationInvalid
from models.language.weights import build

USUAL = configuration.load()
OTHERS = "signals = 1\ndrivers = 1\nemotions = 1\nlanguage = 1"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('seed = "x"', "seed"),
        ("seed = true", "seed"),
        ("seed = -1", "seed"),
        ("seed = 4294967296", "seed"),
        ("layers = 3", "layers"),
        ("layers = [1.5]", "layers"),
        ('layers = ["1"]', "layers"),
        ("frozen = 0\nlayers = []", "layers"),
        ("layers = [99]", "layers"),
        ("layers = [2, 2]", "layers"),
        ("frozen = 1.0", "frozen"),
        ("frozen = 11", "frozen"),
        ("epochs = 1.5", "epochs"),
        ("tokens = 1024.5", "tokens"),
        ("longest = 0", "longest"),
        ("longest = nan", "longest"),
        ("encoder_rate = inf", "encoder_rate"),
        ("encoder_rate = nan", "encoder_rate"),
        ("encoder_rate = -1e-4", "encoder_rate"),
        ("heads_rate = inf", "heads_rate"),
        ("heads_rate = [1]", "heads_rate"),
        ("decay = inf", "decay"),
        ("decay = -0.1", "decay"),
        ("warm_up = false", "warm_up"),
        ("clip = inf", "clip"),
        ('dropout = "0.1"', "dropout"),
        ("taught = 2", "taught"),
        ("device = 1", "device"),
        ('device = "tpu"', "device"),
        ("precision = []", "precision"),
        ('precision = "float16"', "precision"),
        ("importance = 1", "importance"),
        ('[importance]\nsentiment = "x"', "importance"),
        (f"[importance]\nsentiment = nan\n{OTHERS}", "importance"),
        (f"[importance]\nsentiment = inf\n{OTHERS}", "importance"),
        (f"[importance]\nsentiment = -1\n{OTHERS}", "importance"),
        (f"[importance]\n{OTHERS}", "importance"),
    ],
)
def test_a_value_that_cannot_be_names_its_field(tmp_path: Path, text: str, field: str) -> None:
    path = tmp_path / "run.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(ConfigurationInvalid, match=rf": {field}$"):
        configuration.load(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [("seed", 0), ("clip", 1), ("decay", 0), ("dropout", 0), ("taught", 1), ("layers", [12, 1])],
)
def test_the_ends_of_a_range_and_whole_numbers_are_possible(field: str, value: Any) -> None:
    assert getattr(replace(USUAL, **{field: value}), field) == value


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_bytes(b"# caf\xe9\n")

    with pytest.raises(ConfigurationInvalid, match="no UTF-8"):
        configuration.load(path)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one here")
def test_a_device_that_is_not_here_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text('device = "cuda"', "utf-8")

    with pytest.raises(ConfigurationInvalid, match="no device cuda"):
        configuration.load(path)


def test_the_deepest_layer_is_that_of_the_encoder() -> None:
    built = json.loads((build.FOLDER / "config.json").read_text("utf-8"))

    assert built["num_hidden_layers"] == configuration.DEPTH


def test_what_identifies_a_run_is_written_as_it_always_was() -> None:
    """Runs that were begun with other words for the same would not go on."""
    how = replace(USUAL, precision="bfloat16", clip=1)

    assert how.as_json() == (
        '{"seed": 1, "layers": [2, 4, 6, 8, 10], "frozen": 2, "epochs": 3, "tokens": 1024, '
        '"longest": 192, "encoder_rate": 0.0002, "heads_rate": 0.001, "decay": 0.01, '
        '"warm_up": 0.06, "clip": 1, "dropout": 0.1, "taught": 0.5, "device": "cpu", '
        '"precision": "bfloat16", "importance": {"sentiment": 1.0, "signals": 1.0, '
        '"drivers": 1.0, "emotions": 0.2, "language": 0.1}}'
    )
