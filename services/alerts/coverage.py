"""A week's messages by language, and those that could not be scored, of the whole organisation."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from models.climate.coverage import of_languages, unscored
from models.climate.disclosure.message_shares import Ratio
from models.climate.windows import Window
from models.language.labels import Language
from services.alerts import details, missed
from services.alerts.tables.pseudonymous import LANGUAGE_DAY


def ratios(connection: Connection, window: Window, leaves: frozenset[str], k: int) -> list[Ratio]:
    """What may be told of the coverage of *window*, of people in the *leaves*."""
    people: list[Counter[Language]] = []
    for rows in details.by_person(connection, LANGUAGE_DAY, window, leaves):
        one: Counter[Language] = Counter()
        for row in rows:
            one[Language(row.language)] += row.messages
        people.append(one)
    scored = sum(one.total() for one in people)
    aside = unscored(missed.lost(connection, window), scored)
    return of_languages(people, k) + ([] if aside is None else [aside])
