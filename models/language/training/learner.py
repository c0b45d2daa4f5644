"""What is trained: the encoder, a linear head for each family of labels, and the loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from typing_extensions import override

from models.language.heads import Linear
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.network import Encoder
from models.language.training.emotions import EMOTIONS
from models.language.training.rows import Row

FAMILIES: Mapping[str, Sequence[str]] = {
    "sentiment": tuple(Sentiment),
    "signals": tuple(Signal),
    "drivers": tuple(Driver),
    "emotions": EMOTIONS,
    "language": tuple(Language),
}
"""Labels of each head.  Emotions are trained beside the others and never shipped."""

ONE_OF = frozenset({"sentiment", "language"})
"""Families of which exactly one label is true."""


class Learner(nn.Module):
    """One pass through the encoder, every head on its vector.

    Attributes:
        centre: Shape ``(width,)``: what is taken from a vector,
        scale: shape ``(width,)``, and what it is then divided by, before a head reads it.
    """

    centre: Tensor
    scale: Tensor

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = nn.ModuleDict(
            {name: nn.Linear(encoder.width, len(labels)) for name, labels in FAMILIES.items()}
        )
        self.register_buffer("centre", torch.zeros(encoder.width))
        self.register_buffer("scale", torch.ones(encoder.width))

    @override
    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Return the logits of each family, shape ``(n, labels)``.

        Args:
            ids: Shape ``(n, width)``, padded.
            mask: Shape ``(n, width)``, 1 on tokens and 0 on padding.
        """
        return self.said(self.even(self.encoder(ids, mask)))

    def even(self, vectors: Tensor) -> Tensor:
        """*vectors* as the heads read them."""
        return (vectors - self.centre) / self.scale

    def said(self, even: Tensor) -> dict[str, Tensor]:
        """The logits of each family, shape ``(n, labels)``, for what ``even`` made."""
        return {name: head(even) for name, head in self.heads.items()}

    @torch.no_grad()
    def linear(self, family: str) -> Linear:
        """The head of *family* for vectors as the encoder makes them."""
        head = self.heads[family]
        assert isinstance(head, nn.Linear)
        weights = head.weight / self.scale
        offsets = head.bias - weights @ self.centre
        return Linear(weights.numpy(), offsets.numpy())


@dataclass(frozen=True, slots=True)
class Targets:
    """What the heads should say of some texts, and how far each answer is trusted.

    Attributes:
        labels: Of each family, shape ``(n, labels)``, probabilities.
        trust: Of each family, shape ``(n,)``; 0 where nobody labelled it.
    """

    labels: Mapping[str, Tensor]
    trust: Mapping[str, Tensor]

    def of(self, places: Sequence[int]) -> Targets:
        """Those of the texts at *places*."""
        index = torch.tensor(places)
        return Targets(
            {name: found[index] for name, found in self.labels.items()},
            {name: found[index] for name, found in self.trust.items()},
        )

    def to(self, device: str) -> Targets:
        """The same on *device*."""
        return Targets(
            {name: found.to(device) for name, found in self.labels.items()},
            {name: found.to(device) for name, found in self.trust.items()},
        )


def targets(rows: Sequence[Row]) -> Targets:
    """What *rows* say."""
    labels, trust = {}, {}
    for name, names in FAMILIES.items():
        given = [_given(row, name) for row in rows]
        labels[name] = torch.tensor(
            [[float(label in (known or ())) for label in names] for known in given]
        )
        trust[name] = torch.tensor(
            [0.0 if known is None else row.weight for row, known in zip(rows, given, strict=True)]
        )
    return Targets(labels, trust)


def _given(row: Row, family: str) -> Iterable[str] | None:
    """The labels of *row* in *family*; None where nobody looked."""
    if family in ONE_OF:
        one: str | None = getattr(row, family)
        return None if one is None else [one]
    several: Iterable[str] | None = getattr(row, family)
    return several


def loss(logits: Mapping[str, Tensor], wanted: Targets, importance: Mapping[str, float]) -> Tensor:
    """Mean over the texts of the trusted cross-entropies, a number.

    Of a family of which any number of labels may be true, the binary cross-entropies of its
    labels are added up.
    """
    total = torch.zeros(())
    for name, found in logits.items():
        truth = wanted.labels[name]
        if name in ONE_OF:
            wrong = functional.cross_entropy(found.float(), truth, reduction="none")
        else:
            wrong = functional.binary_cross_entropy_with_logits(
                found.float(), truth, reduction="none"
            ).sum(dim=1)
        total = total.to(wrong.device) + importance[name] * (wrong * wanted.trust[name]).mean()
    return total
