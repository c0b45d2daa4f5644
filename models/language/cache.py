"""Remembers the scores of short messages: "ok" and "thanks!" come again and again."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.scorer import Scorer, Scores

SIZE = 10_000
"""Scores that are kept, some four megabytes; the longest unused go first."""

LONGEST = 40
"""Characters of a text that is remembered; a longer one is hardly ever said twice."""

_WIDTHS = (len(Sentiment), len(Signal), len(Driver), len(Signal), len(Driver), 1, 1)
_EDGES = np.cumsum(_WIDTHS)[:-1]
_LANGUAGES = tuple(Language)

_Row = NDArray[np.float32]


class CachedScorer:
    """Asks *scorer* only for what it has not just said.

    No text is kept: only the scores, under a digest whose key is drawn by this process and
    ends with it.
    """

    def __init__(self, scorer: Scorer, *, size: int = SIZE) -> None:
        self._scorer = scorer
        self._size = size
        self._key = secrets.token_bytes(32)
        self._rows: OrderedDict[bytes, _Row] = OrderedDict()

    def score(self, texts: Sequence[str]) -> Scores:
        """Score *texts*; an empty batch is allowed."""
        found = np.zeros((len(texts), sum(_WIDTHS)), np.float32)
        asked: dict[bytes | int, list[int]] = {}
        for place, text in enumerate(texts):
            digest = self._digest(text)
            row = self._recalled(digest)
            if row is None:
                asked.setdefault(place if digest is None else digest, []).append(place)
            else:
                found[place] = row
        fresh = self._scorer.score([texts[places[0]] for places in asked.values()])
        for (digest_or_place, places), row in zip(asked.items(), _rows(fresh), strict=True):
            found[places] = row
            if isinstance(digest_or_place, bytes):
                self._remember(digest_or_place, row)
        return _scores(found, fresh.model)

    def _digest(self, text: str) -> bytes | None:
        if len(text) > LONGEST:
            return None
        return hashlib.blake2b(
            text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16
        ).digest()

    def _recalled(self, digest: bytes | None) -> _Row | None:
        if digest is None or digest not in self._rows:
            return None
        self._rows.move_to_end(digest)
        return self._rows[digest]

    def _remember(self, digest: bytes, row: _Row) -> None:
        self._rows[digest] = row.copy()  # a part of a batch would keep all of it
        if len(self._rows) > self._size:
            self._rows.popitem(last=False)


def _rows(scores: Scores) -> _Row:
    """Shape ``(n, 45)``: everything that is said of each text."""
    spoken = [[_LANGUAGES.index(language)] for language in scores.languages]
    return np.concatenate(
        [
            scores.sentiment_p,
            scores.signals_p,
            scores.drivers_p,
            scores.signals,
            scores.drivers,
            scores.sure[:, None],
            np.array(spoken, np.float32).reshape(-1, 1),
        ],
        axis=1,
        dtype=np.float32,
    )


def _scores(rows: _Row, model: str) -> Scores:
    sentiment, signals_p, drivers_p, signals, drivers, sure, spoken = np.split(rows, _EDGES, axis=1)
    return Scores(
        sentiment_p=sentiment,
        signals_p=signals_p,
        drivers_p=drivers_p,
        sure=sure[:, 0] > 0,
        signals=signals > 0,
        drivers=drivers > 0,
        languages=[_LANGUAGES[int(place)] for place in spoken[:, 0]],
        model=model,
    )
