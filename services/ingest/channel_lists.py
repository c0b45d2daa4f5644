"""The channels of every source, in memory and in the gateway's file: each list whole or not."""

from __future__ import annotations

from threading import Lock

from sqlalchemy import Connection, Engine, delete, insert, select
from typing_extensions import override

from services.contracts.failures import Fault, Malformed
from services.ingest.channel_list import MOST_CHANNELS, Channel, ChannelList
from services.ingest.gateway_database import CHANNEL


class ChannelLists:
    """Which channels there are.  Readers see one state or the next, never half of each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        with engine.connect() as connection:
            self._listed = _load(connection)

    @override
    def __repr__(self) -> str:
        """Say how many; never which."""
        return f"ChannelLists({len(self._listed)})"

    @property
    def listed(self) -> tuple[Channel, ...]:
        """Channels of all sources: another object after each change, and the same until then."""
        return self._listed

    def replace(self, new: ChannelList) -> None:
        """Put *new* in the place of the list of its source.

        Raises:
            Malformed: with those of the other sources they are too many; nothing has changed.
        """
        with self._lock:
            others = [one for one in self._listed if one.source != new.source]
            if len(others) + len(new.channels) > MOST_CHANNELS:
                raise Malformed("ChannelList", (Fault("/channels", "too_many"),))
            rows = [
                {
                    "source": one.source,
                    "channel": one.name,
                    "members": one.members,
                    "created": one.created,
                }
                for one in new.channels
            ]
            with self._engine.begin() as connection:
                connection.execute(delete(CHANNEL).where(CHANNEL.c.source == new.source))
                if rows:
                    connection.execute(insert(CHANNEL), rows)
            self._listed = (*others, *new.channels)


def _load(connection: Connection) -> tuple[Channel, ...]:
    rows = connection.execute(select(CHANNEL))
    return tuple(Channel(row.source, row.channel, row.members, row.created) for row in rows)
