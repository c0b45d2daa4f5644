"""A list of channels, from the request to the digests on the bus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.climate.windows import block, four_weeks_of
from services.contracts.channels import TOPIC, ChannelsV1
from services.contracts.progress import ProgressV1
from services.ingest.channel_list import MOST_CHANNELS
from services.ingest.gateway_database import CHANNEL, open_gateway_database
from tests.fakes.ingest import DIRECTORY, POLICY, START, Gateway, gateway, message

LISTED = {**POLICY, "indicators": ["valence", "ghost_towns"]}
FOUR = four_weeks_of(START.date())
OLD = (FOUR.end_exclusive - timedelta(days=90)).isoformat()
YOUNG = (FOUR.end_exclusive - timedelta(days=89)).isoformat()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Gateway]:
    with gateway(tmp_path, policy=LISTED) as opened:
        assert opened.ask("PUT", "/v1/directory", json=DIRECTORY).status_code == 200
        yield opened


def channel(name: str, members: int = 10, created: str = OLD) -> dict[str, object]:
    return {"channel": name, "members": members, "created": created}


def put(door: Gateway, *channels: Mapping[str, object], source: str = "feed") -> dict[str, int]:
    answer = door.ask("PUT", "/v1/channels", json={"source": source, "channels": list(channels)})
    assert answer.status_code == 200, answer.text
    told: dict[str, int] = answer.json()
    return told


def said(door: Gateway) -> list[ChannelsV1]:
    return [ChannelsV1.from_bytes(raw) for raw in door.link.producer.values(TOPIC)]


def place_of(door: Gateway, name: str) -> str:
    """The digest that messages of this channel carry."""
    door.send(json.dumps(message(channel=name, id=f"in {name}"))).raise_for_status()
    return door.owed()[-1].place


def test_a_listed_channel_is_said_under_the_digest_of_its_messages(door: Gateway) -> None:
    digests = sorted(place_of(door, name) for name in ("town-square", "canteen"))
    told = put(door, channel("canteen"), channel("feed:town-square", 500, "2019-01-01"))

    assert told == {"channels": 2, "admitted": 2}
    assert said(door)[-1].block == block(START.date())
    assert list(said(door)[-1].places) == digests
    assert said(door)[-1].spool_id == door.owed()[-1].spool_id


def test_no_name_of_a_channel_leaves_the_gateway(door: Gateway) -> None:
    place_of(door, "town-square")
    answer = put(door, channel("town-square"))

    sent = b"".join(door.link.producer.values(TOPIC))
    assert b"town" not in sent
    assert b"feed:" not in sent
    assert "town" not in json.dumps(answer)
    assert "town" not in repr(said(door))
    assert said(door)[-1].places[0] not in repr(said(door))


@pytest.mark.parametrize(
    "one", [channel("town-square", members=9), channel("town-square", created=YOUNG)]
)
def test_a_small_or_young_channel_is_kept_and_not_said(
    door: Gateway, one: dict[str, object]
) -> None:
    place_of(door, "town-square")

    assert put(door, one) == {"channels": 1, "admitted": 1}
    assert said(door)[-1].places == ()


def test_what_the_policy_does_not_admit_is_not_even_kept(tmp_path: Path) -> None:
    narrow = {**LISTED, "channels": ["feed:town-*", "slack:*"]}
    with gateway(tmp_path, policy=narrow) as door:
        told = put(door, channel("town-square"), channel("vakbond"), channel("elsewhere"))
        closed = put(door, channel("T0/D1"), channel("T0/C1"), source="slack")
        foreign = put(door, channel("general"), source="teams")
    engine = open_gateway_database(tmp_path / "gateway.db")
    with engine.connect() as connection:
        kept = set(connection.execute(select(CHANNEL.c.channel)).scalars())
    engine.dispose()

    assert told == {"channels": 3, "admitted": 1}
    assert closed == {"channels": 2, "admitted": 1}
    assert foreign == {"channels": 1, "admitted": 0}
    assert kept == {"feed:town-square", "slack:T0/C1"}


def test_a_policy_that_admits_less_is_asked_again_after_a_restart(tmp_path: Path) -> None:
    with gateway(tmp_path, policy=LISTED) as door:
        put(door, channel("town-square"), channel("canteen"))
    narrow = {**LISTED, "channels": ["feed:town-*", "slack:*"]}
    with gateway(tmp_path, policy=narrow) as door:
        door.ask("PUT", "/v1/directory", json=DIRECTORY)
        place = place_of(door, "town-square")
        put(door, source="slack")

        assert said(door)[-1].places == (place,)


def test_a_list_takes_the_place_of_the_one_before_and_of_no_other_source(door: Gateway) -> None:
    place = place_of(door, "town-square")
    put(door, channel("T0/C1"), source="slack")
    put(door, channel("canteen"), channel("town-square"))
    assert len(said(door)[-1].places) == 3
    put(door, channel("town-square"))
    assert len(said(door)[-1].places) == 2
    put(door, source="slack")

    assert said(door)[-1].places == (place,)


def test_nothing_is_said_where_the_policy_makes_nothing_of_it(tmp_path: Path) -> None:
    for number, rules in enumerate((POLICY, {**LISTED, "differential_privacy": "on"})):
        folder = tmp_path / str(number)
        folder.mkdir()
        with gateway(folder, policy=rules) as door:
            door.ask("PUT", "/v1/directory", json=DIRECTORY)
            place_of(door, "town-square")

            assert put(door, channel("town-square"))["admitted"] == 1
            assert said(door) == []


def test_it_is_said_of_a_block_before_the_time_that_may_close_it(door: Gateway) -> None:
    """An import sends everything and declares the end: the list is on the bus before that."""
    put(door, channel("town-square"))
    door.ask("PUT", "/v1/clock", json={"declared": f"{FOUR.start}T00:00:00Z"}).raise_for_status()
    place = place_of(door, "town-square")
    over = f"{FOUR.end_exclusive + timedelta(days=4)}T00:00:00Z"
    door.ask("PUT", "/v1/clock", json={"declared": over}).raise_for_status()

    topics = [
        (topic, value)
        for topic, value, *_ in door.link.producer.sent
        if (topic == TOPIC and place.encode() in value)
        or (topic == "progress.v1" and ProgressV1.from_bytes(value).declared)
    ]
    assert topics[-1][0] == "progress.v1"
    assert TOPIC in {topic for topic, _ in topics}
    assert [one for one in said(door) if one.places][-1].block == block(FOUR.start)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"source": "feed", "channels": [channel("canary"), {"channel": "canary2"}]},
         ["/channels/1/members", "/channels/1/created"]),
        ({"source": "feed", "channels": [channel("canary", members=-1)]}, ["/channels/0/members"]),
        ({"source": "feed", "channels": [{**channel("canary"), "members": "9"}]},
         ["/channels/0/members"]),
        ({"source": "feed", "channels": [{**channel("a"), "created": 20_000}]},
         ["/channels/0/created"]),
        ({"source": "feed", "channels": [channel("a", created="canary")]},
         ["/channels/0/created"]),
        ({"source": "feed", "channels": [channel("canary"), channel("b"), channel("feed:canary")]},
         ["/channels/2/channel"]),
        ({"source": "feed", "channels": [{**channel("a"), "canary": 1}]}, ["/channels/0"]),
        ({"source": "feed", "channels": [channel(" ")]}, ["/channels/0/channel"]),
        ({"source": "Can ary", "channels": []}, ["/source"]),
        ({"channels": []}, ["/source"]),
        ({"source": "feed", "channels": [channel(f"c{n}") for n in range(MOST_CHANNELS + 1)]},
         ["/channels"]),
    ],
)  # fmt: skip
def test_a_list_that_is_wrong_changes_nothing_and_says_where(
    door: Gateway, body: dict[str, Any], pointers: list[str]
) -> None:
    place = place_of(door, "town-square")
    put(door, channel("town-square"))
    answer = door.ask("PUT", "/v1/channels", json=body)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers
    assert "canary" not in answer.text
    assert said(door)[-1].places == (place,)


@pytest.mark.parametrize(
    ("raw", "media", "status"),
    [
        (b"{canary", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b'{"source":"feed","channels":[]}', "text/csv", 415),
        (b'{"source":"feed","channels":["' + b"x" * 5_000 + b'"]}', "application/json", 413),
    ],
)
def test_what_is_no_list_is_not_quoted(tmp_path: Path, raw: bytes, media: str, status: int) -> None:
    limit = 200_000 if raw.startswith(b"[") else 4_000
    with gateway(tmp_path, policy=LISTED, max_directory_bytes=limit) as door:
        answer = door.ask("PUT", "/v1/channels", content=raw, headers={"Content-Type": media})

    assert answer.status_code == status
    assert "canary" not in answer.text


def test_channels_of_all_sources_together_are_bounded(door: Gateway) -> None:
    half = MOST_CHANNELS // 2
    put(door, *(channel(f"T0/C{n}") for n in range(half)), source="slack")
    put(door, *(channel(f"c{n}") for n in range(half)))
    body = {"source": "feed", "channels": [channel(f"c{n}") for n in range(half + 1)]}

    answer = door.ask("PUT", "/v1/channels", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/channels", "detail": "too_many"}]


def test_a_list_survives_a_restart(tmp_path: Path) -> None:
    with gateway(tmp_path, policy=LISTED) as door:
        put(door, channel("town-square", created=date(2020, 1, 1).isoformat()))
    with gateway(tmp_path, policy=LISTED) as door:
        door.ask("PUT", "/v1/directory", json=DIRECTORY)
        place = place_of(door, "town-square")
        put(door, source="slack")

        assert said(door)[-1].places == (place,)


def say(door: Gateway) -> None:
    """Let the gateway look whether there is anything new to say."""
    portal = door.client.portal
    assert portal is not None
    portal.call(door.client.app_state["edge"].places.say)


def test_a_broker_that_is_away_hears_it_later(door: Gateway) -> None:
    place = place_of(door, "town-square")
    door.link.producer.refuses = 1
    put(door, channel("town-square"))
    say(door)

    assert said(door)[-1].places == (place,)


def test_it_is_said_once_a_day_for_the_topic_forgets(door: Gateway) -> None:
    place_of(door, "town-square")
    put(door, channel("town-square"))
    before = len(said(door))
    say(door)
    assert len(said(door)) == before

    door.wait(timedelta(days=1))
    say(door)

    assert [one.places for one in said(door)[before:]] == [said(door)[before - 1].places]


def test_of_a_block_that_is_over_nothing_more_is_said(door: Gateway) -> None:
    place_of(door, "town-square")
    put(door, channel("town-square"))
    door.wait(timedelta(days=40))
    before = len(said(door))
    put(door, channel("canteen"))

    assert len(said(door)) == before
