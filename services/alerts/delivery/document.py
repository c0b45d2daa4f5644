"""The body of a webhook: made once, to bytes that are stored, signed and sent as they are.

No field can hold a person, a text, a number of people (but the published band) or of messages, or
why a cell was withheld.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any, Final

from models.climate.catalogue import BY_ID
from services.alerts.delivery import wording
from services.alerts.delivery.notice import Alert, Kind, Locale, Mode, Notice, RuleFacts

API_VERSION: Final = "2026-12-01"
MOST_ALERTS: Final = 50


def body(notice: Notice, locale: Locale, mode: Mode) -> bytes:
    """The bytes for an endpoint of this language and mode: compact JSON in UTF-8."""
    rule = notice.rule
    said = notice.alerts if mode == "full" else ()
    data: dict[str, Any] = {
        "notification_id": notice.notification_id,
        "group_key": notice.group_key,
        "sequence": notice.sequence,
        "reason": notice.reason,
        "status": notice.kind.rpartition(".")[2],
        "locale": locale,
        "title": wording.title(notice.kind, locale, rule.names[locale] if rule else ""),
        "summary": wording.summary(notice.kind, locale, said, rule),
        "group_labels": {"rule": rule.uid, "indicator": rule.indicator} if rule else {},
        "false_alarms_a_year": rule.false_alarms if rule else None,
        "truncated_alerts": max(len(notice.alerts) - MOST_ALERTS, 0),
        "alerts": [
            _alert(alert, rule, notice.kind, locale, mode) for alert in notice.alerts[:MOST_ALERTS]
        ],
    }
    document = {
        "type": notice.kind,
        "timestamp": notice.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "api_version": API_VERSION,
        "test": notice.kind == "endpoint.test",
        "data": data,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _alert(
    alert: Alert, rule: RuleFacts | None, kind: Kind, locale: Locale, mode: Mode
) -> dict[str, Any]:
    labels = {"indicator": rule.indicator} if rule else {}
    said: dict[str, Any] = {
        "fingerprint": alert.fingerprint,
        "episode": alert.episode,
        "status": kind.rpartition(".")[2],
        "severity": alert.severity,
        "labels": labels,
        "window": {
            "start": alert.window_start.isoformat(),
            "end": alert.window_end.isoformat(),
        },
        "starts_at": alert.starts.isoformat(),
        "ends_at": alert.ends.isoformat() if alert.ends else None,
    }
    if alert.unit is not None:
        labels |= {"level": str(alert.level), "unit": alert.unit}
        if mode == "full" and alert.wave is not None:
            said["unit_name"] = alert.names[locale]
            said["wave"] = alert.wave.value
        elif mode == "full":
            said["unit_name"] = alert.names[locale]
            said["value"] = alert.value
            if alert.noise is not None:
                said["noise"] = alert.noise
            said["unit_of_measure"] = BY_ID[rule.indicator].measure.value if rule else None
            said["change"] = alert.change and {
                "size": alert.change.size,
                "interval_90": [*alert.change.interval],
                "weeks": alert.change.weeks,
                "contributors": alert.change.band,
            }
    return said
