"""A week's answers by how soon they came, of the whole organisation."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from models.climate.disclosure.message_shares import Ratio
from models.climate.networks.answer_time import AnsweredWithin, of_answers
from models.climate.windows import Window
from services.alerts import details
from services.alerts.tables.pseudonymous import ANSWER_DAY


def ratios(connection: Connection, window: Window, leaves: frozenset[str], k: int) -> list[Ratio]:
    """What may be told of the answers of *window*, of people in the *leaves*."""
    people: list[Counter[AnsweredWithin]] = []
    for rows in details.by_person(connection, ANSWER_DAY, window, leaves):
        one: Counter[AnsweredWithin] = Counter()
        for row in rows:
            one[AnsweredWithin(row.within)] += row.answers
        people.append(one)
    return of_answers(people, k)
