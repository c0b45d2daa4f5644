"""A week's messages that answer one and those that do not, of the whole organisation."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from models.climate.disclosure.message_shares import Ratio
from models.climate.networks.conversation import conversation_index
from models.climate.windows import Window
from services.alerts.tables.pseudonymous import CONVERSATION_DAY


def ratios(connection: Connection, window: Window, leaves: frozenset[str], k: int) -> list[Ratio]:
    """What may be told of who answered at all in *window*, of people in the *leaves*."""
    day = CONVERSATION_DAY.c
    people: defaultdict[tuple[int, str], Counter[bool]] = defaultdict(Counter)
    rows = select(day.block, day.pid, day.leaf, day.replies, day.others).where(_here(window))
    for block, pid, leaf, replies, others in connection.execute(rows):
        if leaf in leaves:
            people[block, pid] += Counter({True: replies, False: others})
    found = conversation_index(people.values(), k)
    return [] if found is None else [found]


def forget(connection: Connection, window: Window) -> None:
    """Remove how often people answered in *window*, which has closed."""
    connection.execute(delete(CONVERSATION_DAY).where(_here(window)))


def _here(window: Window) -> ColumnElement[bool]:
    day = CONVERSATION_DAY.c.local_day
    return and_(day >= window.start, day < window.end_exclusive)
