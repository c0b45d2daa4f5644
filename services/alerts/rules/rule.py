"""What a rule says: which units it looks at, what it calls a breach, and how long it must last."""

from __future__ import annotations

import json
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.climate.windows import Cadence

Uid = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Severity(StrEnum):
    """How much it matters; never how certain it is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class RuleNames(_Frozen):
    """What the rule is called in each language of the webhooks."""

    en: Name
    nl: Name
    fr: Name


class Drop(_Frozen):
    """A unit fell further than the rest of the organisation did.

    The size is in units of the indicator: the unit net of the organisation, now against the mean
    of its previous windows.
    """

    kind: Literal["drop"] = "drop"
    threshold: Annotated[float, Field(gt=0, le=2)]
    """A drop of at least this breaches."""
    recovery: Annotated[float, Field(ge=0, le=2)]
    """A drop of at most this has recovered; between the two nothing changes."""

    @model_validator(mode="after")
    def _recovery_is_on_the_safe_side(self) -> Self:
        if self.recovery >= self.threshold:
            raise ValueError("recovery must lie below the threshold")
        return self


class Rule(_Frozen):
    """One version of a rule; a changed rule is a new version and its old alerts end."""

    uid: Uid
    version: Annotated[int, Field(ge=1)]
    names: RuleNames
    indicator: Literal["valence"] = "valence"
    cadence: Cadence
    level: Annotated[int, Field(ge=1, le=12)]
    """Depth in the tree; 0 is the organisation, which cannot be compared with itself."""
    least_contributors: Annotated[int, Field(ge=10)]
    condition: Drop
    for_windows: Annotated[int, Field(ge=1, le=26)]
    """So many windows in a row must breach."""
    keep_windows: Annotated[int, Field(ge=0, le=26)] = 0
    """So many windows after the first recovered one it still fires."""
    hold_max: Annotated[int, Field(ge=1, le=26)] = 4
    """So many windows without a published cell are waited for."""
    severity: Severity
    enabled: bool = True

    def fingerprint(self, unit: str) -> str:
        """Identity of the alert of *unit*: the same over versions, values and dates."""
        labels = {"indicator": self.indicator, "level": str(self.level), "unit": unit}
        text = json.dumps(
            {"labels": labels, "rule_uid": self.uid}, sort_keys=True, separators=(",", ":")
        )
        return sha256(text.encode()).hexdigest()[:16]


SUSTAINED_DROP: Final = Rule(
    uid="sustained_drop",
    version=1,
    names=RuleNames(en="Sustained drop", nl="Aanhoudende daling", fr="Baisse durable"),
    cadence=Cadence.WEEK,
    level=2,
    least_contributors=20,
    condition=Drop(threshold=0.10, recovery=0.05),
    for_windows=2,
    severity=Severity.WARNING,
)
"""A department's sentiment stays clearly below what it was, and the organisation's did not."""
