"""The shared encoder: token ids in, one pooled vector a text out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel
from typing_extensions import override


class Encoder(nn.Module):
    """A BERT cut off above the deepest layer that is read, with mean pooling.

    The upper layers of a frozen sentence encoder serve its own training goal; what a linear
    head can read peaks below them, so cutting them off is faster and no worse.
    """

    def __init__(self, bert: BertModel, layers: Sequence[int]) -> None:
        super().__init__()
        self.bert = bert
        self.layers = tuple(layers)

    @override
    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Pool each layer that is read and set them side by side.

        Args:
            ids: Shape ``(n, width)``, padded.
            mask: Shape ``(n, width)``, 1 on tokens and 0 on padding.

        Returns:
            Shape ``(n, hidden * layers)``.
        """
        states = self.bert(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        weights = mask.unsqueeze(-1).to(states.last_hidden_state.dtype)
        total = weights.sum(1).clamp(min=1)
        pooled = [(states.hidden_states[layer] * weights).sum(1) / total for layer in self.layers]
        return torch.cat(pooled, dim=1)


def load(folder: Path, layers: Sequence[int]) -> Encoder:
    """The encoder in *folder*, up to the deepest of *layers* (1 is the first).

    Raises:
        ValueError: a layer is asked for that the encoder does not have.
    """
    config = BertConfig.from_pretrained(folder, attn_implementation="sdpa")
    if not layers or min(layers) < 1 or max(layers) > config.num_hidden_layers:
        raise ValueError(f"layers must lie in 1..{config.num_hidden_layers}")
    config.num_hidden_layers = max(layers)
    bert = BertModel(config, add_pooling_layer=False)  # type: ignore[no-untyped-call] # untyped there
    wanted = set(bert.state_dict())
    stored = load_file(folder / "model.safetensors")
    bert.load_state_dict({name: tensor for name, tensor in stored.items() if name in wanted})
    return Encoder(bert.eval(), layers)  # type: ignore[no-untyped-call] # untyped there
