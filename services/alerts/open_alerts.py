"""Alerts that are not over, in a reader's words."""

from __future__ import annotations

from sqlalchemy import Connection

from models.climate.detection.episodes import Direction
from services.alerts import indicators
from services.alerts.console.view import OpenAlert, OpenAlerts
from services.alerts.console.wording import Wording
from services.alerts.delivery import wave_wording
from services.alerts.delivery import wording as telling
from services.alerts.rules import catalogue, instances
from services.alerts.rules.evaluation import direction_of, false_alarms
from services.alerts.rules.instances import Instance
from services.alerts.rules.rule import Wave


def open_alerts(connection: Connection, words: Wording) -> OpenAlerts:
    """What the page says of every alert that somebody was told of and that is not over."""
    names = {unit.id: unit.names[words.language] for unit in indicators.units(connection)}
    alerts = [
        _alert(instance, names.get(instance.unit, instance.unit), words)
        for instance in instances.shown_instances(connection)
        if instance.is_told
    ]
    rules = [installed.rule for installed in catalogue.current(connection)]
    waves = {false_alarms(rule) for rule in rules if isinstance(rule.condition, Wave)}
    rates = {false_alarms(rule) for rule in rules if not isinstance(rule.condition, Wave)}
    chance = [telling.chance(rate, words.language.value) for rate in sorted(rates, key=str)]
    leaving = [wave_wording.chance(rate, words.language.value) for rate in waves]
    return OpenAlerts(alerts, [*chance, *leaving])


def _alert(instance: Instance, name: str, words: Wording) -> OpenAlert:
    if isinstance(instance.rule.condition, Wave):
        return _wave(instance, name, words)
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


def _wave(instance: Instance, name: str, words: Wording) -> OpenAlert:
    """As usual and not shown are one answer, also of an alert that is still open."""
    since = words.day(instance.since or instance.shown_start)
    key = f"alert_wave_{instance.wave}" if instance.wave else "alert_wave_quiet"
    return OpenAlert(
        text=words.say(key, unit=name, since=since),
        state=words.say(f"alert_{instance.state.phase}"),
        rises=True,
        held=False,
    )
