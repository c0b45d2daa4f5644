"""The shared encoder: token ids in, one pooled vector a text out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from models.language.eight_bits import EightBits
from models.language.half import Half

_STEP: Final = 32
"""Tokens are filled up to a multiple of this.

The library makes a program for each number of rows that it is to multiply and keeps a thousand;
with any number of tokens a scorer that runs for minutes spends a third of its time on making them
anew, and on finding room for them.
"""


class Dropout(nn.Module):
    """Leaves numbers out at random while it is trained, and raises the others instead.

    The library's own draws a number for each number; eight are had from one draw here, and a
    step of training takes some 8 % less time.

    Attributes:
        cut: Of 256 numbers, how many are left out.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.cut = round(256 * share)

    @override
    def forward(self, state: Tensor) -> Tensor:
        """Return *state*, of any shape, with about ``cut / 256`` of its numbers nought."""
        if not (self.training and self.cut):
            return state
        draws = torch.empty(-(-state.numel() // 8), dtype=torch.int64, device=state.device)
        draws = draws.random_(-(2**63), None).view(torch.uint8)
        kept = draws[: state.numel()].view(state.shape) >= self.cut
        return state * (kept * (256 / (256 - self.cut)))


class Layer(nn.Module):
    """One layer of BERT (Devlin et al. 2019), on packed tokens.

    Everything but attention is computed on the tokens alone, without padding: a fifth of the
    work on messages of mixed length, since multiplications are four fifths of it.
    """

    def __init__(self, hidden: int, inner: int, heads: int, epsilon: float, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.narrow = torch.float32
        self.query_key_value = nn.Linear(hidden, 3 * hidden)
        self.mixed = nn.Linear(hidden, hidden)
        self.mixed_norm = nn.LayerNorm(hidden, epsilon)
        self.up = nn.Linear(hidden, inner)
        self.bent: nn.Module = nn.GELU()
        self.down = nn.Linear(inner, hidden)
        self.down_norm = nn.LayerNorm(hidden, epsilon)
        self.dropout = Dropout(dropout)

    @override
    def forward(self, state: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return the next state of *state*, both of shape ``(t, hidden)``.

        Args:
            state: One row a token.
            tokens: Where each of them stands in the padded batch, flattened; what fills up stands
                behind its end, and nobody reads it.
            mask: Shape ``(n, width)``, 1 on tokens and 0 on padding.
        """
        rows, width = mask.shape
        narrow = self.narrow
        triple = self.query_key_value(state.to(narrow))
        padded = triple.new_zeros(rows * width + 1, triple.shape[1])
        padded[tokens] = triple
        apart = padded[:-1].view(rows, width, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        seen = _attention(apart, mask)
        packed = seen.transpose(1, 2).reshape(rows * width, -1)[tokens.clamp(max=rows * width - 1)]
        mixed = self.mixed(packed.to(narrow)).float()
        state = self.mixed_norm(self.dropout(mixed) + state)
        inner = self.down(self.bent(self.up(state.to(narrow)))).float()
        result: Tensor = self.down_norm(self.dropout(inner) + state)
        return result


def _narrowed(linear: nn.Linear, dtype: torch.dtype, *, bent: bool) -> nn.Module:
    if dtype is torch.int8:
        return EightBits(linear)
    if dtype is torch.bfloat16 and linear.weight.device.type == "cpu":
        return Half(linear, bent=bent)
    return linear.to(dtype)


def _attention(triple: Tensor, mask: Tensor) -> Tensor:
    """What each token reads of the others; in single precision where there is a way back.

    That is seven times slower in half precision.

    Args:
        triple: Queries, keys and values, shape ``(3, n, heads, width, hidden / heads)``.
        mask: Shape ``(n, width)``, 1 on tokens and 0 on padding.
    """
    with torch.autocast(triple.device.type, enabled=False):
        own = triple.float() if torch.is_grad_enabled() else triple
        query, key, value = own.unbind()
        return functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask.bool()[:, None, None, :]
        )


class Encoder(nn.Module):
    """A BERT cut off above the deepest layer that is read, with mean pooling.

    The upper layers of a frozen sentence encoder serve its own training goal; what a linear
    head can read peaks below them, so cutting them off is faster and no worse.

    It is written out here because the library that has it takes six seconds to import, and a
    scorer that starts faster is back faster.
    """

    def __init__(self, config: dict[str, Any], layers: Sequence[int], dropout: float = 0.0) -> None:
        super().__init__()
        hidden = config["hidden_size"]
        epsilon = config["layer_norm_eps"]
        self.layers = tuple(layers)
        self.width = hidden * len(self.layers)
        self.words = nn.Embedding(config["vocab_size"], hidden)
        self.places = nn.Embedding(config["max_position_embeddings"], hidden)
        self.norm = nn.LayerNorm(hidden, epsilon)
        self.stack = nn.ModuleList(
            Layer(
                hidden,
                config["intermediate_size"],
                config["num_attention_heads"],
                epsilon,
                dropout,
            )
            for _ in range(max(layers))
        )

    def narrowed(self, dtype: torch.dtype) -> Encoder:
        """Itself, from now on with multiplications in *dtype*, of which eight bits are one.

        What is carried from layer to layer stays in single precision.
        """
        for layer in self.stack:
            assert isinstance(layer, Layer)
            for name, module in list(layer.named_children()):
                if isinstance(module, nn.Linear):
                    bent = name == "up"
                    setattr(layer, name, _narrowed(module, dtype, bent=bent))
            if isinstance(layer.up, Half):
                layer.bent = nn.Identity()
            layer.narrow = torch.float32 if dtype is torch.int8 else dtype
        return self

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
        real = len(tokens)
        tokens = functional.pad(tokens, (0, -real % _STEP), value=rows * width)
        words = ids.flatten()[tokens.clamp(max=rows * width - 1)]
        counts = mask.sum(1, keepdim=True).clamp(min=1)
        state = self.norm(self.words(words) + self.places(tokens % width))
        pooled = []
        for depth, layer in enumerate(self.stack, start=1):
            state = layer(state, tokens, mask)
            if depth in self.layers:
                total = state.new_zeros(rows, state.shape[1]).index_add_(0, texts, state[:real])
                pooled.append(total / counts.to(state.dtype))
        return torch.cat(pooled, dim=1)


def load(
    folder: Path,
    layers: Sequence[int],
    tuned: Mapping[str, Tensor] | None = None,
    *,
    dropout: float = 0.0,
) -> Encoder:
    """The encoder in *folder*, up to the deepest of *layers* (1 is the first).

    Args:
        folder: What ``weights.build`` made.
        layers: The layers to read.
        tuned: Weights that take the place of those in *folder*, under the names of `Encoder`.
        dropout: Share of what each layer adds that is left out while it is trained.

    Raises:
        ValueError: a layer is asked for that the encoder does not have.
    """
    config = json.loads((folder / "config.json").read_text("utf-8"))
    if not layers or min(layers) < 1 or max(layers) > config["num_hidden_layers"]:
        raise ValueError(f"layers must lie in 1..{config['num_hidden_layers']}")
    encoder = Encoder(config, layers, dropout)
    own = _renamed(load_file(folder / "model.safetensors"), max(layers))
    encoder.load_state_dict({**own, **(tuned or {})})
    return encoder.eval()


def _renamed(stored: dict[str, Tensor], depth: int) -> dict[str, Tensor]:
    """The weights under our names, as far as they are needed."""
    own = {
        "mixed": "attention.output.dense",
        "mixed_norm": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "down_norm": "output.LayerNorm",
    }
    # Texts are never paired, so the one type there is can be added to the words beforehand.
    words = stored["embeddings.word_embeddings.weight"]
    found = {
        "words.weight": words + stored["embeddings.token_type_embeddings.weight"][0],
        "places.weight": stored["embeddings.position_embeddings.weight"],
        "norm.weight": stored["embeddings.LayerNorm.weight"],
        "norm.bias": stored["embeddings.LayerNorm.bias"],
    }
    for number in range(depth):
        place = f"encoder.layer.{number}"
        for part in ("weight", "bias"):
            triple = [
                stored[f"{place}.attention.self.{name}.{part}"]
                for name in ("query", "key", "value")
            ]
            found[f"stack.{number}.query_key_value.{part}"] = torch.cat(triple)
            for ours, theirs in own.items():
                found[f"stack.{number}.{ours}.{part}"] = stored[f"{place}.{theirs}.{part}"]
    return found
