"""Which places could be ghost towns, who wrote in them within a block, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection, and_, delete, func, select

from models.climate import catalogue
from models.climate.disclosure.message_shares import Ratio
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.networks.ghost_towns import ghost_towns
from models.climate.windows import Cadence, Window, block, block_window
from services.alerts import details
from services.alerts.database import STATEMENT_ROWS
from services.alerts.folding import Detail
from services.alerts.tables.pseudonymous import AUTHOR_PLACE, CHANNEL_PLACE, CLOSER, FOLDED_DAY
from services.alerts.tables.released import WINDOW_SUMMARY
from services.contracts.channels import ChannelsV1
from services.contracts.governance import Policy

_LISTED: Final = CHANNEL_PLACE.c


def needed(policy: Policy) -> set[Detail]:
    """What is kept of a day for it; nothing with noise, for the figure is exact."""
    noisy = policy.differential_privacy is not PrivacyMode.OFF
    return set() if noisy or catalogue.GHOST_TOWNS.id not in policy.indicators else {Detail.PLACES}


def take(connection: Connection, record: ChannelsV1) -> bool:
    """Take what a gateway says of a block in the place of what it said; whether it was taken.

    What comes once the block has closed is of no use any more, and would never go.
    """
    # Exclusive of whoever publishes, who removes what is there.
    connection.execute(select(CLOSER.c.id).with_for_update(read=True)).all()
    four = block_window(record.block)
    over = select(WINDOW_SUMMARY.c.quarter).where(
        WINDOW_SUMMARY.c.cadence == four.cadence.value, WINDOW_SUMMARY.c.window_start == four.start
    )
    if connection.execute(over).first() is not None:
        return False
    said = and_(_LISTED.block == record.block, _LISTED.spool_id == record.spool_id)
    connection.execute(delete(CHANNEL_PLACE).where(said))
    rows = [
        {"block": record.block, "spool_id": record.spool_id, "place": place}
        for place in sorted(set(record.places))
    ]
    if rows:
        connection.execute(CHANNEL_PLACE.insert(), rows)
    return True


def ratio(connection: Connection, four: Window) -> Ratio | None:
    """What may be told of the ghost towns of *four* weeks.

    Nothing where of some day it was not kept who wrote where: channels would seem silent.
    """
    assert four.cadence is Cadence.FOUR_WEEKS
    unknown = select(func.count()).where(
        details.within(FOLDED_DAY, four), FOLDED_DAY.c.knows_places.is_(False)
    )
    if connection.execute(unknown).scalar_one():
        return None
    return ghost_towns(_authors(connection, block(four.start)))


def _authors(connection: Connection, number: int) -> Iterator[frozenset[str]]:
    """Of each place that is listed in the block *number*, who wrote in it."""
    places = select(_LISTED.place).where(_LISTED.block == number).distinct().subquery()
    wrote = and_(AUTHOR_PLACE.c.block == number, AUTHOR_PLACE.c.place == places.c.place)
    found = (
        select(places.c.place, AUTHOR_PLACE.c.pid)
        .select_from(places.outerjoin(AUTHOR_PLACE, wrote))
        .order_by(places.c.place)
    )
    rows = connection.execute(found, execution_options={"yield_per": STATEMENT_ROWS})
    for _, of_place in groupby(rows, attrgetter("place")):
        yield frozenset(row.pid for row in of_place if row.pid is not None)
