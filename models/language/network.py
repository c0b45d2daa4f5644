"""The shared encoder: token ids in, one pooled vector a text out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel
from typing_extensions import override


class Encoder(nn.Module):
    """A BERT cut off above the deepest layer that is read, with mean pooling.

    The upper layers of a frozen sentence encoder serve its own training goal; what a linear
    head can read peaks below them, so cutting them off is faster and no worse.

    Everything but attention is computed on the tokens alone, without padding: a fifth of the
    work on messages of mixed length, since multiplications are four fifths of it.
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
        rows, width = ids.shape
        tokens = mask.flatten().nonzero().squeeze(1)
        texts = tokens // width
        counts = mask.sum(1, keepdim=True).clamp(min=1)
        state = self.bert.embeddings(input_ids=ids).flatten(0, 1)[tokens]
        pooled = []
        for depth, layer in enumerate(self.bert.encoder.layer, start=1):
            state = _layer(layer, state, tokens, mask)
            if depth in self.layers:
                total = state.new_zeros(rows, state.shape[1]).index_add_(0, texts, state)
                pooled.append(total / counts.to(state.dtype))
        return torch.cat(pooled, dim=1)


def _layer(layer: nn.Module, state: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
    """One layer on packed tokens, shape ``(t, hidden)``; *tokens* are their padded places."""
    attention: Any = layer.attention
    heads = attention.self.num_attention_heads
    rows, width = mask.shape

    def spread(projected: Tensor) -> Tensor:
        padded = projected.new_zeros(rows * width, projected.shape[1])
        padded[tokens] = projected
        return padded.view(rows, width, heads, -1).transpose(1, 2)

    own: Any = attention.self
    context = functional.scaled_dot_product_attention(
        spread(own.query(state)),
        spread(own.key(state)),
        spread(own.value(state)),
        attn_mask=mask.bool()[:, None, None, :],
    )
    packed = context.transpose(1, 2).reshape(rows * width, -1)[tokens]
    seen = attention.output(packed, state)
    forward: Any = layer
    result: Tensor = forward.output(forward.intermediate(seen), seen)
    return result


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
