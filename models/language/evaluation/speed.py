"""Times a scorer on the messages that the simulator plays."""

from __future__ import annotations

import time

from models.language.corpus import loader, split
from models.language.scorer import Scorer

_TEXTS = 512


def messages_a_second(scorer: Scorer) -> float:
    """Messages scored a second in one large batch, the better of two runs."""
    held_out = [e.text for e in loader.load() if split.held_out(e.id)]
    texts = held_out[:: max(1, len(held_out) // _TEXTS)]
    fastest = 0.0
    for _ in range(2):
        started = time.perf_counter()
        scorer.score(texts)
        fastest = max(fastest, len(texts) / (time.perf_counter() - started))
    return fastest
