"""Says which examples training never sees, by their ids alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from models.language.corpus import doubles
from models.language.corpus.loader import Example

_SHARE = 10  # one group in ten is held out
_TWINS = ("-a", "-b", "-c")


def group(example_id: str) -> str:
    """The id without the letter of a twin: twins are never parted."""
    return example_id[:-2] if example_id.endswith(_TWINS) else example_id


def _drawn(example_id: str, purpose: str) -> int:
    digest = hashlib.sha256(f"{purpose}:{group(example_id)}".encode()).digest()
    return int.from_bytes(digest[:8])


def held_out(example_id: str) -> bool:
    """Whether the example is kept for the simulator and the figures; one in ten.

    Example:
        >>> held_out("c-en-0001-a") == held_out("c-en-0001-b")
        True
    """
    return _drawn(example_id, "held out") % _SHARE == 0


def fold(example_id: str, folds: int) -> int:
    """In which of *folds* parts the example lies, from 0; twins lie together."""
    return _drawn(example_id, "fold") % folds


def training(examples: Sequence[Example]) -> list[Example]:
    """What may be trained on: neither held out nor nearly the same as what is.

    Several independent writers hit on the same short sentence now and then.
    """
    kept = [example.text for example in examples if held_out(example.id)]
    rest = [example for example in examples if not held_out(example.id)]
    near = doubles.near([example.text for example in rest], kept)
    return [example for place, example in enumerate(rest) if place not in near]
