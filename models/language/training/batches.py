"""Cuts texts into tokens once, and every epoch puts them together anew."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from models.language import batching, framing
from models.language.batching import Batch

_POOL = 64
"""Batches that are drawn together and then sorted by length: order stays random, padding small."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as tokens.

    Attributes:
        ids: Of each text, without a frame.
    """

    ids: Sequence[Sequence[int]]

    @classmethod
    def cut(cls, tokenizer: Tokenizer, texts: Sequence[str], longest: int) -> Texts:
        """Cut *texts*, each to at most *longest* tokens."""
        return cls([ids[:longest] for ids in framing.cut(tokenizer, texts)])

    def padded(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Ids and mask of the texts of *batch*, both of shape ``(n, width)``."""
        ids, mask = framing.padded((self.ids[place] for place in batch.rows), batch.width)
        return torch.from_numpy(ids), torch.from_numpy(mask)

    def in_order(self, budget: int) -> list[Batch]:
        """Every text once, for reading: the shortest first."""
        return self._planned(range(len(self.ids)), budget)

    def shuffled(self, budget: int, *, seed: int, epoch: int) -> list[Batch]:
        """Every text once, for learning: the same for the same seed and epoch."""
        chance = random.Random(f"{seed}:{epoch}")  # noqa: S311  an order, not a secret
        order = list(range(len(self.ids)))
        chance.shuffle(order)
        typical = framing.FRAME + sum(map(len, self.ids)) // max(1, len(self.ids))
        pool = max(1, _POOL * budget // typical)
        batches: list[Batch] = []
        for start in range(0, len(order), pool):
            batches += self._planned(order[start : start + pool], budget)
        chance.shuffle(batches)
        return batches

    def _planned(self, places: Sequence[int], budget: int) -> list[Batch]:
        sizes = [len(self.ids[place]) + framing.FRAME for place in places]
        return [
            Batch(tuple(places[row] for row in batch.rows), batch.width)
            for batch in batching.plan(sizes, budget=budget, mixed=True)
        ]
