"""Cuts texts into tokens once, and every epoch puts them together anew."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from models.language import batching

START, PAD, END = 0, 1, 2
_POOL = 64
"""Batches that are drawn together and then sorted by length: order stays random, padding small."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts as token ids, framed.

    Attributes:
        ids: Of each text.
    """

    ids: Sequence[Sequence[int]]

    @classmethod
    def cut(cls, tokenizer: Tokenizer, texts: Sequence[str], longest: int) -> Texts:
        """Cut *texts*, each to at most *longest* tokens without those that frame it."""
        readable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        found = tokenizer.encode_batch(readable, add_special_tokens=False)
        return cls([[START, *encoding.ids[:longest], END] for encoding in found])

    def padded(self, places: Sequence[int], width: int) -> tuple[Tensor, Tensor]:
        """Ids and mask of the texts at *places*, both of shape ``(n, width)``."""
        ids = np.full((len(places), width), PAD, np.int64)
        mask = np.zeros_like(ids)
        for row, place in enumerate(places):
            tokens = self.ids[place]
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        return torch.from_numpy(ids), torch.from_numpy(mask)

    def in_order(self, budget: int) -> Iterator[batching.Batch]:
        """Every text once, for reading: the shortest first."""
        yield from batching.plan([len(one) for one in self.ids], budget=budget)

    def shuffled(self, budget: int, *, seed: int, epoch: int) -> list[batching.Batch]:
        """Every text once, for learning: the same for the same seed and epoch."""
        chance = random.Random(f"{seed}:{epoch}")  # noqa: S311  an order, not a secret
        order = list(range(len(self.ids)))
        chance.shuffle(order)
        typical = max(1, sum(len(one) for one in self.ids) // max(1, len(self.ids)))
        pool = max(1, _POOL * budget // typical)
        batches: list[batching.Batch] = []
        for start in range(0, len(order), pool):
            drawn = order[start : start + pool]
            for batch in batching.plan([len(self.ids[place]) for place in drawn], budget=budget):
                rows = tuple(drawn[row] for row in batch.rows)
                batches.append(batching.Batch(rows, batch.width))
        chance.shuffle(batches)
        return batches
