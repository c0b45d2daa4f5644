"""Brings the topics of a Kafka cluster to what ``topics.TOPICS`` says; nothing else makes one.

A topic that a client makes by accident has the cluster's retention, which may be a week for
sealed text and pseudonyms.  So topics are applied on purpose, and what they must keep is checked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, NoError, for_code

from services.contracts.failures import Unavailable
from services.contracts.topics import TOPICS, TopicFacts

SEGMENT: Final = timedelta(hours=1)
"""Kafka deletes whole segments: one that is written for a week keeps its first record a week."""
COPIES_TO_LOSE_ONE: Final = 3
"""From here on a record counts as written once two copies are, and one server may be down."""
SET_ON_TOPIC: Final = 1
"""Where a value comes from, in Kafka's protocol: DYNAMIC_TOPIC_CONFIG."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a cluster's topics are laid out.

    Attributes:
        partitions: Of topics that are spread by key; as many workers can share them.
        replication: Copies of each record.
    """

    partitions: int = 6
    replication: int = 3


PRODUCTION: Final = Shape()


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as the cluster has it; *config* holds what is set on it, not what it inherits."""

    partitions: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What must be done to a topic.

    Attributes:
        topic: Its name.
        create: It is missing.
        config: What must be set.
        partitions: How many it has, where that is not what was asked for.  It is never changed:
            the edits of a message would move to another partition and could overtake it.
    """

    topic: str
    create: bool = False
    config: Mapping[str, str] | None = None
    partitions: int | None = None


def configuration(facts: TopicFacts, shape: Shape) -> dict[str, str]:
    """What is set on a topic."""
    segment = min(SEGMENT, facts.retention)
    return {
        "cleanup.policy": "delete",
        "retention.ms": _milliseconds(facts.retention),
        "segment.ms": _milliseconds(segment),
        # By the broker's clock: a client's that runs ahead would keep records longer.
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": "2" if shape.replication >= COPIES_TO_LOSE_ONE else "1",
    }


def partitions(facts: TopicFacts, shape: Shape) -> int:
    """How many a topic has."""
    return shape.partitions if facts.spread else 1


def plan(found: Mapping[str, Found], shape: Shape) -> list[Change]:
    """What it takes to bring *found*, by topic, to what the facts say; empty if nothing."""
    changes = []
    for facts in TOPICS:
        wanted, there = configuration(facts, shape), found.get(facts.name)
        if there is None:
            changes.append(Change(facts.name, create=True, config=wanted))
            continue
        differing = {
            name: value for name, value in wanted.items() if there.config.get(name) != value
        }
        odd = None if there.partitions == partitions(facts, shape) else there.partitions
        if differing or odd is not None:
            changes.append(Change(facts.name, config=differing or None, partitions=odd))
    return changes


@asynccontextmanager
async def admin(servers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client of the cluster at *servers*.

    Raises:
        Unavailable: it does not answer, or refuses what it is asked.
    """
    client = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await client.start()
        yield client
    except (KafkaError, OSError):
        raise Unavailable("broker") from None
    finally:
        await client.close()


async def look(client: AIOKafkaAdminClient) -> dict[str, Found]:
    """Our topics that the cluster has."""
    names = {facts.name for facts in TOPICS}
    described = await client.describe_topics()
    counts = {t["topic"]: len(t["partitions"]) for t in described if t["topic"] in names}
    if not counts:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in counts]
    config: dict[str, dict[str, str]] = {name: {} for name in counts}
    for answer in await client.describe_configs(resources):
        for code, _, _, name, entries in answer.resources:
            _raise(code)
            config[name] = {e[0]: e[1] for e in entries if e[3] == SET_ON_TOPIC}
    return {name: Found(counts[name], config[name]) for name in counts}


async def apply(
    client: AIOKafkaAdminClient, found: Mapping[str, Found], changes: Sequence[Change], shape: Shape
) -> None:
    """Carry out *changes*; what operators set on a topic besides stays as it is."""
    facts = {one.name: one for one in TOPICS}
    new = [
        NewTopic(
            change.topic,
            partitions(facts[change.topic], shape),
            shape.replication,
            topic_configs=dict(change.config or {}),
        )
        for change in changes
        if change.create
    ]
    if new:
        for _, code, *_ in (await client.create_topics(new)).topic_errors:
            _raise(code)
    altered = [
        ConfigResource(
            ConfigResourceType.TOPIC,
            change.topic,
            {**found[change.topic].config, **change.config},  # this request replaces all of them
        )
        for change in changes
        if change.config and not change.create
    ]
    for answer in await client.alter_configs(altered) if altered else ():
        for code, *_ in answer.resources:
            _raise(code)


def _raise(code: int) -> None:
    error: Any = for_code(code)
    if error is not NoError:
        raise error


def _milliseconds(span: timedelta) -> str:
    return str(round(span / timedelta(milliseconds=1)))
