"""A week's messages by language, and those that could not be scored, of the whole organisation."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import ColumnElement, Connection, and_, delete, select

from models.climate.coverage import of_languages, unscored
from models.climate.disclosure.message_shares import Ratio
from models.climate.windows import Window
from models.language.labels import Language
from services.alerts import missed
from services.alerts.tables.pseudonymous import LANGUAGE_DAY


def ratios(connection: Connection, window: Window, leaves: frozenset[str], k: int) -> list[Ratio]:
    """What may be told of the coverage of *window*, of people in the *leaves*."""
    people = _people(connection, window, leaves)
    scored = sum(one.total() for one in people)
    aside = unscored(missed.lost(connection, window), scored)
    return of_languages(people, k) + ([] if aside is None else [aside])


def forget(connection: Connection, window: Window) -> None:
    """Remove who wrote in which language in *window*, which has closed."""
    connection.execute(delete(LANGUAGE_DAY).where(_here(window)))


def _people(
    connection: Connection, window: Window, leaves: frozenset[str]
) -> list[Counter[Language]]:
    """Messages by language of everybody who wrote in *window* from one of the *leaves*."""
    day = LANGUAGE_DAY.c
    people: defaultdict[tuple[int, str], Counter[Language]] = defaultdict(Counter)
    rows = select(day.block, day.pid, day.leaf, day.language, day.messages).where(_here(window))
    for block, pid, leaf, language, messages in connection.execute(rows):
        if leaf in leaves:
            people[block, pid][Language(language)] += messages
    return list(people.values())


def _here(window: Window) -> ColumnElement[bool]:
    day = LANGUAGE_DAY.c.local_day
    return and_(day >= window.start, day < window.end_exclusive)
