"""Who is still there beside the published hours of a window, when it is to be published."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import Connection

from models.climate.disclosure.release import Overlap
from models.climate.windows import Window
from services.alerts.ledger import hours
from services.alerts.organisation import People
from services.alerts.tables.pseudonymous import OUTSIDE


def of_window(connection: Connection, window: Window, everybody: People) -> list[Overlap]:
    """The overlap of each published hour in *window* with what of its day is in no such hour.

    Nobody is looked at where no hour is published.

    Args:
        connection: Where.
        window: Which.
        everybody: Those who are still there.
    """
    published = sorted(hours.within(connection, window))
    if not published:
        return []
    wrote: defaultdict[tuple[date, int], Counter[str]] = defaultdict(Counter)
    for leaf, days in everybody.in_hours(window):
        for day, bits in days.items():
            for at in range(OUTSIDE + 1):
                if bits >> at & 1:
                    wrote[day, at][leaf] += 1
    return [Overlap(wrote[day, hour], wrote[day, OUTSIDE]) for day, hour in published]
