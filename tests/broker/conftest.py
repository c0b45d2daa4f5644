"""A live broker for every test in this folder; without one they fail, they are never skipped."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.embedded import broker as tansu


class Broker(NamedTuple):
    """Where it listens (``host:port``), and whether it is the embedded one."""

    address: str
    embedded: bool


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


@contextmanager
def tansu_at(address: str) -> Iterator[None]:
    """The embedded broker's process, killed at the end: its memory is gone with it."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(tansu.command(address), stdout=quiet, stderr=quiet) as process:
        try:
            yield
        finally:
            process.kill()


@pytest.fixture(scope="session")
async def broker() -> AsyncIterator[Broker]:
    """The Kafka that ``KAFKA_BOOTSTRAP`` names, else the embedded broker; our topics are on it.

    Tests share it, so each has a spool id and a consumer group of its own.
    """
    if named := os.environ.get("KAFKA_BOOTSTRAP"):
        await tansu.create_topics(named)
        yield Broker(named, embedded=False)
        return
    address = free_address()
    with tansu_at(address):
        await tansu.listening(address, seconds=10)
        await tansu.create_topics(address)
        yield Broker(address, embedded=True)


@pytest.fixture
async def topic(broker: Broker) -> str:
    """A topic that no other test and none of our services touches."""
    name = f"test-{uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.address)
    await admin.start()
    await admin.create_topics([NewTopic(name, 2, 1)])
    await admin.close()
    return name
