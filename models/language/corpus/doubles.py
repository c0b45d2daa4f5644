"""Finds texts that say nearly the same, so that no figure rests on a text seen in training."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NEAR = 0.6
"""Share of common word triples from which two texts count as one."""


def normalised(text: str) -> str:
    """The words alone, in lower case.

    Example:
        >>> normalised("Well, WELL!")
        'well well'
    """
    return " ".join(re.findall(r"\w+", text.casefold()))


def triples(text: str) -> frozenset[tuple[str, ...]]:
    """Every run of three words; a shorter text is one run."""
    words = normalised(text).split()
    return frozenset(tuple(words[start : start + 3]) for start in range(max(1, len(words) - 2)))


def near(texts: Sequence[str], others: Sequence[str]) -> frozenset[int]:
    """The places in *texts* of those that nearly equal one of *others*."""
    holders: dict[tuple[str, ...], list[int]] = {}
    cut = [triples(text) for text in others]
    for place, runs in enumerate(cut):
        for run in runs:
            holders.setdefault(run, []).append(place)
    found: set[int] = set()
    for place, text in enumerate(texts):
        runs = triples(text)
        candidates = {other for run in runs for other in holders.get(run, ())}
        if any(len(runs & cut[c]) >= _NEAR * len(runs | cut[c]) for c in candidates):
            found.add(place)
    return frozenset(found)
