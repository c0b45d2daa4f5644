"""Notices and endpoints for tests of the outbox."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Connection

from models.climate.detection.episodes import Direction
from services.alerts.delivery import endpoints, outbox
from services.alerts.delivery.endpoints import Endpoint
from services.alerts.delivery.notice import Alert, Change, Notice, RuleFacts
from services.alerts.delivery.vault import Vault

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # noqa: S105  a published vector
RULE = RuleFacts(
    uid="sustained_drop",
    names={"en": "Sustained drop", "nl": "Aanhoudende daling", "fr": "Baisse durable"},
    indicator="valence",
    direction=Direction.DROP,
    threshold=4.0,
    false_alarms=0.84,
)
ALERT = Alert(
    fingerprint="5f0c2a9e41d7b863",
    episode="0193f0c0",
    severity="warning",
    unit="care",
    names={"en": "Customer Care", "nl": "Klantenzorg", "fr": "Service clientèle"},
    level=2,
    window_start=date(2026, 11, 16),
    window_end=date(2026, 11, 23),
    starts=date(2026, 11, 9),
    ends=None,
    value=-0.14,
    change=Change(size=-0.12, margin=0.04, weeks=4, band="25-49"),
    noise=None,
    wave=None,
)


def endpoint(
    connection: Connection, vault: Vault, url: str = "http://127.0.0.1:8450/", secret: str = SECRET
) -> Endpoint:
    """Register a receiver."""
    return endpoints.add(
        connection,
        url,
        locale="en",
        mode="full",
        http=True,
        secret=secret,
        vault=vault,
        now=NOW,
    )


def notify(connection: Connection, group: str = "group", now: datetime = NOW) -> Notice:
    """Tell every endpoint of one alert."""
    return outbox.notify(
        connection,
        kind="alert.firing",
        reason="new_alerts",
        group_key=group,
        rule=RULE,
        alerts=(ALERT,),
        now=now,
    )
