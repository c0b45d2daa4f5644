"""Hours of the pulse: each decided once every gateway has passed it, and then for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)

from models.climate.catalogue import PULSE
from models.climate.cell import Cell, cell_of
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.disclosure.pulse import least
from models.climate.disclosure.release import Hour, HourStatistic, released_hour
from models.climate.person_day import PersonDay
from models.climate.unit_tree import UnitTree
from models.climate.watermark import GatewayProgress, reached
from models.climate.windows import HOUR_LATENESS, Cadence, block, hour_ends, window_of
from services.alerts import budget
from services.alerts.database import STATEMENT_ROWS
from services.alerts.folding import counting
from services.alerts.ledger import hours
from services.alerts.ledger.units import NoUnits
from services.alerts.organisation import homes_so_far, tree_of
from services.alerts.tables.pseudonymous import CLOSER, OPEN_SCORE
from services.contracts.governance import Policy, fingerprint

FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before any message: from here on hours are kept while no gateway has said a time."""
_HOUR: Final = timedelta(hours=1)
Homes = Mapping[tuple[int, str], str]
"""The leaf of each person, by block and pseudonym."""


def is_wanted(policy: Policy, now: datetime) -> bool:
    """Whether *policy* publishes a pulse; none with noise, for its hours are exact."""
    return (
        PULSE.id in policy.indicators
        and policy.differential_privacy is PrivacyMode.OFF
        and now.date() <= policy.expires
    )


def is_due(
    connection: Connection, known: Iterable[GatewayProgress], policy: Policy, now: datetime
) -> bool:
    """Whether ``step`` has anything to do; asked every second."""
    done = _decided(connection)
    if not is_wanted(policy, now):
        return done is not None
    passed = _passed(known, now)
    return done is None or (passed is not None and passed > done)


def step(
    connection: Connection, known: Iterable[GatewayProgress], policy: Policy, now: datetime
) -> None:
    """Decide the earliest hour that is due, in the caller's transaction.

    What the policy asks for is said to the collectors here, too: without a pulse no hour is kept.
    """
    passed, done = _passed(known, now), _decided(connection)
    if not is_wanted(policy, now):
        _decide_until(connection, None)
        _forget(connection, true())
    elif done is None:
        # The hour that has begun is left out: part of it came before hours were kept.
        begun = reached(known, now)
        first = FIRST if begun is None else _full_hour(begun) + _HOUR
        _decide_until(connection, max(first, hours.last_ends(connection) or FIRST))
    elif passed is not None and passed > done:
        found = _earliest(connection, done, passed)
        if found is None:
            after = passed
        else:
            _decide(connection, *found, policy, now)
            after = hour_ends(*found)
        _decide_until(connection, after)
        if after.date() > done.date():
            _forget(connection, OPEN_SCORE.c.local_day < after.date())


def _decided(connection: Connection) -> datetime | None:
    until: datetime | None = connection.execute(select(CLOSER.c.pulsed_until)).scalar_one()
    return until


def _decide_until(connection: Connection, until: datetime | None) -> None:
    connection.execute(update(CLOSER).values(pulsed_until=until))


def _passed(known: Iterable[GatewayProgress], now: datetime) -> datetime | None:
    """The last full hour up to which nothing is on its way any more."""
    until = reached(known, now)
    return None if until is None else _full_hour(until - HOUR_LATENESS)


def _full_hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _has_hour() -> ColumnElement[bool]:
    """Of which open messages the hour is kept, and not published."""
    return and_(OPEN_SCORE.c.hour.is_not(None), not_(OPEN_SCORE.c.in_pulse))


def _earliest(connection: Connection, after: datetime, until: datetime) -> tuple[date, int] | None:
    """The first hour from *after* on that ends by *until* and in which somebody wrote."""
    day, hour = OPEN_SCORE.c.local_day, OPEN_SCORE.c.hour
    from_then = or_(day > after.date(), and_(day == after.date(), hour >= after.hour))
    before = or_(day < until.date(), and_(day == until.date(), hour < until.hour))
    found = select(day, hour).where(_has_hour(), from_then, before).order_by(day, hour).limit(1)
    row = connection.execute(found).first()
    return None if row is None else (row.local_day, row.hour)


def _forget(connection: Connection, which: ColumnElement[bool]) -> None:
    """Let open messages say no hour any more; what is in a published one says it until it folds."""
    connection.execute(update(OPEN_SCORE).where(_has_hour(), which).values(hour=None))


def _decide(connection: Connection, day: date, hour: int, policy: Policy, now: datetime) -> None:
    """Publish the *hour* of *day*, or keep it back: then the hours after it need to know of it."""
    window = window_of(Cadence.DAY, day)
    try:
        quarter, tree = tree_of(connection, window)
    except NoUnits:
        return
    homes = _homes(connection, day, hour, tree, policy)
    found = _released(connection, day, hour, homes, policy)
    if found is None:
        return
    if budget.account(connection, window, tree, policy.differential_privacy) is not None:
        return  # its block has begun under noise
    here = and_(OPEN_SCORE.c.local_day == day, OPEN_SCORE.c.hour == hour)
    scored = select(OPEN_SCORE.c.model).where(here, counting(policy.frozen_languages)).distinct()
    terms = hours.Terms(
        policy=fingerprint(policy),
        k=policy.k,
        quarter=quarter,
        models=tuple(sorted(connection.execute(scored).scalars())),
    )
    hours.record(connection, found, tree.root, terms, now)
    _count(connection, and_(here, counting(policy.frozen_languages)), homes)


def _count(connection: Connection, here: ColumnElement[bool], homes: Homes) -> None:
    """Mark the messages that a published hour holds: those of people who have a home."""
    connection.execute(update(OPEN_SCORE).where(here).values(in_pulse=True))
    person = OPEN_SCORE.c.block, OPEN_SCORE.c.pid
    everybody = connection.execute(select(*person).where(here).distinct())
    without = [who for row in everybody if (who := (row.block, row.pid)) not in homes]
    for start in range(0, len(without), STATEMENT_ROWS):
        theirs = tuple_(*person).in_(without[start : start + STATEMENT_ROWS])
        connection.execute(update(OPEN_SCORE).where(here, theirs).values(in_pulse=False))


def _homes(connection: Connection, day: date, hour: int, tree: UnitTree, policy: Policy) -> Homes:
    """Where everybody counts; nowhere at night, when that need not be looked up."""
    number = select(func.count(OPEN_SCORE.c.pid.distinct())).where(
        OPEN_SCORE.c.local_day == day,
        OPEN_SCORE.c.hour == hour,
        counting(policy.frozen_languages),
    )
    if connection.execute(number).scalar_one() < least(policy.k):
        return {}
    leaves = frozenset(tree.leaves)
    return homes_so_far(connection, block(day), policy.frozen_languages, leaves)


def _released(
    connection: Connection, day: date, hour: int, homes: Homes, policy: Policy
) -> HourStatistic | None:
    """The sums of the *hour*, if they may be known beside those of the *day* before it."""
    if not homes:
        return None
    of_day = and_(OPEN_SCORE.c.local_day == day, counting(policy.frozen_languages), _has_hour())
    person = OPEN_SCORE.c.block, OPEN_SCORE.c.pid
    written: dict[tuple[str, int], Cell] = defaultdict(Cell)
    rows = (
        select(*person, OPEN_SCORE.c.hour, func.count(), func.sum(OPEN_SCORE.c.valence_micro))
        .where(of_day, OPEN_SCORE.c.hour <= hour)
        .group_by(*person, OPEN_SCORE.c.hour)
    )
    for number, pid, at, messages, valence in connection.execute(rows):
        if (number, pid) in homes:
            wrote = {day: PersonDay(messages, int(valence))}
            written[homes[number, pid], at] += cell_of(wrote, window_of(Cadence.DAY, day))
    kept_back: dict[str, int] = defaultdict(int)
    for (leaf, at), cell in written.items():
        if at < hour:
            kept_back[leaf] = max(kept_back[leaf], cell.contributors)
    here = {leaf: cell for (leaf, at), cell in written.items() if at == hour}
    return released_hour(day, Hour(hour, here), kept_back, policy.k)
