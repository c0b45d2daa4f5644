"""Lets every rule see a window once, after it has closed, and tells what changed.

Everything happens in the caller's transaction: either the states have moved and the webhooks lie
in the outbox, or neither.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, func, select

from models.climate.detection.episodes import Direction
from models.climate.windows import Cadence
from services.alerts import database
from services.alerts.delivery import outbox
from services.alerts.delivery.identifiers import new_id
from services.alerts.delivery.notice import LOCALES, Alert, Kind, RuleFacts
from services.alerts.rules import catalogue, instances, signals
from services.alerts.rules.catalogue import Installed
from services.alerts.rules.instances import Instance
from services.alerts.rules.judgement import WITHHELD, Judged, judge
from services.alerts.rules.released import Look, look
from services.alerts.rules.rule import Rule, Sustained, Wave
from services.alerts.rules.state import INACTIVE, Phase, State, Transition, step
from services.alerts.rules.wave_judgement import judge_wave
from services.alerts.tables.operations import EVALUATION
from services.alerts.tables.released import WINDOW_SUMMARY
from services.telemetry import logs
from services.telemetry.metrics import delivery as metrics

KINDS: Final[dict[Transition, Kind]] = {
    Transition.FIRING: "alert.firing",
    Transition.RESOLVED: "alert.resolved",
    Transition.WITHDRAWN: "alert.withdrawn",
}


@dataclass(frozen=True, slots=True)
class News:
    """What is told of one alert."""

    kind: Transition
    instance: Instance
    since: date


def evaluate(connection: Connection, cadence: Cadence, window_start: date, now: datetime) -> int:
    """Let the rules of *cadence* see the window; how many changes are told.

    Does nothing for a window that has not closed, for a rule that has seen it or a later one, and
    for a rule that is younger than the window's closing.
    """
    seen = look(connection, cadence, window_start)
    if seen is None:
        return 0
    installed_now = catalogue.current(connection)
    current = [each for each in installed_now if each.rule.cadence is cadence]
    rules = [each.rule for each in current]
    everything = [each.rule for each in installed_now]
    changes = [
        change
        for installed in current
        if _is_first_look(connection, installed, seen, now)
        for change in _moved(connection, installed.rule, everything, seen, now)
    ]
    changes += _of_retired_rules(connection, rules, seen)
    for change in changes:
        instances.record(connection, change.instance, change.kind, seen.window, now)
    _tell(connection, changes, seen, now)
    for change in changes:
        metrics.told(change.kind.value)
        logs.emit("alert.changed", reason=change.kind.value, window=seen.window.label)
    return len(changes)


def _is_first_look(connection: Connection, installed: Installed, seen: Look, now: datetime) -> bool:
    """Claim the window for the rule; False if there is nothing to do."""
    rule, start = installed.rule, seen.window.start
    closed_at = connection.execute(
        select(WINDOW_SUMMARY.c.closed_at).where(
            WINDOW_SUMMARY.c.cadence == rule.cadence.value, WINDOW_SUMMARY.c.window_start == start
        )
    ).scalar_one()
    if closed_at < installed.created_at:
        return False
    claimed = connection.execute(
        database.insert(connection, EVALUATION)
        .values(rule_uid=rule.uid, rule_version=rule.version, window_start=start, evaluated_at=now)
        .on_conflict_do_nothing()
        .returning(EVALUATION.c.window_start)
    ).first()
    return claimed is not None and _newest_seen(connection, rule) == start


def _moved(
    connection: Connection, rule: Rule, rules: list[Rule], seen: Look, now: datetime
) -> Iterator[News]:
    """Step every unit, and every alert whose unit is no longer one."""
    known = {
        instance.unit: instance
        for instance in instances.open_instances(connection)
        if (instance.rule.uid, instance.rule.version) == (rule.uid, rule.version)
    }
    told = {unit for unit, instance in known.items() if instance.is_told}
    judged = _judged(connection, rule, rules, seen, told)
    for unit in sorted(judged.keys() | known.keys()):
        before = known.get(unit) or Instance(
            rule, rule.fingerprint(unit), unit, INACTIVE, None, seen.window.start, None, None
        )
        found = judged.get(unit, WITHHELD)
        state, kind = step(before.state, found.observation, seen.window.end_exclusive, rule)
        after = replace(before, state=state, change=found.change, wave=found.wave)
        if (rule.indicator, unit) in seen.values or found.wave:
            after = replace(after, shown_start=seen.window.start)
        if kind is Transition.FIRING:
            after = replace(after, episode=new_id(now), state=_since(after, seen))
        if before.state.phase is not Phase.INACTIVE or state.phase is not Phase.INACTIVE:
            instances.save(connection, after)
        if kind is not None:
            since = after.since or before.since or seen.window.start
            yield News(kind, after, since)


def _judged(
    connection: Connection, rule: Rule, rules: list[Rule], seen: Look, told: set[str]
) -> Mapping[str, Judged]:
    condition = rule.condition
    speaking = instances.speaking(connection, rules, seen.window)
    if isinstance(condition, Wave):
        counts = signals.until(connection, seen.window)
        return judge_wave(condition, seen.window, counts, told, speaking)
    assert isinstance(condition, Sustained)
    return judge(condition, rule.indicator, seen, told, speaking)


def _since(fired: Instance, seen: Look) -> State:
    """The state with the breach as old as the weeks in which it shows most."""
    if fired.change is None:
        return fired.state
    assert fired.state.active_at is not None
    before = timedelta(weeks=fired.change.weeks) - timedelta(days=seen.window.cadence.days)
    shows = seen.window.end_exclusive - before
    return replace(fired.state, active_at=min(fired.state.active_at, shows))


def _of_retired_rules(connection: Connection, current: list[Rule], seen: Look) -> list[News]:
    """Withdraw the alerts of rules that were changed, switched off or removed."""
    counts = {(rule.uid, rule.version) for rule in current}
    found = []
    for instance in instances.open_instances(connection):
        rule = instance.rule
        if rule.cadence is not seen.window.cadence or (rule.uid, rule.version) in counts:
            continue
        newest = _newest_seen(connection, rule)
        if newest is not None and newest >= seen.window.start:
            continue  # the rule still saw this window: its alerts end with the next one
        instances.save(connection, replace(instance, state=INACTIVE))
        if instance.episode is not None and instance.since is not None:
            found.append(News(Transition.WITHDRAWN, instance, instance.since))
    return found


def _newest_seen(connection: Connection, rule: Rule) -> date | None:
    """First day of the latest window that this version has seen."""
    return connection.execute(
        select(func.max(EVALUATION.c.window_start)).where(
            EVALUATION.c.rule_uid == rule.uid, EVALUATION.c.rule_version == rule.version
        )
    ).scalar_one_or_none()


def _tell(connection: Connection, changes: list[News], seen: Look, now: datetime) -> None:
    """One notification for each group of alerts that changed in the same way."""
    groups: defaultdict[tuple[Transition, str, int], list[News]] = defaultdict(list)
    for change in changes:
        rule = change.instance.rule
        groups[change.kind, rule.uid, rule.version].append(change)
    firing = {
        instance.rule.uid
        for instance in instances.open_instances(connection)
        if instance.episode is not None
    }
    for (kind, uid, _), members in sorted(groups.items()):
        members.sort(key=lambda change: change.instance.fingerprint)
        rule = members[0].instance.rule
        outbox.notify(
            connection,
            kind=KINDS[kind],
            reason=_reason(kind, still_firing=uid in firing),
            group_key=_group_key(rule),
            rule=_facts(rule),
            alerts=tuple(_alert(change, seen) for change in members),
            now=now,
        )


def _reason(kind: Transition, *, still_firing: bool) -> str:
    if kind is Transition.RESOLVED:
        return "new_resolved" if still_firing else "all_resolved"
    return "new_alerts" if kind is Transition.FIRING else "withdrawn"


def _group_key(rule: Rule) -> str:
    return sha256(json.dumps({"rule": rule.uid}).encode()).hexdigest()


def _facts(rule: Rule) -> RuleFacts:
    return RuleFacts(
        uid=rule.uid,
        names={"en": rule.names.en, "nl": rule.names.nl, "fr": rule.names.fr},
        indicator=rule.indicator,
        direction=direction_of(rule),
        threshold=rule.condition.threshold,
        false_alarms=false_alarms(rule),
    )


def direction_of(rule: Rule) -> Direction:
    """Which changes the rule tells of."""
    condition = rule.condition
    if isinstance(condition, Wave):
        return Direction.RISE
    return condition.direction if isinstance(condition, Sustained) else Direction.DROP


def false_alarms(rule: Rule) -> float | None:
    """How many a year chance alone raises in the whole organisation; None: not calibrated."""
    condition = rule.condition
    if isinstance(condition, Sustained | Wave) and condition.calibration is not None:
        return condition.calibration.rate
    return None


def _alert(change: News, seen: Look) -> Alert:
    instance = change.instance
    assert instance.episode is not None
    # A withdrawal has many causes, one of them that the unit is too small to be named.
    named = change.kind is not Transition.WITHDRAWN
    unit = seen.units[instance.unit] if named else None
    valued = named and instance.wave is None  # of leaving there are words and no numbers
    shown = seen.values[instance.rule.indicator, instance.unit] if valued else None
    ended = change.kind is not Transition.FIRING
    return Alert(
        fingerprint=instance.fingerprint,
        episode=instance.episode,
        severity=instance.rule.severity.value,
        unit=unit.id if unit else None,
        names={locale: unit.names[locale] for locale in LOCALES} if unit else {},
        level=unit.level if unit else None,
        window_start=seen.window.start,
        window_end=seen.window.end_exclusive,
        starts=change.since,
        ends=seen.window.end_exclusive if ended else None,
        value=shown.value if shown else None,
        noise=shown.margin if shown else None,
        wave=instance.wave if change.kind is Transition.FIRING else None,
        change=instance.change if change.kind is Transition.FIRING else None,
    )
