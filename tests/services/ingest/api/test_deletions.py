"""Deletions: before their message, beside it, and when no policy is in force."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.contracts.envelope import Kind
from services.ingest.api.reception import receive
from services.ingest.feed_event import FeedEvent
from services.ingest.sources import cloudevents
from services.ingest.sources.json_text import decode
from tests.fakes.ingest import DIRECTORY, POLICY, START, Gateway, gateway, message

LINES = "application/x-ndjson"


def deleted(**changes: Any) -> dict[str, Any]:
    return message(kind="deleted", text=None, visibility=None, **changes)


def early(door: Gateway) -> int:
    """How many deletions wait for their message."""
    with sqlite3.connect(door.folder / "gateway.db") as file:
        return int(file.execute("SELECT count(*) FROM early_deletion").fetchone()[0])


@pytest.mark.parametrize("apart", [True, False])
def test_a_message_that_its_deletion_overtook_does_not_count(door: Gateway, *, apart: bool) -> None:
    events = [deleted(id="m1"), message(id="m2"), message(id="m1"), deleted(id="m2")]
    bodies = [[one] for one in events] if apart else [events]

    answers = [door.send("\n".join(map(json.dumps, body)), LINES) for body in bodies]

    outcomes = [item["outcome"] for answer in answers for item in answer.json()["results"]]
    assert outcomes == ["accepted"] * 4
    assert [owed.kind for owed in door.owed()] == [Kind.POST, Kind.DELETE]


@pytest.mark.parametrize("many", [1, 60])
def test_a_deletion_beside_its_message_finds_it_whoever_is_first(door: Gateway, many: int) -> None:
    """Two requests at once: each looks before the other has written."""
    portal, edge = door.client.portal, door.client.app_state["edge"]
    assert portal is not None

    def told(**changes: Any) -> FeedEvent:
        read = cloudevents.read(decode(json.dumps(message(**changes)).encode()))
        assert isinstance(read, FeedEvent)
        return read

    async def both(number: int) -> None:
        posts = [told(id=f"m{number}-{post}") for post in range(many)]
        gone = told(id=f"m{number}-0", kind="deleted", text=None, visibility=None)
        await asyncio.gather(
            receive(edge, "cloudevents", posts), receive(edge, "cloudevents", [gone])
        )

    for number in range(5):
        portal.call(both, number)

    owed = portal.call(door.spool().unsent, 0, 1_000)
    posted = Counter(one.digest for one in owed if one.kind is Kind.POST)
    taken_back = {one.digest for one in owed if one.kind is Kind.DELETE}
    assert len(posted.keys() - taken_back) == 5 * (many - 1)


def test_a_deletion_of_what_may_never_come_is_not_kept(door: Gateway) -> None:
    elsewhere = [
        deleted(id="d1", channel="works-council-room"),
        deleted(id="d2", time="2025-11-05T08:00:00Z"),
        deleted(id="d3"),
    ]

    answers = [door.send(json.dumps(one)) for one in elsewhere]

    assert [answer.status_code for answer in answers] == [202] * 3
    assert early(door) == 1


def test_an_edit_in_the_batch_of_its_post_costs_no_write_of_its_own(door: Gateway) -> None:
    portal, edge = door.client.portal, door.client.app_state["edge"]
    assert portal is not None
    written = "2026-01-05T08:00:00Z"
    lines = [
        event
        for n in range(20)
        for event in (
            message(id=f"m{n}"),
            message(id=f"m{n}", kind="updated", version=2, posted_at=written),
        )
    ]
    writes = []
    remember = edge.recent.remember

    async def counted(admitted: object) -> None:
        writes.append(1)
        await remember(admitted)

    edge.recent.remember = counted
    answer = door.send("\n".join(map(json.dumps, lines)), LINES)

    assert answer.status_code == 200
    assert len(writes) == 1


def test_a_message_that_is_written_again_after_its_deletion_counts(door: Gateway) -> None:
    door.send(json.dumps(deleted(version=3)))

    written = "2026-01-05T08:00:00Z"
    edits = [message(kind="updated", version=n, posted_at=written) for n in (2, 3, 4)]

    answers = [door.send(json.dumps(edit)) for edit in edits]

    assert [answer.status_code for answer in answers] == [202] * 3
    assert [owed.version for owed in door.owed()] == [4]


def test_after_the_last_day_of_the_policy_events_wait_and_may_still_be_taken_back(
    tmp_path: Path,
) -> None:
    with gateway(tmp_path, policy={**POLICY, "expires": "2026-01-05"}) as door:
        door.ask("PUT", "/v1/directory", json=DIRECTORY)
        door.wait(datetime(2026, 1, 5, 23, 59, tzinfo=UTC) - START)
        last = door.send(json.dumps(message()))
        ready = door.ask("GET", "/readyz")
        door.wait(timedelta(minutes=1))

        late = door.send(json.dumps(message(id="m2")))
        unready = door.ask("GET", "/readyz")
        taken_back = door.send(json.dumps(deleted()))
        kinds = {owed.kind for owed in door.owed()}

    assert (last.status_code, ready.status_code) == (202, 204)
    assert (late.status_code, unready.status_code) == (503, 503)
    assert late.headers["retry-after"]
    assert unready.json()["detail"] == "policy"
    assert (taken_back.status_code, kinds) == (202, {Kind.POST, Kind.DELETE})


def test_without_a_policy_in_force_the_deletions_of_a_batch_count_and_the_rest_waits(
    tmp_path: Path,
) -> None:
    with gateway(tmp_path, policy={**POLICY, "expires": "2026-01-05"}) as door:
        door.ask("PUT", "/v1/directory", json=DIRECTORY)
        door.send(json.dumps(message()))
        door.wait(datetime(2026, 1, 6, 0, 1, tzinfo=UTC) - START)
        batch = [message(id="m2"), deleted(), message(id="m3"), deleted(id="m4")]

        answer = door.send("\n".join(map(json.dumps, batch)), LINES)
        kinds = [owed.kind for owed in door.owed()]

    assert answer.status_code == 503
    assert early(door) == 1
    assert kinds[0] is Kind.POST
    assert set(kinds[1:]) == {Kind.DELETE}
