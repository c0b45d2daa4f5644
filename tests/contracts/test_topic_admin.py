"""What it takes to bring a cluster's topics to what they must be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.contracts import messages, progress, scores
from services.contracts.topic_admin import Change, Found, Shape, configuration, partitions, plan
from services.contracts.topics import TOPICS

SHAPE = Shape(partitions=6, replication=3)
HOUR = timedelta(hours=1) / timedelta(milliseconds=1)


def fine() -> dict[str, Found]:
    return {
        facts.name: Found(partitions(facts, SHAPE), configuration(facts, SHAPE)) for facts in TOPICS
    }


def test_an_empty_cluster_needs_every_topic() -> None:
    changes = plan({}, SHAPE)

    assert [change.topic for change in changes] == [facts.name for facts in TOPICS]
    assert all(change.create for change in changes)


def test_a_cluster_that_is_as_it_must_be_needs_nothing() -> None:
    assert plan(fine(), SHAPE) == []


def test_what_an_operator_sets_besides_is_no_matter() -> None:
    found = fine()
    config = {**found[scores.TOPIC].config, "compression.type": "zstd"}
    found[scores.TOPIC] = replace(found[scores.TOPIC], config=config)

    assert plan(found, SHAPE) == []


def test_what_is_kept_too_long_is_set_right_and_nothing_else() -> None:
    found = fine()
    config = {**found[messages.TOPIC].config, "retention.ms": "604800000"}
    found[messages.TOPIC] = replace(found[messages.TOPIC], config=config)

    assert plan(found, SHAPE) == [Change(messages.TOPIC, config={"retention.ms": "86400000"})]


def test_another_number_of_partitions_is_told() -> None:
    found = fine()
    found[messages.TOPIC] = replace(found[messages.TOPIC], partitions=4)

    assert plan(found, SHAPE) == [Change(messages.TOPIC, partitions=4)]


def test_a_segment_lasts_an_hour_at_most_and_time_is_the_brokers() -> None:
    for facts in TOPICS:
        config = configuration(facts, SHAPE)
        assert int(config["segment.ms"]) <= HOUR
        assert config["message.timestamp.type"] == "LogAppendTime"
        assert config["cleanup.policy"] == "delete"


def test_a_record_survives_a_server_where_there_are_three() -> None:
    facts = next(facts for facts in TOPICS if facts.name == progress.TOPIC)

    assert configuration(facts, SHAPE)["min.insync.replicas"] == "2"
    assert configuration(facts, replace(SHAPE, replication=1))["min.insync.replicas"] == "1"
