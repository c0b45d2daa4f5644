"""From texts to what the encoder reads: tokens between a start and an end, padded."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

_START, _PAD, _END = 0, 1, 2
_UNKNOWN, _WORD_START = "<unk>", "▁"

FRAME = 2
"""Tokens that frame a text."""


def encoded(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Encoding]:
    """The pieces of each text, without a frame; any string is taken, the empty one too."""
    # A lone surrogate is no Unicode text, and the tokenizer would refuse it.
    readable = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    found: list[Encoding] = tokenizer.encode_batch(readable, add_special_tokens=False)
    return found


def cut(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The tokens of each text, as `encoded` cuts it."""
    return [one.ids for one in encoded(tokenizer, texts)]


def legible(tokenizer: Tokenizer, pieces: Sequence[Encoding]) -> NDArray[np.bool_]:
    """Whether at least half of the characters of each text are Latin and lie in known pieces.

    Characters and not pieces are counted, since what is unknown in a row is one piece however
    long it is: half of the pieces of a Japanese sentence are single signs that happen to be
    known. Letters of other scripts are strange even where they are known, for all three
    languages are written in Latin ones. The mark that begins a word counts on neither side.

    Args:
        tokenizer: What cut them.
        pieces: Of ``n`` texts.

    Returns:
        Shape ``(n,)``; False of a text without any character that is known.
    """
    unknown = tokenizer.token_to_id(_UNKNOWN)
    found = np.zeros(len(pieces), np.bool_)
    for place, one in enumerate(pieces):
        known = strange = 0
        for token, piece in zip(one.ids, one.tokens, strict=True):
            size = len(piece.strip(_WORD_START))
            foreign = size if token == unknown else _foreign(piece)
            strange += foreign
            known += size - foreign
        found[place] = known >= max(strange, 1)
    return found


@cache
def _foreign(piece: str) -> int:
    """How many of its characters are letters of a script other than Latin.

    Pieces of the vocabulary alone are asked for: nothing of a message is remembered here.
    """
    return sum(one.isalpha() and "LATIN" not in unicodedata.name(one, "") for one in piece)


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
