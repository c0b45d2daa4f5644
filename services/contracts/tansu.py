"""What Faust's transport must do differently on the embedded broker, and on that alone.

That broker (Tansu 0.6, in memory) answers a fetch after half of the longest wait, and answers the
question for a partition's end with the end of the last batch but one record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import faust
from aiokafka import AIOKafkaConsumer
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from typing_extensions import override

from services.contracts import bus

FETCH_WAIT_MS: Final = 250
"""Faust asks for 1,500, which costs 760 ms a hop; below 100 a long partition starves for ever."""
_LOOKS: Final = 200


class _Thread(driver.AIOKafkaConsumerThread):
    """A consumer thread with a short fetch and true high watermarks."""

    @override
    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001  Faust offers no setting for it
        return consumer

    @override
    async def _highwaters(self, partitions: Iterable[TP]) -> Mapping[TP, int]:
        wanted = list(partitions)
        ends = await self._ensure_consumer().end_offsets(wanted)
        broker = ",".join(url.authority for url in self.app.conf.broker_consumer)
        return await true_ends(broker, {tp: ends[tp] or 0 for tp in wanted})


class _Consumer(driver.Consumer):
    @override
    def _new_consumer_thread(self) -> driver.AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)


class _Transport(driver.Transport):
    Consumer = _Consumer


class EmbeddedApp(faust.App):
    """A Faust app whose consumer speaks to the embedded broker."""

    @override
    def _new_transport(self) -> _Transport:
        return _Transport(self.conf.broker_consumer, self)


async def true_ends(broker: str, at_least: Mapping[TP, int]) -> dict[TP, int]:
    """The high watermark of each partition: right only in the answer to a fetch.

    Args:
        broker: ``host:port``.
        at_least: What the broker says their ends are.

    Raises:
        TimeoutError: the broker did not say.
    """
    ends: dict[TP, int] = {}
    async with bus.reader(broker, wait_ms=50) as probe:
        places = {tp: driver.ensure_aiokafka_TP(tp) for tp in at_least}
        probe.assign(list(places.values()))
        for tp, place in places.items():
            probe.seek(place, at_least[tp])
        for _ in range(_LOOKS):
            await probe.getmany(timeout_ms=50)
            for tp, place in places.items():
                if (end := probe.highwater(place)) is not None:
                    ends[tp] = max(end, at_least[tp])
            if len(ends) == len(places):
                return ends
    raise TimeoutError
