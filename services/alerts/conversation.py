"""A week's messages that answer one and those that do not, of the whole organisation."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from models.climate.disclosure.message_shares import Ratio
from models.climate.networks.conversation import conversation_index
from models.climate.windows import Window
from services.alerts import details
from services.alerts.tables.pseudonymous import CONVERSATION_DAY


def ratios(connection: Connection, window: Window, leaves: frozenset[str], k: int) -> list[Ratio]:
    """What may be told of who answered at all in *window*, of people in the *leaves*."""
    people = [
        Counter({True: sum(row.replies for row in rows), False: sum(row.others for row in rows)})
        for rows in details.by_person(connection, CONVERSATION_DAY, window, leaves)
    ]
    found = conversation_index(people, k)
    return [] if found is None else [found]
