"""Says on ``channels.v1`` which places could be ghost towns: digests alone, block by block."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from models.climate import catalogue
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.networks.ghost_towns import could_be_one
from models.climate.windows import block_window
from services.contracts import bus
from services.contracts.bus import Outgoing, Sends
from services.contracts.channels import TOPIC, ChannelsV1
from services.contracts.governance import Policy
from services.ingest import telling
from services.ingest.block_keys import BlockKeys, keyed
from services.ingest.channel_list import Channel
from services.ingest.channel_lists import ChannelLists


def wanted(policy: Policy) -> bool:
    """Whether anything is made of them: with noise nothing is."""
    noisy = policy.differential_privacy is not PrivacyMode.OFF
    return catalogue.GHOST_TOWNS.id in policy.indicators and not noisy


@dataclass(slots=True)
class Places:
    """One task that says of every open block which places could be ghost towns in it.

    It speaks where a list or the blocks have changed, and once a day: the topic keeps it for two.

    Attributes:
        lists: Which channels there are.
        admits: Whether the policy lets messages of a source and channel in.
        wanted: Whether anything is made of it; if not, nothing is said.
        block_keys: What digests are made with, as those of the messages.
        spool_id: Name of this gateway.
        sender: Where it is said.
        now: The gateway's time.
        deadline_s: For one delivery.
    """

    lists: ChannelLists
    admits: Callable[[str, str], bool]
    wanted: bool
    block_keys: BlockKeys
    spool_id: str
    sender: Sends
    now: Callable[[], datetime]
    deadline_s: float = 10
    _said: dict[int, tuple[tuple[Channel, ...], date]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, *, every_s: float = 1) -> None:
        """Look again and again, until cancelled; a broker that is away hears it later."""
        await telling.again_and_again(self.say, every_s)

    async def say_soon(self) -> None:
        """Say what is new now, or leave it to the task while the broker is away."""
        await telling.soon(self.say)

    async def say(self) -> int:
        """Say it of each open block of which it is new; of how many.

        Raises:
            Unavailable: the broker did not confirm.
        """
        async with self._turn:
            now, listed = self.now(), self.lists.listed
            live = self.block_keys.live(now)
            self._said = {number: said for number, said in self._said.items() if number in live}
            due = [
                number
                for number in sorted(live)
                if self.wanted and not self._is_said(number, listed, now)
            ]
            for number in due:
                record = await asyncio.to_thread(self._record, number, live[number], listed)
                outgoing = Outgoing(TOPIC, self.spool_id.encode(), record.to_bytes())
                await bus.deliver(self.sender, [outgoing], deadline_s=self.deadline_s)
                self._said[number] = listed, now.date()
            return len(due)

    def _is_said(self, number: int, listed: tuple[Channel, ...], now: datetime) -> bool:
        then, day = self._said.get(number, (None, None))
        return then is listed and day == now.date()

    def _record(self, number: int, key: bytes, listed: Iterable[Channel]) -> ChannelsV1:
        four = block_window(number)
        places = {
            keyed(key, "place", one.name)
            for one in listed
            if could_be_one(one.members, one.created, four) and self.admits(one.source, one.name)
        }
        return ChannelsV1(spool_id=self.spool_id, block=number, places=tuple(sorted(places)))
