"""A deletion finds its leaf for 28 days, and the index names nobody."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from services.contracts.envelope import Kind
from services.ingest.gateway_database import open_gateway_database
from services.ingest.recent_messages import Remembered, open_recent_messages
from tests.fakes.admission import NOW, Gateway, event, gateway


def opened(folder: Path) -> tuple[Gateway, Path]:
    return gateway(folder), folder / "gateway.db"


def everything_in(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.iterdir())


async def test_what_was_remembered_is_found_also_after_a_restart(tmp_path: Path) -> None:
    admission, path = opened(tmp_path)
    post = event()
    message = admission.message(post)
    async with open_recent_messages(path) as recent:
        await recent.remember([(post, message)])

    async with open_recent_messages(path) as recent:
        found = recent.find(post.source, post.source_id)

        assert found == Remembered("acme.sales", message.block, message.local_day, post.at)
        assert recent.find(post.source, "another") is None
        assert recent.find("another", post.source_id) is None


async def test_many_callers_are_all_remembered(tmp_path: Path) -> None:
    admission, path = opened(tmp_path)
    posts = [event(source_id=f"m{n}") for n in range(300)]
    async with open_recent_messages(path) as recent:
        await asyncio.gather(
            *(recent.remember([(post, admission.message(post))]) for post in posts)
        )

        assert all(recent.find(post.source, post.source_id) for post in posts)


async def test_after_28_days_a_message_is_forgotten(tmp_path: Path) -> None:
    admission, path = opened(tmp_path)
    post = event()
    async with open_recent_messages(path) as recent:
        await recent.remember([(post, admission.message(post))])

        assert await recent.prune(NOW + timedelta(days=28)) == 0
        assert await recent.prune(NOW + timedelta(days=29)) == 1
        assert recent.find(post.source, post.source_id) is None


async def test_the_time_is_kept_to_the_minute_and_goes_after_five_days(tmp_path: Path) -> None:
    admission, path = opened(tmp_path)
    post = event(at=NOW - timedelta(seconds=1))
    async with open_recent_messages(path) as recent:
        await recent.remember([(post, admission.message(post))])

        found = recent.find(post.source, post.source_id)
        assert found is not None
        assert found.at == NOW - timedelta(minutes=1)
        await recent.prune(NOW + timedelta(days=5) - timedelta(minutes=2))
        assert recent.find(post.source, post.source_id) == found
        await recent.prune(NOW + timedelta(days=5))
        assert recent.find(post.source, post.source_id) == replace(found, at=None)


async def test_a_file_of_before_knows_no_times_and_works(tmp_path: Path) -> None:
    admission, path = opened(tmp_path)
    post = event()
    async with open_recent_messages(path) as recent:
        await recent.remember([(post, admission.message(post))])
    with sqlite3.connect(path) as file:
        file.execute("DROP TABLE answerable_message")
    open_gateway_database(path).dispose()

    async with open_recent_messages(path) as recent:
        found = recent.find(post.source, post.source_id)
    assert found is not None
    assert found.at is None


async def test_a_deletion_is_not_remembered(tmp_path: Path) -> None:
    admission, path = opened(tmp_path)
    post = event()
    message = admission.message(post).model_copy(update={"kind": Kind.DELETE})
    async with open_recent_messages(path) as recent:
        await recent.remember([(post, message)])

        assert recent.find(post.source, post.source_id) is None


async def test_a_deletion_that_came_first_waits_five_days_with_its_latest_version(
    tmp_path: Path,
) -> None:
    _, path = opened(tmp_path)
    gone = event(kind=Kind.DELETE, version=3)
    async with open_recent_messages(path) as recent:
        await recent.remember_deleted([gone], NOW)
        await recent.remember_deleted(
            [event(kind=Kind.DELETE, version=2), event(kind=Kind.DELETE, version=3, source="b")],
            NOW,
        )

    async with open_recent_messages(path) as recent:
        assert recent.deleted(gone.source, gone.source_id) == 3
        assert recent.deleted("b", gone.source_id) == 3
        assert recent.deleted(gone.source, "another") is None
        assert recent.find(gone.source, gone.source_id) is None
        await recent.prune(NOW + timedelta(days=5))
        assert recent.deleted(gone.source, gone.source_id) == 3
        await recent.prune(NOW + timedelta(days=5, minutes=1))
        assert recent.deleted(gone.source, gone.source_id) is None


async def test_a_deletion_that_is_told_again_waits_anew(tmp_path: Path) -> None:
    _, path = opened(tmp_path)
    gone = event(kind=Kind.DELETE, version=3)
    async with open_recent_messages(path) as recent:
        await recent.remember_deleted([gone], NOW)
        await recent.remember_deleted([gone], NOW + timedelta(days=4))
        await recent.prune(NOW + timedelta(days=8))

        assert recent.deleted(gone.source, gone.source_id) == 3


async def test_the_index_holds_neither_the_id_nor_the_author_nor_a_pseudonym(
    tmp_path: Path,
) -> None:
    admission, path = opened(tmp_path)
    post = event(source_id="canary-source-id", channel="demo:canary-channel")
    message = admission.message(post)
    async with open_recent_messages(path) as recent:
        await recent.remember([(post, message)])

        stored = everything_in(tmp_path)
        for secret in ("canary", message.pid, message.digest):
            assert secret.encode() not in stored
        assert bytes.fromhex(message.pid) not in stored
        assert repr(recent) == "RecentMessages()"
