"""The simulated feed arrives in its own time, and the command says how it went."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest
from click.testing import CliRunner

from models.simulation.play import World, play
from services.cli.feed_client import FeedClient
from services.cli.played_feed import cloud_event, feed_of
from services.cli.playing import (
    CLOSED_AFTER,
    Progress,
    last_monday,
    midnight,
    play_feed,
    trickle,
)
from services.cli.simulate import simulate, world_of
from services.contracts.denied_channels import denied
from services.contracts.envelope import Kind
from services.ingest import directory_formats
from services.ingest.feed_event import FeedEvent
from services.ingest.sources import cloudevents
from services.ingest.sources.json_text import decode
from tests.fakes.gateway import KEY, FakeGateway

UNTIL = date(2026, 11, 23)


def small(*, planted: bool = True) -> World:
    return world_of(people=120, weeks=2, messages=600, seed=3, planted=planted, until=UNTIL)


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def address(gateway: FakeGateway) -> Iterator[str]:
    with gateway.listening() as address:
        yield address


async def played(address: str, world: World) -> list[Progress]:
    seen: list[Progress] = []
    async with httpx2.AsyncClient(base_url=address) as http:
        client = FeedClient(http, KEY)
        tally = await play_feed(client, feed_of(world), on_progress=seen.append)

    assert tally.outcomes["accepted"] == tally.sent
    return seen


async def test_the_clock_is_declared_before_the_first_event_and_released_after_the_last_week_closed(
    gateway: FakeGateway, address: str
) -> None:
    await played(address, small())

    assert gateway.declared[0] == midnight(UNTIL - timedelta(weeks=2))
    assert gateway.declared[-1] == midnight(UNTIL) + CLOSED_AFTER
    assert not gateway.held


async def test_no_event_comes_long_after_the_clock_was_declared_to_be_past_it(
    gateway: FakeGateway, address: str
) -> None:
    await played(address, small())

    assert len(gateway.declared) > 25
    assert max(gateway.behind, default=0) < 3600


async def test_a_gateway_that_fails_in_mid_stream_still_gets_every_event(
    gateway: FakeGateway, address: str
) -> None:
    await played(address, small())
    expected = set(gateway.events)
    unlucky = FakeGateway()
    unlucky.trouble.extend(["cut", "cut", "cut", "cut"])

    with unlucky.listening() as other:
        await played(other, small())

    assert set(unlucky.events) == expected


async def test_the_clock_is_released_when_the_feed_is_refused(
    gateway: FakeGateway, address: str
) -> None:
    async with httpx2.AsyncClient(base_url=address) as http:
        client = FeedClient(http, KEY)

        def refuse(_: Progress) -> None:
            if not gateway.trouble:
                gateway.trouble.append("forbidden")

        with pytest.raises(Exception, match="403"):
            await play_feed(client, feed_of(small()), on_progress=refuse)

    assert not gateway.held


async def test_progress_names_the_week_and_what_became_of_the_events(address: str) -> None:
    seen = await played(address, small())

    assert (seen[-1].week, seen[-1].weeks) == (2, 2)
    assert seen[-1].tally.sent == pytest.approx(600, rel=0.2)


async def test_the_directory_is_one_that_the_gateway_reads(
    gateway: FakeGateway, address: str
) -> None:
    await played(address, small())
    raw = (await _directory(gateway)).encode()

    directory = directory_formats.parse(raw, "application/json")

    assert len(directory.people) == 120


async def _directory(gateway: FakeGateway) -> str:
    return httpx2.Request("PUT", "http://x/", json=gateway.directory).content.decode()


def test_every_event_is_one_that_the_gateway_reads() -> None:
    events = list(play(small()))

    readings = [cloudevents.read(decode(cloud_event(event))) for event in events]

    assert all(isinstance(reading, FeedEvent) for reading in readings)
    kinds = Counter(reading.kind for reading in readings if isinstance(reading, FeedEvent))
    assert kinds.keys() <= {Kind.POST, Kind.REPLY, Kind.EDIT, Kind.DELETE}
    assert kinds[Kind.REPLY] > 100
    for event, reading in zip(events, readings, strict=True):
        assert isinstance(reading, FeedEvent)
        assert (reading.source, reading.at) == ("demo", event.posted_at)
        assert (reading.identity, reading.channel) == (event.identity, event.channel)
        assert reading.in_reply_to == event.parent


def test_no_channel_of_the_demonstration_is_a_closed_one() -> None:
    world = world_of(people=2_000, weeks=1, messages=9_000, seed=1, planted=True, until=UNTIL)

    channels = {event.channel for event in play(world)}

    assert len(channels) > 100
    assert [channel for channel in channels if denied(channel)] == []


async def test_live_messages_carry_the_time_of_the_wall(gateway: FakeGateway, address: str) -> None:
    ticks = itertools.count()
    start = datetime(2026, 11, 25, 9, tzinfo=UTC)
    async with httpx2.AsyncClient(base_url=address) as http:
        live = asyncio.create_task(
            trickle(
                FeedClient(http, KEY),
                small(),
                per_minute=6_000,
                now=lambda: start + timedelta(seconds=next(ticks)),
            )
        )
        while len(gateway.events) < 5:
            await asyncio.sleep(0.01)
        live.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await live

    times = [event["time"] for event in gateway.events.values()][:5]
    assert times == [f"2026-11-25T09:00:0{n}Z" for n in range(5)]


@pytest.mark.parametrize(
    ("after", "monday"),
    [
        (timedelta(0), UNTIL),
        (timedelta(seconds=-1), UNTIL - timedelta(weeks=1)),
        (timedelta(days=6, hours=23), UNTIL),
        (timedelta(days=7), UNTIL + timedelta(weeks=1)),
    ],
)
def test_the_last_week_is_one_that_can_be_closed_now(after: timedelta, monday: date) -> None:
    now = midnight(UNTIL) + CLOSED_AFTER + after

    assert last_monday(now) == monday
    assert monday.weekday() == 0


def test_the_command_prints_what_became_of_the_events(gateway: FakeGateway, address: str) -> None:
    result = CliRunner().invoke(
        simulate,
        ["--ingest", address, "--key", KEY, "--people", "60", "--weeks", "1", "--messages", "200"],
    )

    assert result.exit_code == 0, result.output
    assert "Planted: halyard." in result.output
    assert ["accepted", str(len(gateway.arrivals))] in map(str.split, result.output.splitlines())


def test_the_command_fails_when_events_are_refused(gateway: FakeGateway, address: str) -> None:
    gateway.trouble.extend(["forbidden"])

    result = CliRunner().invoke(simulate, ["--ingest", address, "--key", KEY, "--people", "60"])

    assert result.exit_code == 1
    assert "403 (forbidden)" in result.output


@pytest.mark.parametrize(
    "options",
    [["--people", "3"], ["--until", "2026-11-24"], ["--until", "2999-11-25"], ["--weeks", "0"]],
)
def test_a_misused_command_says_so_and_sends_nothing(
    gateway: FakeGateway, address: str, options: list[str]
) -> None:
    result = CliRunner().invoke(simulate, ["--ingest", address, "--key", KEY, *options])

    assert result.exit_code == 2
    assert not gateway.seen
