"""A tuned model ships in eight bits, says nearly what it said before, and is whole or refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from models.language import network, packed, registry
from models.language.digest import sha256
from models.language.engine_torch import TorchEngine
from models.language.registry import ModelRefused
from models.language.weights import build

LAYERS = (1,)
ENTRY = """
[models.tuned]
kind = "probe"
version = "tuned-1"
licence = "Apache-2.0"
layers = "layers.safetensors"
layers_sha256 = "{layers}"
heads = "heads.safetensors"
sha256 = "{heads}"
"""
TEXTS = ["I cannot take much more of this.", "Wat een fijne ploeg!", "ok"]


@pytest.fixture
def tuned() -> network.Encoder:
    """The first layer of the encoder, as if training had moved it."""
    torch.manual_seed(5)
    encoder = network.load(build.FOLDER, LAYERS)
    with torch.no_grad():
        for parameter in encoder.stack.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.1 * float(parameter.std()))
    return encoder


def test_a_weight_moves_by_half_a_step_at_most(tuned: network.Encoder, tmp_path: Path) -> None:
    packed.save(tuned, tmp_path / "layers.safetensors", {})
    found = packed.layers(tmp_path / "layers.safetensors")

    own = {name: value for name, value in tuned.state_dict().items() if name.startswith("stack.")}
    assert found.keys() == own.keys()
    for name, value in own.items():
        if value.dim() == 1:
            torch.testing.assert_close(found[name], value, atol=2e-3, rtol=1e-3)
        else:
            most = value.abs().amax(dim=1, keepdim=True) / 254 * 1.001
            assert ((found[name] - value).abs() <= most).all()
    assert (tmp_path / "layers.safetensors").stat().st_size < 1.05 * sum(
        value.numel() for value in own.values()
    )


def test_the_engine_reads_the_tuned_layers(tuned: network.Encoder, tmp_path: Path) -> None:
    packed.save(tuned, tmp_path / "layers.safetensors", {})
    state = {name: v for name, v in tuned.state_dict().items() if name.startswith("stack.")}

    def vectors(layers: dict[str, torch.Tensor] | None) -> torch.Tensor:
        engine = TorchEngine(
            build.FOLDER, network.load(build.FOLDER, LAYERS, layers), threads=1, dtype=torch.float32
        )
        found: torch.Tensor = torch.from_numpy(engine.embed(TEXTS).vectors)
        return found

    whole, eight_bits, untuned = (
        vectors(state), vectors(packed.layers(tmp_path / "layers.safetensors")), vectors(None)
    )  # fmt: skip
    assert torch.cosine_similarity(whole, eight_bits).min() > 0.9995
    assert torch.cosine_similarity(whole, untuned).max() < 0.999


def test_a_changed_byte_of_the_layers_is_refused(tuned: network.Encoder, tmp_path: Path) -> None:
    path = tmp_path / "layers.safetensors"
    packed.save(tuned, path, {})
    shutil.copy(registry.FOLDER / "heads.safetensors", tmp_path)
    digests = {part: sha256(tmp_path / f"{part}.safetensors") for part in ("layers", "heads")}
    (tmp_path / "registry.toml").write_text(ENTRY.format(**digests), "utf-8")
    registry.load("tuned", tmp_path, threads=1)  # whole, it is taken
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)

    with pytest.raises(ModelRefused, match=path.name):
        registry.load("tuned", tmp_path, threads=1)
