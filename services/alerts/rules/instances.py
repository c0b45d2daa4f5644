"""Alerts in SQL: which are open, where they stand, and what was told of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select, tuple_

from models.climate.detection.episodes import QUIET_WEEKS
from models.climate.detection.wave import WaveState
from models.climate.windows import Window
from services.alerts import database
from services.alerts.delivery.notice import Change
from services.alerts.rules import catalogue
from services.alerts.rules.rule import Rule, RuleNames
from services.alerts.rules.state import Phase, State, Transition
from services.alerts.tables.operations import ALERT_STATE, TRANSITION


@dataclass(frozen=True, slots=True)
class Instance:
    """An alert that is not inactive.

    Attributes:
        rule: Its rule, in the version that it began under.
        fingerprint: Its identity.
        unit: Where.
        state: Where it stands.
        episode: From firing to the end; None while it is pending.
        shown_start: First day of its latest window with a published cell.
        change: How much the unit changed; None unless it breaches in the latest window.
        wave: Of the rule about leaving: raised or clearly raised in the latest window; None where
            that is as usual, not shown, or of another rule.
    """

    rule: Rule
    fingerprint: str
    unit: str
    state: State
    episode: str | None
    shown_start: date
    change: Change | None
    wave: WaveState | None

    @property
    def is_told(self) -> bool:
        """Whether anybody has heard of it."""
        return self.state.phase in {Phase.FIRING, Phase.RECOVERING}

    @property
    def since(self) -> date | None:
        """First day of the first window of the breach."""
        active_at = self.state.active_at
        return active_at and active_at - timedelta(days=self.rule.cadence.days)


@dataclass(frozen=True, slots=True)
class Episode:
    """From an alert's firing to its end.

    Attributes:
        id: Sorts by when it was told.
        fingerprint: The same for all episodes of an alert.
        rule: Uid.
        names: What the rule is called.
        unit: Where.
        severity: When it fired.
        fired: First day of the window that made it fire.
        ended: First day of the window that ended it; None while it lasts.
        outcome: How it ended.
    """

    id: str
    fingerprint: str
    rule: str
    names: RuleNames
    unit: str
    severity: str
    fired: date
    ended: date | None
    outcome: Transition | None


def open_instances(connection: Connection) -> list[Instance]:
    """Every alert that is not inactive, by rule and unit."""
    rows = connection.execute(
        select(ALERT_STATE).order_by(ALERT_STATE.c.rule_uid, ALERT_STATE.c.unit)
    ).all()
    rules = {
        key: catalogue.version_of(connection, *key)
        for key in {(row.rule_uid, row.rule_version) for row in rows}
    }
    return [_instance(row, rules) for row in rows]


def shown_instances(connection: Connection) -> list[Instance]:
    """Those of rules that are switched on.

    What a policy no longer allows is not shown, even before the next window withdraws it.
    """
    on = {installed.rule.uid for installed in catalogue.current(connection)}
    return [instance for instance in open_instances(connection) if instance.rule.uid in on]


def speaking(connection: Connection, rules: Collection[Rule], window: Window) -> set[str]:
    """Units whose episode speaks for their lineage in *window*: nothing new is told there.

    An episode does as long as it is open, and for ``QUIET_WEEKS`` from when it was told.  What
    was said under another version of a rule is withdrawn and does not count.

    Args:
        connection: Where.
        rules: The versions that count: of drops and of rises, by the week and by four weeks.
        window: Which.
    """
    versions = [(rule.uid, rule.version) for rule in rules]
    fired = connection.execute(
        select(TRANSITION.c.unit)
        .where(tuple_(TRANSITION.c.rule_uid, TRANSITION.c.rule_version).in_(versions))
        .where(TRANSITION.c.kind == Transition.FIRING.value)
        .where(TRANSITION.c.window_start > window.start - timedelta(weeks=QUIET_WEEKS))
        .where(TRANSITION.c.window_start < window.end_exclusive)
    )
    still = {
        instance.unit
        for instance in open_instances(connection)
        if instance.is_told and (instance.rule.uid, instance.rule.version) in versions
    }
    return still | set(fired.scalars())


def save(connection: Connection, instance: Instance) -> None:
    """Remember where an alert stands; an inactive one is forgotten."""
    state, rule = instance.state, instance.rule
    key = {
        "rule_uid": rule.uid,
        "rule_version": rule.version,
        "fingerprint": instance.fingerprint,
    }
    if state.phase is Phase.INACTIVE:
        same = and_(*(ALERT_STATE.c[name] == value for name, value in key.items()))
        connection.execute(delete(ALERT_STATE).where(same))
        return
    values = {
        "unit": instance.unit,
        "phase": state.phase.value,
        "active_at": state.active_at,
        "recovering_at": state.recovering_at,
        "held_at": state.held_at,
        "episode": instance.episode,
        "shown_start": instance.shown_start,
        "size": instance.change and instance.change.size,
        "margin": instance.change and instance.change.margin,
        "weeks": instance.change and instance.change.weeks,
        "band": instance.change and instance.change.band,
        "wave": instance.wave,
    }
    connection.execute(
        database.insert(connection, ALERT_STATE)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )


def record(
    connection: Connection, instance: Instance, kind: Transition, window: Window, now: datetime
) -> None:
    """Write down what is told of an alert; a second time in one window is a fault."""
    connection.execute(
        TRANSITION.insert().values(
            rule_uid=instance.rule.uid,
            rule_version=instance.rule.version,
            fingerprint=instance.fingerprint,
            window_start=window.start,
            window_end=window.end_exclusive,
            unit=instance.unit,
            kind=kind.value,
            episode=instance.episode,
            severity=instance.rule.severity.value,
            at=now,
        )
    )


def episodes(connection: Connection, limit: int) -> list[Episode]:
    """The newest episodes, newest first."""
    end = TRANSITION.alias("ending")
    ended = and_(end.c.episode == TRANSITION.c.episode, end.c.kind != Transition.FIRING.value)
    rows = connection.execute(
        select(TRANSITION, end.c.window_start.label("ended"), end.c.kind.label("outcome"))
        .select_from(TRANSITION.outerjoin(end, ended))
        .where(TRANSITION.c.kind == Transition.FIRING.value)
        .order_by(TRANSITION.c.window_start.desc(), TRANSITION.c.episode.desc())
        .limit(limit)
    ).all()
    names = {
        key: catalogue.version_of(connection, *key).names
        for key in {(row.rule_uid, row.rule_version) for row in rows}
    }
    return [
        Episode(
            id=row.episode,
            fingerprint=row.fingerprint,
            rule=row.rule_uid,
            names=names[row.rule_uid, row.rule_version],
            unit=row.unit,
            severity=row.severity,
            fired=row.window_start,
            ended=row.ended,
            outcome=Transition(row.outcome) if row.outcome else None,
        )
        for row in rows
    ]


def _instance(row: Row[Any], rules: Mapping[tuple[str, int], Rule]) -> Instance:
    state = State(Phase(row.phase), row.active_at, row.recovering_at, row.held_at)
    known = row.band is not None
    change = Change(row.size, row.margin, row.weeks, row.band) if known else None
    return Instance(
        rule=rules[row.rule_uid, row.rule_version],
        fingerprint=row.fingerprint,
        unit=row.unit,
        state=state,
        episode=row.episode,
        shown_start=row.shown_start,
        change=change,
        wave=WaveState(row.wave) if row.wave else None,
    )
