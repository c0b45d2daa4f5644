"""A week's answers by how soon they came, of the whole organisation."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from models.climate.disclosure.message_shares import Ratio
from models.climate.networks.answer_time import AnsweredWithin, of_answers
from models.climate.windows import Window
from services.alerts.tables.pseudonymous import ANSWER_DAY


def ratios(connection: Connection, window: Window, leaves: frozenset[str], k: int) -> list[Ratio]:
    """What may be told of the answers of *window*, of people in the *leaves*."""
    day = ANSWER_DAY.c
    people: defaultdict[tuple[int, str], Counter[AnsweredWithin]] = defaultdict(Counter)
    rows = select(day.block, day.pid, day.leaf, day.within, day.answers).where(_here(window))
    for block, pid, leaf, within, answers in connection.execute(rows):
        if leaf in leaves:
            people[block, pid][AnsweredWithin(within)] += answers
    return of_answers(people.values(), k)


def forget(connection: Connection, window: Window) -> None:
    """Remove how soon people answered in *window*, which has closed."""
    connection.execute(delete(ANSWER_DAY).where(_here(window)))


def _here(window: Window) -> ColumnElement[bool]:
    day = ANSWER_DAY.c.local_day
    return and_(day >= window.start, day < window.end_exclusive)
