"""The rules in SQL: every version is kept, the newest of each counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, func, select

from services.alerts import database
from services.alerts.rules.rule import (
    FOUR_WEEK_DROP,
    FOUR_WEEK_RISE,
    SUSTAINED_DROP,
    SUSTAINED_RISE,
    Rule,
)
from services.alerts.tables.operations import RULE

BUILT_IN: Final = (SUSTAINED_DROP, SUSTAINED_RISE, FOUR_WEEK_DROP, FOUR_WEEK_RISE)


@dataclass(frozen=True, slots=True)
class Installed:
    """A rule and since when it is one: it has nothing to say of windows that closed before."""

    rule: Rule
    created_at: datetime


def install(connection: Connection, rules: Iterable[Rule], now: datetime) -> None:
    """Add those versions that are not there yet."""
    for rule in rules:
        connection.execute(
            database.insert(connection, RULE)
            .values(
                uid=rule.uid,
                version=rule.version,
                document=rule.model_dump_json(),
                created_at=now,
            )
            .on_conflict_do_nothing()
        )


def current(connection: Connection) -> list[Installed]:
    """The newest version of each rule that is not switched off."""
    newest = (
        select(RULE.c.uid, func.max(RULE.c.version).label("version"))
        .group_by(RULE.c.uid)
        .subquery()
    )
    rows = connection.execute(
        select(RULE.c.document, RULE.c.created_at)
        .join(newest, and_(RULE.c.uid == newest.c.uid, RULE.c.version == newest.c.version))
        .order_by(RULE.c.uid)
    )
    found = [Installed(Rule.model_validate_json(row.document), row.created_at) for row in rows]
    return [installed for installed in found if installed.rule.enabled]


def switch(connection: Connection, rule: Rule, now: datetime, *, on: bool) -> None:
    """Let the newest version of an optional *rule* be on or off, by one more where it is not."""
    newest = newest_of(connection, rule.uid)
    if newest is None:
        changed = [rule.model_copy(update={"enabled": True})] if on else []
    else:
        update = {"enabled": on, "version": newest.version + 1}
        changed = [newest.model_copy(update=update)] if newest.enabled != on else []
    install(connection, changed, now)


def newest_of(connection: Connection, uid: str) -> Rule | None:
    """The newest version of one rule, switched off or not; None where it never was installed."""
    newest = RULE.c.version.desc()
    found = select(RULE.c.document).where(RULE.c.uid == uid).order_by(newest).limit(1)
    document = connection.execute(found).scalar_one_or_none()
    return None if document is None else Rule.model_validate_json(document)


def version_of(connection: Connection, uid: str, version: int) -> Rule:
    """One version, whether it still counts or not."""
    document = select(RULE.c.document).where(RULE.c.uid == uid, RULE.c.version == version)
    return Rule.model_validate_json(connection.execute(document).scalar_one())
