"""From texts to what the encoder reads: tokens between a start and an end, padded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

_START, _PAD, _END = 0, 1, 2

FRAME = 2
"""Tokens that frame a text."""


def cut(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The tokens of each text, without a frame; any string is taken, the empty one too."""
    # A lone surrogate is no Unicode text, and the tokenizer would refuse it.
    readable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    return [one.ids for one in tokenizer.encode_batch(readable, add_special_tokens=False)]


def padded(
    pieces: Iterable[Sequence[int]], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids, framed, and their mask, 1 on tokens and 0 on padding, both of shape ``(n, width)``.

    Example:
        >>> padded([[7], []], 4)[0].tolist()
        [[0, 7, 2, 1], [0, 2, 1, 1]]
    """
    rows = [[_START, *piece, _END] for piece in pieces]
    ids = np.full((len(rows), width), _PAD, np.int64)
    mask = np.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return ids, mask
