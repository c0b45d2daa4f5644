"""Multiplications in whole numbers of eight bits, each row of the input with a scale of its own.

Source:
    Yao et al. 2022, "ZeroQuant", arXiv:2206.01861, section 3: token-wise quantisation.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from typing_extensions import override

_MOST: Final = 127
_SMALLEST: Final = 1e-6
"""Of a row's largest number, so that a row of noughts can be divided by it."""


class EightBits(nn.Module):
    """What a linear layer does, nearly: products and sums are exact, inputs and weights rounded.

    A scale for the whole batch would let a text's neighbours move what is said of it.

    Args:
        layer: Whose weights are rounded, each of its outputs with a scale of its own.
    """

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        weights = layer.weight.detach().float()
        self.scales = weights.abs().amax(1) / _MOST
        self.weights = (weights / self.scales[:, None]).round().to(torch.int8).t()
        self.offsets = layer.bias.detach().float()

    @override
    def forward(self, rows: Tensor) -> Tensor:
        """Return shape ``(t, outputs)`` in single precision for *rows* of shape ``(t, inputs)``."""
        scales = rows.abs().amax(1, keepdim=True).clamp_(min=_SMALLEST).div_(_MOST)
        whole = (rows / scales).round_().to(torch.int8)
        # Not public, and what every library of eight-bit layers calls: a test holds it to its sums.
        sums = torch._int_mm(whole, self.weights)  # noqa: SLF001
        return torch.addcmul(self.offsets, sums.float().mul_(scales), self.scales)
