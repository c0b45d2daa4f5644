"""Cuts what is longer than the encoder's window and puts its vectors together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of tokens of one text.

    Attributes:
        text: The place of the text in its batch.
        start: First token.
        stop: One past the last token.
    """

    text: int
    start: int
    stop: int

    @property
    def size(self) -> int:
        """Tokens in the chunk."""
        return self.stop - self.start


def cut(lengths: Sequence[int], *, window: int) -> list[Chunk]:
    """At least one chunk for each text, none longer than *window*, as even as can be.

    Example:
        >>> [(chunk.text, chunk.start, chunk.stop) for chunk in cut([3, 0, 7], window=4)]
        [(0, 0, 3), (1, 0, 0), (2, 0, 4), (2, 4, 7)]
    """
    chunks: list[Chunk] = []
    for text, length in enumerate(lengths):
        parts = max(1, -(-length // window))
        size = -(-length // parts)
        chunks += [
            Chunk(text, part * size, min(length, (part + 1) * size)) for part in range(parts)
        ]
    return chunks


def joined(
    vectors: NDArray[np.float32], chunks: Sequence[Chunk], *, texts: int
) -> NDArray[np.float32]:
    """Shape ``(texts, d)``: the mean of each text's chunks, weighted by their tokens.

    Args:
        vectors: Shape ``(chunks, d)``.
        chunks: What each row of *vectors* covers.
        texts: How many texts there are.
    """
    owners = np.array([chunk.text for chunk in chunks], np.intp)
    # An empty text has one chunk of no tokens, which still counts.
    weights = np.array([max(chunk.size, 1) for chunk in chunks], np.float32)
    total = np.zeros((texts, vectors.shape[1]), np.float32)
    np.add.at(total, owners, vectors * weights[:, None])
    share = np.zeros(texts, np.float32)
    np.add.at(share, owners, weights)
    result: NDArray[np.float32] = total / share[:, None]
    return result
