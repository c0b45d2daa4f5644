"""Chooses the pieces that stay: ``python -m models.language.training.vocabulary`` (once).

Word lists alone would cost 4.7 % more tokens on chat: they hold no "word and punctuation", no
":)" and no "...".  So real text is counted as well, the same weight to each source.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from wordfreq import get_frequency_dict

from models.language.corpus import loader, split
from models.language.labels import Language
from models.language.training import public
from models.language.weights import build, image, tokenizer

TARGET = 50_000
_BATCH = 50_000
_SCRIPTS = (
    "LATIN",
    "GREEK",
    "CYRILLIC",
    "MODIFIER",
    "FEMININE",
    "MASCULINE",
    "MICRO",
    "DOUBLE-STRUCK",
)
_SIGNS = "PSNZMC"  # punctuation, symbols and emoji, digits, marks, joiners
_LONGEST_RUN = 8
_REAL = ("goemotions_sentiment/train", "se_sentiment/train", "xed/train", "sad/train")


def _is_letter_or_sign(character: str) -> bool:
    name = unicodedata.name(character, "")
    return unicodedata.category(character)[0] in _SIGNS or name.startswith(_SCRIPTS)


def _always_kept(piece: str) -> bool:
    """Single characters, so that no word becomes unknown; runs of punctuation and emoji."""
    bare = piece.strip("▁")
    if len(bare) <= 1:
        return all(map(_is_letter_or_sign, bare))
    return len(bare) <= _LONGEST_RUN and all(
        unicodedata.category(character)[0] in "PSMC" for character in bare
    )


def _written_forms(language: Language) -> Iterator[tuple[Sequence[str], NDArray[np.float64]]]:
    frequencies = get_frequency_dict(language, "large")
    words = list(frequencies)
    weights = np.array([frequencies[word] for word in words])
    joined = "l'" if language is Language.FR else "-"
    yield words, weights * 0.78
    yield [word.capitalize() for word in words], weights * 0.17
    yield [word.upper() for word in words], weights * 0.02
    yield [joined + word for word in words], weights * 0.03


def _counted(
    cutter: Tokenizer, texts: Sequence[str], weights: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    counts = np.zeros(size)
    for start in range(0, len(texts), _BATCH):
        part = list(texts[start : start + _BATCH])
        for text, weight in zip(
            cutter.encode_batch(part, add_special_tokens=False),
            weights[start : start + _BATCH],
            strict=True,
        ):
            np.add.at(counts, text.ids, weight)
    return counts


def _real_texts() -> Mapping[str, Sequence[str]]:
    examples = [e for e in loader.load() if not split.held_out(e.id)]
    texts = {
        f"corpus {language}": [e.text for e in examples if e.language is language]
        for language in Language
    }
    for name in _REAL:
        texts[name] = [row["text"] for row in public.rows(name)]
    return texts


def chosen(pieces: Sequence[str], shares: Iterable[NDArray[np.float64]]) -> NDArray[np.int64]:
    """At most ``TARGET`` ids: specials, single signs, then the pieces used most."""
    kept = np.array([_always_kept(piece) for piece in pieces])
    kept[: len(tokenizer.SPECIAL)] = True
    kept[-1] = True
    use = np.mean(list(shares), axis=0)
    order = [i for i in np.argsort(-use, kind="stable") if not kept[i] and use[i] > 0]
    kept[order[: TARGET - int(kept.sum())]] = True
    return np.flatnonzero(kept)


def main() -> None:
    """Count, choose, write ``kept_pieces.bin``."""
    source = image.read(build.image_path())
    size = len(source.pieces)
    cutter = Tokenizer.from_str(tokenizer.definition(source, range(size)))
    shares: list[NDArray[np.float64]] = []
    for language in Language:
        counts = sum(
            (_counted(cutter, words, weights, size) for words, weights in _written_forms(language)),
            np.zeros(size),
        )
        shares.append(counts / counts.sum())
    for name, texts in _real_texts().items():
        counts = _counted(cutter, texts, np.ones(len(texts)), size)
        sys.stdout.write(f"{name}: {len(texts)} texts\n")
        shares.append(counts / counts.sum())
    ids = chosen(source.pieces, shares)
    tokenizer.keep(ids, size)
    for share in shares:
        sys.stdout.write(f"share of the text in kept pieces: {share[ids].sum():.5f}\n")
    sys.stdout.write(f"{len(ids)} pieces, {tokenizer.KEPT_PIECES.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
