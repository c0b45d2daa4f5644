"""What the collector does with a batch of each topic: effects in SQL first, then words about it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine

from services.alerts import channels, database, gateways, missed
from services.alerts.collector import Collected, collect
from services.contracts import bus, dead_letters, settled
from services.contracts.agents import until_available
from services.contracts.bus import Incoming, Outgoing, Sends
from services.contracts.channels import ChannelsV1
from services.contracts.dead_letters import DeadLetterV1
from services.contracts.failures import Dependency, Malformed
from services.contracts.progress import ProgressV1
from services.contracts.record import Record
from services.contracts.scores import ScoreV1
from services.contracts.settled import SettledV1, Settlement
from services.contracts.units import UnitsV1
from services.telemetry import logs
from services.telemetry.metrics import alerts as metrics

Kind = TypeVar("Kind", bound=Record)
FIRST_RETRY_S: Final = 0.1


@dataclass(slots=True)
class Collecting:
    """Returns from a batch once everything it came to is committed and said.

    Attributes:
        engine: The database.
        sender: The producer.
        waiting: Told what does not answer, before each further try.
        deadline_s: For the deliveries of one batch.
    """

    engine: Engine
    sender: Sends
    waiting: Callable[[Dependency], None]
    deadline_s: float = bus.DEADLINE_S

    async def scores(self, records: Sequence[Incoming]) -> None:
        """Collect scores, commit, then tell the spools.

        Raises:
            Unavailable: the database does not answer; nothing was written or said.
        """
        began = time.perf_counter()
        read, dead = _decoded(records, ScoreV1)
        found = await asyncio.to_thread(self._collect, read)
        await self._say([*dead, *_told(found)])
        late = found.count(Settlement.LATE)
        metrics.records("collected", len(read) - late)
        metrics.records("late", late)
        metrics.records("malformed", len(dead))
        metrics.BATCH_SECONDS.observe(time.perf_counter() - began)
        logs.emit("scores.collected", count=len(read), late=late)

    async def progress(self, records: Sequence[Incoming]) -> None:
        """Keep how far each gateway is.

        Raises:
            Unavailable: the database does not answer.
        """
        read, dead = _decoded(records, ProgressV1)
        newest = {record.spool_id: record for record in sorted(read, key=lambda r: r.said_at)}

        def keep(connection: Connection) -> None:
            for _, record in sorted(newest.items()):
                gateways.progress(connection, record)

        await self._apply(keep, dead)

    async def units(self, records: Sequence[Incoming]) -> None:
        """Keep what the organisation looks like.

        Raises:
            Unavailable: the database does not answer.
        """
        for record in records:
            try:
                tree = UnitsV1.from_bytes(record.value)
                await self._apply(partial(gateways.units, record=tree), [])
            except Malformed as fault:
                metrics.records("malformed")
                await self._say([_dead(record, fault)])

    async def channels(self, records: Sequence[Incoming]) -> None:
        """Keep which places could be ghost towns.

        Raises:
            Unavailable: the database does not answer.
        """
        read, dead = _decoded(records, ChannelsV1)

        def keep(connection: Connection) -> None:
            for record in read:
                channels.take(connection, record)

        await self._apply(keep, dead)

    async def settlements(self, records: Sequence[Incoming]) -> None:
        """Keep what was set aside unscored.

        Raises:
            Unavailable: the database does not answer.
        """
        read, dead = _decoded(records, SettledV1)
        lost = [record for record in read if record.settlement in missed.LOST]

        def keep(connection: Connection) -> None:
            for record in lost:
                missed.set_aside(connection, record)

        if lost or dead:  # most of what is settled is our own word
            await self._apply(keep, dead)

    def _collect(self, read: Sequence[ScoreV1]) -> Collected:
        if not read:
            return Collected()
        with database.writing(self.engine) as connection:
            return collect(connection, read)

    async def _apply(
        self, effect: Callable[[Connection], object], dead: Sequence[Outgoing]
    ) -> None:
        def commit() -> None:
            with database.writing(self.engine) as connection:
                effect(connection)

        await asyncio.to_thread(commit)
        metrics.records("malformed", len(dead))
        await self._say(dead)

    async def _say(self, outgoing: Sequence[Outgoing]) -> None:
        """Say what was committed until it is heard: committing it again would help nobody."""

        async def deliver() -> None:
            await bus.deliver(self.sender, outgoing, deadline_s=self.deadline_s)

        if outgoing:
            await until_available(deliver, self.waiting, first_s=FIRST_RETRY_S, longest_s=5)


def _decoded(records: Sequence[Incoming], kind: type[Kind]) -> tuple[list[Kind], list[Outgoing]]:
    """What can be read, and a dead letter for each record that cannot."""
    read: list[Kind] = []
    dead: list[Outgoing] = []
    for record in records:
        try:
            read.append(kind.from_bytes(record.value))
        except Malformed as fault:
            dead.append(_dead(record, fault))
    return read, dead


def _dead(record: Incoming, fault: Malformed) -> Outgoing:
    letter = DeadLetterV1(
        topic=record.topic, partition=record.partition, offset=record.offset, faults=fault.faults
    )
    return Outgoing(dead_letters.TOPIC, record.key, letter.to_bytes())


def _told(found: Collected) -> list[Outgoing]:
    records = [
        SettledV1(spool_id=spool, seqs=seqs, settlement=settlement)
        for settlement, spools in found.settled.items()
        for spool, seqs in spools.items()
    ]
    return [Outgoing(settled.TOPIC, one.spool_id.encode(), one.to_bytes()) for one in records]
