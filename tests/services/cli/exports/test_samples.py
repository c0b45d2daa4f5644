"""Real exports through the command and a real gateway, from file to spool."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from models.climate.networks.answer_time import AnsweredWithin
from services.cli import feed_file
from services.cli.feed_file import File
from services.cli.importing import import_file
from services.contracts.access import Scope, generate
from services.contracts.envelope import Kind
from services.contracts.messages import MessageV1
from services.ingest.api_keys import ApiKeys
from services.ingest.feed_event import FeedEvent
from services.ingest.gateway_database import open_gateway_database
from services.ingest.link import Link
from services.ingest.main import create_app
from services.ingest.settings import IngestSettings
from services.ingest.sources import slack
from tests.fakes.ingest import POLICY, MemoryLink, checked
from tests.fakes.receiver import serving

FOLDER: Final = Path(os.environ.get("BAROGRAPH_SHARED_DATA", "../shared/data")) / "payloads"
SLACK: Final = "slack_export/zerver_tests_fixtures_slack_fixtures_"
MATTERMOST: Final = "mattermost_export/zerver_tests_fixtures_mattermost_fixtures_"
SAMPLES: Final = {
    f"{SLACK}test_slack_importer.zip": 77,
    f"{SLACK}test_unicode_slack_importer.zip": 2,
    f"{MATTERMOST}direct_channel_export.json": 3,
    f"{MATTERMOST}guestExport.json": 10,
    "teams_export/channel_messages.json": 2,
}
"""What people wrote in public channels, as far as there are words in it."""

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="sample exports are absent; point BAROGRAPH_SHARED_DATA at the folder that has them",
)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Address and key of a real gateway, whose broker is a list."""
    sources = ["slack", "mattermost", "teams"]
    policy = checked({**POLICY, "sources": sources, "channels": [f"{one}:*" for one in sources]})
    settings = IngestSettings(
        database=tmp_path / "gateway.db",
        spool=tmp_path / "spool.db",
        text_keys=tmp_path / "text_keys.db",
        governance=tmp_path,
        policy_public_key=tmp_path,
    )
    token, key = generate(Scope, datetime.now(UTC) + timedelta(days=1), label="import")
    ApiKeys(open_gateway_database(settings.database)).add(key)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Link]:
        yield MemoryLink()

    with serving(create_app(settings, policy, opened), lifespan="on") as port:
        yield f"http://127.0.0.1:{port}", token


@pytest.mark.parametrize(("sample", "written"), SAMPLES.items())
def test_what_people_wrote_in_public_is_accepted(
    gateway: tuple[str, str], tmp_path: Path, sample: str, written: int
) -> None:
    address, token = gateway
    options = ["--ingest", address, "--key", token, "--make-directory", "--workspace", "T0"]

    result = CliRunner().invoke(import_file, [str(FOLDER / sample), *options])
    with sqlite3.connect(tmp_path / "spool.db") as spool:
        [[kept]] = spool.execute("SELECT count(*) FROM spool")
    assert kept == written, result.output


@pytest.mark.parametrize("sample", SAMPLES)
def test_nine_of_ten_of_their_messages_have_words(sample: str) -> None:
    lines = list(feed_file.read(File(FOLDER / sample, "T0")))

    events = [line for line in lines if isinstance(line.reading, FeedEvent)]
    left_out = [line for line in lines if line.refused and line.reading != "not_public"]

    assert len(events) == SAMPLES[sample]
    assert len(events) >= 0.9 * (len(events) + len(left_out))


def test_a_real_thread_answers_its_first_message_and_goes_on_with_its_own() -> None:
    thread = json.loads((FOLDER / "slack_export/normal_thread.json").read_bytes())
    readings = [
        slack.read({"type": "event_callback", "team_id": "T0", "event": {
            **one, "type": "message", "channel": "C0", "channel_type": "channel"}})
        for one in thread
    ]  # fmt: skip
    events = [one for one in readings if isinstance(one, FeedEvent)]

    assert [one.kind for one in events] == [Kind.POST, Kind.POST, Kind.POST, Kind.REPLY]
    assert events[3].in_reply_to == events[2].source_id


@pytest.mark.parametrize(
    "sample", [f"{SLACK}test_slack_importer.zip", "teams_export/channel_messages.json"]
)
def test_who_goes_on_in_their_own_real_thread_answers_nobody(
    gateway: tuple[str, str], tmp_path: Path, sample: str
) -> None:
    address, token = gateway
    options = ["--ingest", address, "--key", token, "--make-directory", "--workspace", "T0"]

    result = CliRunner().invoke(import_file, [str(FOLDER / sample), *options])
    with sqlite3.connect(tmp_path / "spool.db") as spool:
        found = [MessageV1.from_bytes(raw) for (raw,) in spool.execute("SELECT message FROM spool")]

    assert len(found) == SAMPLES[sample], result.output
    assert {(one.kind, one.other_leaf) for one in found} == {(Kind.POST, None)}


def test_an_answer_that_is_imported_finds_the_leaf_that_it_answers(
    gateway: tuple[str, str], tmp_path: Path
) -> None:
    address, token = gateway
    export = (FOLDER / f"{MATTERMOST}guestExport.json").read_text()
    # Its one reply is older than a notice in a private channel that it answers.
    for was, becomes in (
        ('"type":"P"', '"type":"O"'),
        ("harry joined the channel.", "It is getting warm."),
        ("1553166584976", "1553166684976"),
    ):
        assert was in export
        export = export.replace(was, becomes)
    (tmp_path / "open.json").write_text(export)
    options = ["--ingest", address, "--key", token, "--make-directory"]

    result = CliRunner().invoke(import_file, [str(tmp_path / "open.json"), *options])
    with sqlite3.connect(tmp_path / "spool.db") as spool:
        found = [MessageV1.from_bytes(raw) for (raw,) in spool.execute("SELECT message FROM spool")]

    [answer] = [one for one in found if one.kind is Kind.REPLY]
    assert answer.other_leaf in {one.leaf for one in found}, result.output
    assert answer.answer_bucket == AnsweredWithin.HOUR
