"""The encoder on padded batches, for engines that take a graph and not a program."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from models.language.network import Encoder, Layer

_FAR = -1e9
"""What takes padding out of attention."""


class PaddedEncoder(nn.Module):
    """Same weights and same vectors as `Encoder`; the padding is computed and thrown away.

    Packing tokens needs shapes that depend on values, which graph engines run slowly or not at
    all.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    @override
    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return shape ``(n, hidden * layers)`` for *ids* and *mask* of shape ``(n, width)``."""
        own = self.encoder
        places = torch.arange(ids.shape[1], device=ids.device)
        state = own.norm(own.words(ids) + own.places(places))
        tokens = mask.to(state.dtype)[:, :, None]
        away = (1 - tokens.transpose(1, 2))[:, None] * _FAR
        pooled = []
        for depth, layer in enumerate(own.stack, start=1):
            assert isinstance(layer, Layer)
            state = _layer(layer, state, away)
            if depth in own.layers:
                pooled.append((state * tokens).sum(1) / tokens.sum(1).clamp(min=1))
        return torch.cat(pooled, dim=1)


def _layer(layer: Layer, state: Tensor, away: Tensor) -> Tensor:
    """The next state, shape ``(n, width, hidden)``; *away* of shape ``(n, 1, 1, width)``."""
    rows, width, hidden = state.shape
    apart = layer.query_key_value(state).view(rows, width, 3, layer.heads, hidden // layer.heads)
    query, key, value = apart.permute(2, 0, 3, 1, 4).unbind()
    seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=away)
    mixed = layer.mixed(seen.transpose(1, 2).reshape(rows, width, hidden))
    state = layer.mixed_norm(mixed + state)
    result: Tensor = layer.down_norm(layer.down(functional.gelu(layer.up(state))) + state)
    return result
