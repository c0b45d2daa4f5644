"""What is told, before it is written out for one receiver's language and mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from models.climate.detection.episodes import Direction
from models.climate.detection.wave import WaveState

Locale = Literal["en", "nl", "fr"]
LOCALES: Final[tuple[Locale, ...]] = ("en", "nl", "fr")
Kind = Literal["alert.firing", "alert.resolved", "alert.withdrawn", "endpoint.test"]
Mode = Literal["full", "thin"]
"""``thin`` names no unit and no value: the reader fetches them with a permission of their own."""


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a webhook says of the rule.

    Attributes:
        uid: Id.
        names: Name by language.
        indicator: What it looks at.
        direction: Which changes it tells of.
        threshold: From so many standard deviations on, of which a rise counts nine tenths; None:
            not known yet, and nothing is told.
        false_alarms: Episodes a year of the whole organisation, drops and rises, that chance
            alone raises at it; None as long as it is not calibrated.
    """

    uid: str
    names: Mapping[Locale, str]
    indicator: str
    direction: Direction
    threshold: float | None
    false_alarms: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """How much the unit of an alert changed, no finer than its published value.

    Attributes:
        size: Mean valence of the latest weeks less what was usual, beyond that of the rest of
            the organisation; negative for a drop.
        margin: Half of the 90 % interval of the size.
        weeks: Over how many of the latest weeks.
        band: How many contributed in the latest one, as it was published.
    """

    size: float
    margin: float
    weeks: int
    band: str

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % interval of the size, in steps of 0.01."""
        return round(self.size - self.margin, 2), round(self.size + self.margin, 2)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a webhook.

    Attributes:
        fingerprint: The same for every episode of this rule and unit.
        episode: From this firing to its end.
        severity: The rule's.
        unit: Id; None where the unit's cell of the window is not published.
        names: The unit's name by language; empty with no unit.
        level: Depth of the unit in the tree; None with no unit.
        window_start: First local day of the window that made the change.
        window_end: First local day after it.
        starts: First local day of the breach.
        ends: First local day after the episode; None while it lasts.
        value: What was published of the unit in the window, as it was rounded there.
        change: How much the unit changed; None unless the alert fires.
        noise: Nine in ten such values lie so near to what they were before noise was added; None
            where none was.
        wave: Of the rule about leaving, all that is said; None unless it fires.
    """

    fingerprint: str
    episode: str
    severity: str
    unit: str | None
    names: Mapping[Locale, str]
    level: int | None
    window_start: date
    window_end: date
    starts: date
    ends: date | None
    value: float | None
    change: Change | None
    noise: float | None
    wave: WaveState | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What all endpoints are told at once: one kind of change of one group of alerts.

    Attributes:
        notification_id: Correlates the deliveries.
        kind: Type of the webhook.
        reason: Why now, out of a closed list.
        group_key: The rule; webhooks of a group arrive in order.
        sequence: Counts the notices of the group: an older one may be dropped.
        at: When it was made.
        rule: Its rule; None for a test.
        alerts: Its alerts, by fingerprint.
    """

    notification_id: str
    kind: Kind
    reason: str
    group_key: str
    sequence: int
    at: datetime
    rule: RuleFacts | None
    alerts: tuple[Alert, ...]
