"""The file that a fine-tuned model ships in: its layers in eight bits, its heads beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from models.language.network import Encoder

_STACK = "stack."
_SCALE = ".scale"
_STEPS = 127


def save(encoder: Encoder, path: Path, metadata: Mapping[str, str]) -> None:
    """Write the layers of *encoder*; its embeddings were not trained and are not copied.

    A matrix goes in eight bits with one scale a row, symmetric around nought: that halves what
    half precision would take, and moves a weight by at most 1/254 of the largest of its row.
    """
    tensors: dict[str, Tensor] = {}
    for name, value in encoder.state_dict().items():
        if not name.startswith(_STACK):
            continue
        if value.dim() == 1:
            tensors[name] = value.half()
            continue
        scale = (value.abs().amax(dim=1, keepdim=True) / _STEPS).clamp(min=1e-12)
        tensors[name] = (value / scale).round().to(torch.int8)
        tensors[name + _SCALE] = scale.squeeze(1)
    save_file(tensors, path, dict(metadata))


def layers(path: Path) -> dict[str, Tensor]:
    """The layers in *path*, in single precision, under the names of ``Encoder``."""
    with safe_open(path, framework="pt") as file:
        stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    return {
        name: value.float() * stored[name + _SCALE][:, None]
        if name + _SCALE in stored
        else value.float()
        for name, value in stored.items()
        if name.startswith(_STACK) and not name.endswith(_SCALE)
    }
