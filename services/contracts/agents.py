"""The one way in which our workers read a topic: in order, in batches, never losing one.

Faust acknowledges what an agent raised at, loses what was in hand at a stop and counts wrongly
when acknowledgements have gaps.  Both workers avoid all three by reading through ``bind``.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, cast

import faust
from faust.types import EventT, StreamT

from services.contracts.bus import Incoming
from services.contracts.failures import Dependency, Unavailable
from services.contracts.tansu import EmbeddedApp

Handle = Callable[[Sequence[Incoming]], Awaitable[None]]
"""Does everything that a batch asks for.  It returns when the effect is certain, raises
``Unavailable`` when the same batch is to be tried again, and anything else is a bug."""


def faust_app(
    name: str,
    broker: str,
    *,
    embedded: bool,
    instance: str | None = None,
    session_s: float | None = None,
) -> faust.App:
    """A Faust app, not started, with the settings that were measured for *broker*.

    Args:
        name: The consumer group.
        broker: ``host:port``, several joined by commas.
        embedded: Whether that is the embedded broker; then the transport is patched.
        instance: Unique name of this process among its group's, kept over a restart: then a
            crash costs 1.5 s rather than a session.  The embedded broker does not profit.
        session_s: After how long a silent member is given up; tests shorten it.
    """
    session = session_s or (6 if embedded else 30)
    make = EmbeddedApp if embedded else faust.App
    return make(
        name,
        broker=";".join(f"kafka://{server}" for server in broker.split(",")),
        autodiscover=False,
        datadir=Path(tempfile.gettempdir())
        / f"barograph-{os.getuid()}-{name}",  # stays empty: no tables
        store="memory://",
        processing_guarantee="at_least_once",
        web_enabled=False,
        topic_allow_declare=False,  # the supervisor or the deployment makes topics
        topic_disable_leader=True,
        table_standby_replicas=0,  # 1, the default, leaves the third of three workers idle
        stream_wait_empty=True,
        stream_buffer_maxsize=1_024,
        stream_recovery_delay=0 if embedded else 3,
        broker_session_timeout=session,
        broker_heartbeat_interval=min(session / 6, 3),
        broker_rebalance_timeout=8 if embedded else 120,
        broker_max_poll_interval=300,
        broker_max_poll_records=500,
        broker_commit_interval=0.5 if embedded else 1.0,
        broker_commit_every=1_000,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=None if embedded else instance,
        consumer_metadata_max_age_ms=5_000,  # else a topic made after us is never read
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """How a topic is read, and who is told about it.

    Attributes:
        acknowledged: Told the topic, partition and next offset after a batch's acknowledgement,
            once for each partition in it.
        waiting: Told what does not answer, before each further try.
        halt: Ends the process at once on a bug, without a clean stop that would acknowledge.
        size: Most records in one batch.
        within_s: How long a batch waits to fill up, which is the latency of a quiet topic.
    """

    acknowledged: Callable[[str, int, int], None]
    waiting: Callable[[Dependency], None]
    halt: Callable[[BaseException], NoReturn]
    size: int = 256
    within_s: float = 0.05


async def until_available(
    attempt: Callable[[], Awaitable[None]],
    waiting: Callable[[Dependency], None],
    *,
    first_s: float = 0.1,
    longest_s: float = 30,
) -> None:
    """Repeat *attempt* for as long as something is unavailable, waiting ever longer."""
    wait_s = first_s
    while True:
        try:
            return await attempt()
        except Unavailable as missing:
            waiting(missing.dependency)
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, longest_s)


def bind(app: faust.App, topic: str, handle: Handle, terms: Terms) -> None:
    """Let *handle* see every record of *topic*, in batches and, within a partition, in order.

    A batch is acknowledged after *handle* returned, so it may come twice and is never lost.
    """
    source = app.topic(topic, key_type=bytes, value_type=bytes, value_serializer="raw")

    @app.agent(source, name=f"read-{topic}", concurrency=1)
    async def read(stream: StreamT[Any]) -> None:
        batches = cast("faust.Stream[Any]", stream).noack_take(terms.size, within=terms.within_s)
        async for events in batches:
            taken = [_incoming(event) for event in events]
            try:
                await until_available(partial(handle, taken), terms.waiting)
            except asyncio.CancelledError:
                raise  # stopping: nothing is acknowledged, so the batch comes again
            except BaseException as bug:  # noqa: BLE001  Faust would acknowledge it: lost
                terms.halt(bug)
            for event in events:
                await stream.ack(event)  # in order: Faust counts wrongly with gaps
            ends = {record.partition: record.offset + 1 for record in taken}
            for partition, end in ends.items():
                terms.acknowledged(topic, partition, end)


def _incoming(event: EventT[Any]) -> Incoming:
    """The record behind *event*: its bytes as they came, before Faust touched them."""
    message = event.message
    return Incoming(
        message.topic, message.partition, message.offset, message.key, message.value or b""
    )
