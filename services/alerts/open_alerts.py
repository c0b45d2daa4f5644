"""Alerts that are not over, in a reader's words."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from models.climate.windows import Cadence
from services.alerts import indicators
from services.alerts.console.view import OpenAlert
from services.alerts.console.wording import Wording
from services.alerts.rules import instances
from services.alerts.rules.instances import Instance
from services.alerts.rules.state import Phase


def open_alerts(connection: Connection, words: Wording) -> Sequence[OpenAlert]:
    """What the page says of every alert that somebody was told of and that is not over."""
    names = {unit.id: unit.names[words.language] for unit in indicators.units(connection)}
    told = {Phase.FIRING, Phase.RECOVERING}
    return [
        _alert(instance, names.get(instance.unit, instance.unit), words)
        for instance in instances.open_instances(connection)
        if instance.state.phase in told
    ]


def _alert(instance: Instance, name: str, words: Wording) -> OpenAlert:
    weekly = instance.rule.cadence is Cadence.WEEK
    since = words.day(instance.since or instance.shown_start)
    window = words.say("week_of" if weekly else "four_weeks_of", start=since)
    return OpenAlert(
        text=words.say("alert_since", unit=name, window=window),
        state=words.say(f"alert_{instance.state.phase}"),
        held=instance.state.held_at is not None,
    )
