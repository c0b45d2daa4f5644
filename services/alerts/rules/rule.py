"""What a rule says: which changes it tells of, how certain they must be, how long they stay."""

from __future__ import annotations

import json
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from models.climate.detection.episodes import Direction
from models.climate.windows import Cadence

Uid = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
BEFORE_CALIBRATION: Final = 4.0
"""Standard deviations.  It has 0.1 to 0.4 false drops and rises a year in simulated organisations
of 2,000 (`make evaluate-detection`); `barograph calibrate` finds a tenant's own."""


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
    """What version 1 of the drop rule called a breach; its episodes are still listed."""

    kind: Literal["drop"] = "drop"
    threshold: Annotated[float, Field(gt=0, le=2)]
    recovery: Annotated[float, Field(ge=0, le=2)]
    level: Annotated[int, Field(ge=1, le=12)]
    least_contributors: Annotated[int, Field(ge=10)]


class Calibration(_Frozen):
    """Where a threshold comes from: with the seed, the same weeks give it again."""

    on: date
    """Day on which it was run (UTC)."""
    until: date
    """First day of the latest week that it was fitted to."""
    seed: Annotated[int, Field(ge=0)]
    repetitions: Annotated[int, Field(ge=1)]
    """How often the tenant's weeks were drawn with nothing happening."""
    accepted: Annotated[float, Field(gt=0)]
    """Most false episodes a year, drops and rises of all units together, that were asked for."""
    rate: Annotated[float, Field(ge=0)]
    """How many there were at the threshold."""
    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    """95 % interval of the rate."""


class Sustained(_Frozen):
    """A lasting change by the tree scan, at any level below the whole organisation."""

    kind: Literal["sustained"] = "sustained"
    direction: Direction
    threshold: Annotated[float, Field(gt=0, le=20)]
    """``|Z|`` from which the rule makes an alarm; of a rise nine tenths are held against it."""
    calibration: Calibration | None = None
    """None: the threshold is ``BEFORE_CALIBRATION``."""


class Wave(_Frozen):
    """Leaving comes up more often than usual in a unit of fifty people or more, by four weeks.

    Without a calibration it is silent: of all rules a false alert of this one does most harm.
    """

    kind: Literal["wave"] = "wave"
    raised: Annotated[float, Field(gt=0, le=20)] | None = None
    """``Z`` from which an alert that was raised goes on."""
    threshold: Annotated[float, Field(gt=0, le=20)] | None = None
    """``Z`` from which one is raised."""
    calibration: Calibration | None = None

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Self:
        known = [one is not None for one in (self.raised, self.threshold, self.calibration)]
        if any(known) != all(known):
            raise ValueError
        return self


class Rule(_Frozen):
    """One version of a rule; a changed rule is a new version and its old alerts end."""

    uid: Uid
    version: Annotated[int, Field(ge=1)]
    names: RuleNames
    indicator: Literal["valence", "turnover_intent"] = "valence"
    cadence: Cadence
    condition: Annotated[Drop | Sustained | Wave, Field(discriminator="kind")]
    for_windows: Annotated[int, Field(ge=1, le=26)]
    """So many windows in a row must breach."""
    keep_windows: Annotated[int, Field(ge=0, le=26)] = 0
    """So many windows after the first recovered one it still fires."""
    hold_max: Annotated[int, Field(ge=1, le=26)] = 4
    """So many windows in which nothing may be concluded are waited for."""
    severity: Severity
    enabled: bool = True

    def fingerprint(self, unit: str) -> str:
        """Identity of the alert of *unit*: the same over versions, values and dates."""
        labels = {"indicator": self.indicator, "unit": unit}
        text = json.dumps(
            {"labels": labels, "rule_uid": self.uid}, sort_keys=True, separators=(",", ":")
        )
        return sha256(text.encode()).hexdigest()[:16]


SUSTAINED_DROP: Final = Rule(
    uid="sustained_drop",
    version=2,
    names=RuleNames(en="Sustained drop", nl="Aanhoudende daling", fr="Baisse durable"),
    cadence=Cadence.WEEK,
    condition=Sustained(direction=Direction.DROP, threshold=BEFORE_CALIBRATION),
    for_windows=1,
    keep_windows=3,
    severity=Severity.WARNING,
)
"""Persistence is part of the rule; three more weeks, so that none of the four by which an alarm
is decided was off when it resolves."""
SUSTAINED_RISE: Final = SUSTAINED_DROP.model_copy(
    update={
        "uid": "sustained_rise",
        "version": 1,
        "names": RuleNames(en="Sustained rise", nl="Aanhoudende stijging", fr="Hausse durable"),
        "condition": Sustained(direction=Direction.RISE, threshold=BEFORE_CALIBRATION),
        "severity": Severity.INFO,
    }
)
RESIGNATION_WAVE: Final = Rule(
    uid="resignation_wave",
    version=1,
    names=RuleNames(en="Leaving comes up", nl="Vertrek ter sprake", fr="Départ évoqué"),
    indicator="turnover_intent",
    cadence=Cadence.FOUR_WEEKS,
    condition=Wave(),
    for_windows=1,
    hold_max=1,
    severity=Severity.WARNING,
    enabled=False,
)
"""Switched on by the policy alone.  It never resolves: as usual and not shown are one answer, and
four weeks of it are waited for, so that one wave is one episode for eight weeks (design study)."""
FOUR_WEEK_DROP: Final = SUSTAINED_DROP.model_copy(
    update={
        "uid": "four_week_drop",
        "version": 1,
        "names": RuleNames(
            en="Drop over four weeks", nl="Daling over vier weken", fr="Baisse sur quatre semaines"
        ),
        "cadence": Cadence.FOUR_WEEKS,
        "keep_windows": 0,
        "hold_max": 1,
    }
)
"""For units that are published every four weeks: a window is itself four weeks that last."""
FOUR_WEEK_RISE: Final = FOUR_WEEK_DROP.model_copy(
    update={
        "uid": "four_week_rise",
        "names": RuleNames(
            en="Rise over four weeks",
            nl="Stijging over vier weken",
            fr="Hausse sur quatre semaines",
        ),
        "condition": Sustained(direction=Direction.RISE, threshold=BEFORE_CALIBRATION),
        "severity": Severity.INFO,
    }
)
