"""A planted ghost town shows in the share of channels in which hardly anybody writes."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from models.climate.disclosure.message_shares import Ratio
from models.climate.networks.ghost_towns import LEAST_AUTHORS, LEAST_MEMBERS
from models.climate.windows import four_weeks_of
from models.simulation.channels import channels as simulated
from models.simulation.organisation import Organisation
from models.simulation.planting.found import Found
from models.simulation.planting.play import PlantedWorld
from services.alerts import channels, database
from services.cli.planted_world import Size, planted_world
from services.cli.played_feed import Feed, planted_feed
from services.cli.truth_file import read
from services.contracts.channels import TOPIC, ChannelsV1
from services.ingest import channel_list
from services.ingest.block_keys import BlockKeys
from services.ingest.channel_lists import ChannelLists
from services.ingest.gateway_database import open_gateway_database
from services.ingest.places import Places
from tests.fakes.bus import MemorySender
from tests.fakes.labelled_line import LabelledLine, activities

UNTIL = date(2026, 11, 2)
FOUR = four_weeks_of(UNTIL - timedelta(weeks=4))
CALM = "[handling]\nedited = 0.0\ndeleted = 0.0\ntwice = 0.0\ndisordered = 0.0\n"
SILENT = '[[ghost_town]]\nunit = "halyard.flanders"\nfirst_week = 1\nweeks = 4\nleft = 0.0\n'


@dataclass(frozen=True)
class Seen:
    """What was told, and how many channels had hardly any author in what was sent."""

    told: Ratio | None
    dead: int
    counted: int


def played_world(folder: Path, text: str) -> PlantedWorld:
    folder.mkdir(exist_ok=True)
    path = folder / "truth.toml"
    path.write_text(text, "utf-8")
    world = planted_world(read(path), Size(600, 4, 14_000, 5), UNTIL)
    people = (replace(one, since=date(2020, 1, 1)) for one in world.organisation.people)
    return replace(world, organisation=Organisation(world.organisation.units, tuple(people)))


def truth(feed: Feed) -> tuple[int, int]:
    """From the words that are sent: ghost towns, and channels that count."""
    person = {name: one["person"] for one in feed.directory["people"] for name in one["identities"]}
    authors: defaultdict[str, set[str]] = defaultdict(set)
    for _, activity in activities(feed):
        authors[activity["target"]].add(person[f"as:{activity['actor']['id']}"])
    counted = [
        one["channel"] for one in feed.channels["channels"] if one["members"] >= LEAST_MEMBERS
    ]
    return sum(len(authors[name]) < LEAST_AUTHORS for name in counted), len(counted)


async def said(folder: Path, document: dict[str, Any]) -> ChannelsV1:
    """What the gateway in *folder* says of *document*."""
    engine, sender = open_gateway_database(folder / "gateway.db"), MemorySender()
    lists = ChannelLists(engine)
    lists.replace(channel_list.parse(json.dumps(document).encode()))
    now = datetime.combine(FOUR.start, datetime.min.time(), UTC) + timedelta(days=20)
    places = Places(
        lists=lists,
        admits=lambda *_: True,
        wanted=True,
        block_keys=BlockKeys(engine),
        spool_id="gateway-test",
        sender=sender,
        now=lambda: now,
    )
    await places.say()
    engine.dispose()
    records = [ChannelsV1.from_bytes(raw) for raw in sender.values(TOPIC)]
    return next(one for one in records if one.block == (FOUR.start - date(2024, 1, 1)).days // 28)


async def seen(folder: Path, text: str) -> Seen:
    world, line = played_world(folder, text), LabelledLine(folder)
    line.take(planted_feed(world, Found()), datetime(2026, 11, 9, tzinfo=UTC))
    feed = planted_feed(world, Found())
    with database.writing(line.engine) as connection:
        assert channels.take(connection, await said(folder, feed.channels))
        told = channels.ratio(connection, FOUR)
    line.engine.dispose()
    return Seen(told, *truth(feed))


async def test_what_is_told_is_the_tenth_of_what_was_sent_and_a_silent_division_moves_it(
    tmp_path: Path,
) -> None:
    calm = await seen(tmp_path / "calm", CALM)
    silent = await seen(tmp_path / "silent", CALM + SILENT)

    for found in (calm, silent):
        assert found.counted >= 20
        assert found.told == Ratio("ghost_towns", 10 * found.dead // found.counted, 10)
    assert calm.told is not None
    assert silent.told is not None
    assert silent.told.part > calm.told.part


def test_every_channel_that_is_written_in_is_listed_with_its_members(tmp_path: Path) -> None:
    world = played_world(tmp_path, CALM)
    feed = planted_feed(world, Found())
    written = {activity["target"] for _, activity in activities(feed)}
    members = {one.name: one.members for one in simulated(world.organisation)}

    assert written <= {one["channel"] for one in feed.channels["channels"]}
    assert members["demo:chat/halyard"] == 600
    assert all(
        members[f"demo:chat/{unit.id}"] == world.organisation.sizes[unit.id]
        for unit in world.organisation.at_level(3)
    )
