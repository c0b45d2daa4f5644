"""What every engine does with texts, whatever multiplies: cut, batch, run, put together again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from models.language import batching, chunks, framing

WINDOW: Final = 510
"""Tokens of a text that fit beside the two that frame it."""

BUDGET: Final = 1024
"""Tokens a batch: what one layer makes of more does not stay in the caches."""

Array = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the encoder makes of some texts.

    Attributes:
        vectors: Shape ``(n, d)``, in the order of the texts.
        tokens: Shape ``(n,)``: tokens of each text; 0 where less than half can be read.
    """

    vectors: Array
    tokens: Ids


class Engine(ABC):
    """An encoder and its tokenizer, on this processor.

    Args:
        folder: What ``weights.build`` made.
        width: Numbers of a vector.
    """

    def __init__(self, folder: Path, width: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._width = width

    @abstractmethod
    def _pooled(self, ids: Ids, mask: Ids) -> Array:
        """One vector a row, shape ``(n, d)``, of *ids* and *mask* of shape ``(n, width)``."""

    def embed(self, texts: Sequence[str]) -> Embedded:
        """One vector a text; any string is taken, the empty one too."""
        encoded = framing.encoded(self._tokenizer, texts)
        ids = [one.ids for one in encoded]
        lengths = [len(one) for one in ids]
        pieces = chunks.cut(lengths, window=WINDOW)
        sizes = [piece.size + framing.FRAME for piece in pieces]
        vectors = np.zeros((len(pieces), self._width), np.float32)
        for batch in batching.plan(sizes, budget=BUDGET):
            own = [pieces[place] for place in batch.rows]
            framed = framing.padded(
                (ids[piece.text][piece.start : piece.stop] for piece in own), batch.width
            )
            vectors[list(batch.rows)] = self._pooled(*framed)
        return Embedded(
            chunks.joined(vectors, pieces, texts=len(texts)),
            np.array(lengths, np.int64) * framing.legible(self._tokenizer, encoded),
        )
