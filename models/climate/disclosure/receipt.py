"""What was decided for one window, as counts, and the chain that keeps it so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from models.climate.windows import Window


@dataclass(frozen=True, slots=True)
class Receipt:
    """Under which rules and from which input a window was released; never a unit.

    Attributes:
        policy: Fingerprint of the policy in force.
        models: The language models that scored the window's messages.
        code: Version of the program.
        window: What was released.
        quarter: The unit tree that it was released over.
        input_digest: Hash over the exact sums that were released.  Of no others: a hash over a
            withheld cell could be guessed at until it fits.
        decisions: How many decisions had each outcome.
        published: Values that were published.
        withheld: Units that were due and were not.
        k: Fewest contributors of a published value.
    """

    policy: str
    models: tuple[str, ...]
    code: str
    window: Window
    quarter: str
    input_digest: str
    decisions: Mapping[str, int]
    published: int
    withheld: int
    k: int

    @property
    def body(self) -> bytes:
        """The one spelling that is stored and hashed."""
        fields = {
            "cadence": self.window.cadence.value,
            "code": self.code,
            "decisions": dict(self.decisions),
            "end": self.window.end_exclusive.isoformat(),
            "input": self.input_digest,
            "k": self.k,
            "models": sorted(self.models),
            "policy": self.policy,
            "published": self.published,
            "quarter": self.quarter,
            "start": self.window.start.isoformat(),
            "withheld": self.withheld,
        }
        return canonical(fields)

    @property
    def id(self) -> str:
        """Hash of the body: a receipt cannot be changed and keep its name."""
        return sha256(self.body).hexdigest()


def canonical(fields: Mapping[str, object]) -> bytes:
    """JSON with sorted keys, no spaces and nothing beyond ASCII."""
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")


def chain_hash(previous: str, body: bytes) -> str:
    """Hash of *body* in its place: after the entry whose hash is *previous*."""
    return sha256(previous.encode("ascii") + b"\n" + body).hexdigest()
