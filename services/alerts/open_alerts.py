"""Alerts that are not over, in a reader's words."""

from __future__ import annotations

from sqlalchemy import Connection

from models.climate.detection.episodes import Direction
from services.alerts import indicators
from services.alerts.console.view import OpenAlert, OpenAlerts
from services.alerts.console.wording import Wording
from services.alerts.delivery import wording as telling
from services.alerts.rules import catalogue, instances
from services.alerts.rules.evaluation import direction_of, false_alarms
from services.alerts.rules.instances import Instance


def open_alerts(connection: Connection, words: Wording) -> OpenAlerts:
    """What the page says of every alert that somebody was told of and that is not over."""
    names = {unit.id: unit.names[words.language] for unit in indicators.units(connection)}
    alerts = [
        _alert(instance, names.get(instance.unit, instance.unit), words)
        for instance in instances.open_instances(connection)
        if instance.is_told
    ]
    rates = {false_alarms(installed.rule) for installed in catalogue.current(connection)}
    chance = [telling.chance(rate, words.language.value) for rate in sorted(rates, key=str)]
    return OpenAlerts(alerts, chance)


def _alert(instance: Instance, name: str, words: Wording) -> OpenAlert:
    since = words.day(instance.since or instance.shown_start)
    rises = direction_of(instance.rule) is Direction.RISE
    said = words.say(
        "alert_rise_since" if rises else "alert_drop_since",
        unit=name,
        window=words.say("week_of", start=since),
    )
    if instance.change is not None:
        said = f"{said}. {telling.firing(name, instance.change, words.language.value)}"
    return OpenAlert(
        text=said,
        state=words.say(f"alert_{instance.state.phase}"),
        rises=rises,
        held=instance.state.held_at is not None,
    )
