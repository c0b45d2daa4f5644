"""What was decided for one window, as counts, and the chain that keeps it so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from models.climate.windows import Cadence, Window, window_of

FORMAT: Final = 2
"""How receipts are written now; those of format 1 name no weights, budget and recipients."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Under which rules and from which input a window was released; never a unit or a person.

    Attributes:
        policy: Fingerprint of the policy in force.
        models: The language models that scored the window's messages.
        weights: For each of them, SHA-256 of the files of its weights by file; none where the
            registry that ships does not name it.
        code: Version of the program.
        window: What was released.
        quarter: The unit tree that it was released over.
        input_digest: Hash over the exact sums that were released.  Of no others: a hash over a
            withheld cell could be guessed at until it fits.
        decisions: How many units were published, withheld or refused.
        published: Values that were published.
        withheld: Units that were due and were not.
        k: Fewest contributors of a published value.
        recipients: Which exits could read it when it was released: kinds, and ids of webhooks.
        budget_spent: Differential privacy that the window cost; None where it is off.
        budget_left: What its block has left after it; None where it is off.
        format: How it is written.
    """

    policy: str
    models: tuple[str, ...]
    weights: Mapping[str, Mapping[str, str]]
    code: str
    window: Window
    quarter: str
    input_digest: str
    decisions: Mapping[str, int]
    published: int
    withheld: int
    k: int
    recipients: tuple[str, ...]
    budget_spent: float | None = None
    budget_left: float | None = None
    format: int = FORMAT

    @property
    def units_published(self) -> int:
        """How many units are shown; ``published`` counts values."""
        return self.decisions.get("published", 0)

    @property
    def body(self) -> bytes:
        """The one spelling that is stored and hashed."""
        fields: dict[str, object] = {
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
        if self.format > 1:
            fields |= {
                "budget_left": self.budget_left,
                "budget_spent": self.budget_spent,
                "format": self.format,
                "recipients": sorted(self.recipients),
                "weights": {name: dict(files) for name, files in self.weights.items()},
            }
        return canonical(fields)

    @property
    def id(self) -> str:
        """Hash of the body: a receipt cannot be changed and keep its name."""
        return sha256(self.body).hexdigest()


def read(body: str) -> Receipt:
    """The receipt that *body* spells, of any format so far.

    Raises:
        ValueError: it is no spelling of a receipt.
    """
    try:
        fields: dict[str, Any] = json.loads(body)
        receipt = Receipt(
            policy=fields["policy"],
            models=tuple(fields["models"]),
            weights=fields.get("weights", {}),
            code=fields["code"],
            window=window_of(Cadence(fields["cadence"]), date.fromisoformat(fields["start"])),
            quarter=fields["quarter"],
            input_digest=fields["input"],
            decisions=fields["decisions"],
            published=int(fields["published"]),
            withheld=int(fields["withheld"]),
            k=int(fields["k"]),
            recipients=tuple(fields.get("recipients", ())),
            budget_spent=fields.get("budget_spent"),
            budget_left=fields.get("budget_left"),
            format=fields.get("format", 1),
        )
        same = receipt.body == body.encode("ascii")
    except (KeyError, TypeError, AttributeError, ValueError):
        raise ValueError("no receipt") from None
    if not same:
        raise ValueError("another spelling of a receipt")
    return receipt


def canonical(fields: Mapping[str, object]) -> bytes:
    """JSON with sorted keys, no spaces and nothing beyond ASCII."""
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")


def chain_hash(previous: str, body: bytes) -> str:
    """Hash of *body* in its place: after the entry whose hash is *previous*."""
    return sha256(previous.encode("ascii") + b"\n" + body).hexdigest()
