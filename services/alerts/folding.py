"""Messages of a day become one sum a person, once no gateway owes any more of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)

from models.climate.networks.answer_time import AnsweredWithin
from models.climate.person_day import PersonDay
from models.climate.windows import Cadence, window_of
from models.language.labels import Driver, Language, Signal
from services.alerts.database import STATEMENT_ROWS, insert
from services.alerts.ledger import hours
from services.alerts.tables.pseudonymous import (
    ANSWER_DAY,
    AUTHOR_PLACE,
    CONVERSATION_DAY,
    FOLDED_DAY,
    LANGUAGE_DAY,
    OPEN_SCORE,
    OUTSIDE,
    PERSON_DAY,
    REPLY_DAY,
)
from services.contracts.envelope import Kind

_PERSON: Final = (OPEN_SCORE.c.block, OPEN_SCORE.c.pid, OPEN_SCORE.c.leaf)


class Detail(StrEnum):
    """What is kept of a day only where something is made of it."""

    REPLIES = "replies"
    """People of which leaf somebody answered."""
    LANGUAGES = "languages"
    """In which languages somebody wrote, the frozen ones too."""
    ANSWERS = "answers"
    """How soon somebody's answers came."""
    CONVERSATION = "conversation"
    """How many of somebody's messages answered one."""
    PLACES = "places"
    """In which places somebody wrote within the block, in the frozen languages too."""


def oldest_open(connection: Connection) -> date | None:
    """The oldest day that still has messages."""
    oldest: date | None = connection.execute(
        select(func.min(OPEN_SCORE.c.local_day))
    ).scalar_one_or_none()
    return oldest


def counting(frozen: Collection[Language]) -> ColumnElement[bool]:
    """Which open messages count for anything, where some languages are *frozen*."""
    return and_(
        OPEN_SCORE.c.countable,
        OPEN_SCORE.c.valence_micro.is_not(None),
        or_(OPEN_SCORE.c.language.is_(None), OPEN_SCORE.c.language.not_in(frozen)),
    )


def fold(
    connection: Connection,
    day: date,
    now: datetime,
    frozen: Collection[Language] = (),
    also: Collection[Detail] = (),
) -> int:
    """Replace the messages of *day* by sums; how many there were.

    People who cannot count leave no sum, and neither do deletions and messages in a language
    that is *frozen*.  What *also* names is kept besides: where nothing is made of it, it is not.
    """
    of_day = OPEN_SCORE.c.local_day == day
    counts = and_(of_day, counting(frozen))
    published = [hour for _, hour in hours.within(connection, window_of(Cadence.DAY, day))]
    models = select(OPEN_SCORE.c.model).where(counts).distinct().order_by(OPEN_SCORE.c.model)
    sums = (
        select(
            *_PERSON,
            func.count().label("messages"),
            func.sum(OPEN_SCORE.c.valence_micro).label("valence_micro"),
            func.sum(cast(OPEN_SCORE.c.after_hours, Integer)).label("after_hours"),
            *_set_bits(OPEN_SCORE.c.signals, len(Signal)),
            *_set_bits(OPEN_SCORE.c.drivers, len(Driver)),
            _in_hours(published),
        )
        .where(counts)
        .group_by(*_PERSON)
    )
    found = connection.execute(sums, execution_options={"yield_per": STATEMENT_ROWS})
    for rows in found.partitions():
        connection.execute(PERSON_DAY.insert(), [_row(day, *row) for row in rows])
    scored_by = list(connection.execute(models).scalars())
    if Detail.REPLIES in also:
        _keep_replies(connection, day, counts)
    if Detail.LANGUAGES in also:
        _keep_languages(connection, day)
    if Detail.ANSWERS in also:
        _keep_answers(connection, day, counts)
    if Detail.CONVERSATION in also:
        _keep_conversation(connection, day, counts)
    if Detail.PLACES in also:
        _keep_places(connection, day)
    folded = {"local_day": day, "folded_at": now, "models": scored_by}
    connection.execute(FOLDED_DAY.insert().values(**folded, knows_places=Detail.PLACES in also))
    return connection.execute(delete(OPEN_SCORE).where(of_day)).rowcount


def _keep_replies(connection: Connection, day: date, counts: ColumnElement[bool]) -> None:
    whom = OPEN_SCORE.c.block, OPEN_SCORE.c.pid, OPEN_SCORE.c.other_leaf
    sums = (
        select(*whom, literal(day, Date()).label("local_day"), func.count().label("replies"))
        .where(counts, OPEN_SCORE.c.other_leaf.is_not(None))
        .group_by(*whom)
    )
    names = ["block", "pid", "other_leaf", "local_day", "replies"]
    connection.execute(REPLY_DAY.insert().from_select(names, sums))


def _keep_languages(connection: Connection, day: date) -> None:
    who = *_PERSON, OPEN_SCORE.c.language
    sums = (
        select(*who, literal(day, Date()).label("local_day"), func.count().label("messages"))
        .where(
            OPEN_SCORE.c.local_day == day,
            OPEN_SCORE.c.countable,
            OPEN_SCORE.c.valence_micro.is_not(None),
            OPEN_SCORE.c.language.is_not(None),
        )
        .group_by(*who)
    )
    names = ["block", "pid", "leaf", "language", "local_day", "messages"]
    connection.execute(LANGUAGE_DAY.insert().from_select(names, sums))


def _keep_answers(connection: Connection, day: date, counts: ColumnElement[bool]) -> None:
    who = *_PERSON, OPEN_SCORE.c.answer_bucket
    sums = (
        select(*who, literal(day, Date()).label("local_day"), func.count().label("answers"))
        .where(counts, OPEN_SCORE.c.answer_bucket.in_(tuple(AnsweredWithin)))
        .group_by(*who)
    )
    names = ["block", "pid", "leaf", "within", "local_day", "answers"]
    connection.execute(ANSWER_DAY.insert().from_select(names, sums))


def _keep_conversation(connection: Connection, day: date, counts: ColumnElement[bool]) -> None:
    # An edit takes the place of the reply that it edits, and tells by its leaf what that was.
    answers = or_(OPEN_SCORE.c.kind == Kind.REPLY.value, OPEN_SCORE.c.other_leaf.is_not(None))
    replies = func.sum(cast(answers, Integer))
    sums = (
        select(*_PERSON, literal(day, Date()).label("local_day"), replies, func.count() - replies)
        .where(counts)
        .group_by(*_PERSON)
    )
    names = ["block", "pid", "leaf", "local_day", "replies", "others"]
    connection.execute(CONVERSATION_DAY.insert().from_select(names, sums))


def _keep_places(connection: Connection, day: date) -> None:
    where = OPEN_SCORE.c.block, OPEN_SCORE.c.pid, OPEN_SCORE.c.place
    written = (
        OPEN_SCORE.c.local_day == day,
        OPEN_SCORE.c.countable,
        OPEN_SCORE.c.valence_micro.is_not(None),
    )
    new = insert(connection, AUTHOR_PLACE).from_select(
        [column.name for column in where], select(*where).where(*written).distinct()
    )
    connection.execute(new.on_conflict_do_nothing())


def _set_bits(column: ColumnElement[int], bits: int) -> list[ColumnElement[int]]:
    """For each bit, in how many rows it is set."""
    return [func.sum(column.bitwise_rshift(bit).bitwise_and(1)) for bit in range(bits)]


def _in_hours(published: Collection[int]) -> ColumnElement[int]:
    """In which published hours somebody wrote, and whether outside them; NULL where none is."""
    if not published:
        return cast(null(), Integer)
    counted = OPEN_SCORE.c.in_pulse
    bits = {1 << hour: and_(counted, OPEN_SCORE.c.hour == hour) for hour in published}
    bits[1 << OUTSIDE] = not_(counted)
    found = (func.max(case((written, bit), else_=0)) for bit, written in bits.items())
    return reduce(add, found)


def _row(day: date, block: int, pid: str, leaf: str, *sums: Any) -> dict[str, Any]:  # noqa: ANN401  integers of either driver
    in_hours: int | None = sums[-1]
    messages, valence, after_hours, *bits = (int(value) for value in sums[:-1])
    return {
        "block": block,
        "pid": pid,
        "leaf": leaf,
        "local_day": day,
        "messages": messages,
        "valence_micro": valence,
        "signals": bits[: len(Signal)],
        "drivers": bits[len(Signal) :],
        "after_hours": after_hours,
        "in_hours": in_hours,
    }


def person_day(row: Any) -> PersonDay:  # noqa: ANN401  a row of PERSON_DAY
    """The sums of one row, as the mathematics reads them."""
    return PersonDay(
        row.messages,
        row.valence_micro,
        tuple(row.signals),
        tuple(row.drivers),
        row.after_hours or 0,
    )
