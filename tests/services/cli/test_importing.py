"""A feed in a file arrives in its own time; what does not is named by its line alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.cli import feed_file
from services.cli.feed_file import File
from services.cli.importing import import_file
from services.ingest import directory_formats
from services.telemetry.metrics.ingest import REASONS
from tests.fakes.gateway import KEY, FakeGateway

START = datetime(2026, 9, 7, 8, tzinfo=UTC)
WORDS = "nobody may read this"


def event(number: int, hours: float = 0, **data: Any) -> str:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": "demo",
            "type": "org.barograph.message.created.v1",
            "time": (START + timedelta(hours=hours)).isoformat(),
            "data": {
                "message_id": f"m{number}",
                "identity": f"demo:u{number % 3}",
                "channel": "demo:all",
                "visibility": "public",
                "text": WORDS,
                **data,
            },
        }
    )


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def address(gateway: FakeGateway) -> Iterator[str]:
    with gateway.listening() as address:
        yield address


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "feed.ndjson"


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(import_file, [str(file), *options])


def test_every_line_arrives(gateway: FakeGateway, address: str, file: Path) -> None:
    file.write_text("\n\n".join(event(n, n) for n in range(450)) + "\n")

    result = run(file, "--ingest", address, "--key", KEY)

    assert result.exit_code == 0, result.output
    assert len(gateway.events) == 450
    assert max(gateway.batches) <= 200


def test_the_clock_follows_the_events_and_is_released(
    gateway: FakeGateway, address: str, file: Path
) -> None:
    file.write_text("\n".join(event(n, n) for n in range(100)))

    run(file, "--ingest", address, "--key", KEY)

    assert gateway.declared[0] == START
    assert len(gateway.declared) >= 8
    assert not gateway.held


def test_an_import_that_was_cut_off_goes_on_where_it_stopped(
    gateway: FakeGateway, address: str, file: Path
) -> None:
    file.write_text("\n".join(event(n, n / 10) for n in range(1_000)))
    gateway.forbidden_after = 600

    first = run(file, "--ingest", address, "--key", KEY)
    held, sent = gateway.held, len(gateway.events)
    gateway.forbidden_after = None
    again = run(file, "--ingest", address, "--key", KEY)

    assert (first.exit_code, again.exit_code) == (1, 0)
    assert (held, gateway.held) == (True, False)
    assert "--give-up" in first.output
    assert 0 < sent < len(gateway.events) == 1_000
    assert "lines had been sent before" in again.output
    assert len(gateway.arrivals) < 1_400
    assert gateway.behind == []


def test_an_import_that_was_cut_off_can_be_given_up(
    gateway: FakeGateway, address: str, file: Path
) -> None:
    file.write_text("\n".join(event(n, n / 10) for n in range(1_000)))
    gateway.forbidden_after = 600
    run(file, "--ingest", address, "--key", KEY)

    given_up = run(file, "--ingest", address, "--key", KEY, "--give-up")

    assert given_up.exit_code == 0
    assert not gateway.held
    assert len(gateway.events) < 1_000


def test_the_clock_never_passes_an_event_that_comes_out_of_order(
    gateway: FakeGateway, address: str, file: Path
) -> None:
    hours = [n - (60 if n % 7 == 0 else 0) for n in range(300)]
    file.write_text("\n".join(event(n, hour) for n, hour in enumerate(hours)))

    run(file, "--ingest", address, "--key", KEY)

    assert len(gateway.declared) > 5
    assert gateway.behind == []


def test_a_directory_is_made_of_the_accounts_in_the_file(
    gateway: FakeGateway, address: str, file: Path
) -> None:
    file.write_text("\n".join(event(n, n) for n in range(30)))

    result = run(file, "--ingest", address, "--key", KEY, "--make-directory")

    assert "3 people in one unit" in result.output
    parsed = directory_formats.parse(json.dumps(gateway.directory).encode(), "application/json")
    assert [person["identities"] for person in gateway.directory["people"]] == [
        ["demo:u0"],
        ["demo:u1"],
        ["demo:u2"],
    ]
    assert {person["since"] for person in gateway.directory["people"]} == {"2025-09-06"}
    assert len(parsed.people) == 3


def test_what_is_refused_is_named_by_its_line_and_reason_and_quotes_nothing(
    gateway: FakeGateway, address: str, file: Path
) -> None:
    lines = [event(1), "", '{"text": "' + WORDS, event(2, channel=f"other:{WORDS}"), event(3)]
    file.write_text("\n".join(lines))

    result = run(file, "--ingest", address, "--key", KEY)

    assert result.exit_code == 1
    assert "line 3: not_json" in result.output
    assert "line 4: channel_not_listed" in result.output
    assert "nobody" not in result.output
    assert len(gateway.events) == 2


def test_a_dry_run_needs_no_gateway_and_says_what_is_in_the_file(file: Path) -> None:
    other = json.dumps(json.loads(event(2)) | {"type": "org.example.other"})
    file.write_text("\n".join([event(1), other, event(3, text=None), "{"]))

    result = run(file, "--dry-run")

    assert result.exit_code == 1
    assert [line.split() for line in result.output.splitlines()[1:8]] == [
        ["accepted", "1"],
        ["ignored", "1"],
        ["other_event", "1"],
        ["refused", "2"],
        ["not_json", "1"],
        ["string_type", "/data/text", "1"],
        ["line", "3:", "string_type", "/data/text"],
    ]


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"PK\x03\x04rest of a zip", "archive"),
        (b"\x1f\x8brest of a gzip", "archive"),
        (b'[{"id": "e1"}]', "JSON array"),
        (b"person,text\n", "no JSON object"),
        (b"", "no JSON object"),
    ],
)
def test_another_kind_of_file_is_turned_away(file: Path, start: bytes, said: str) -> None:
    file.write_bytes(start)

    result = run(file, "--key", KEY)

    assert result.exit_code == 2
    assert said in result.output
    assert "see --help" in " ".join(result.output.split())


def test_without_a_key_nothing_is_sent(gateway: FakeGateway, address: str, file: Path) -> None:
    file.write_text(event(1))

    result = run(file, "--ingest", address)

    assert result.exit_code == 2
    assert not gateway.seen


def test_no_gateway_is_told_apart_from_refused_events(
    gateway: FakeGateway, address: str, file: Path
) -> None:
    file.write_text(event(1))
    gateway.trouble.append("forbidden")

    result = run(file, "--ingest", address, "--key", KEY)

    assert result.exit_code == 1
    assert "403 (forbidden)" in result.output
    assert not gateway.held


def test_a_line_shows_nothing_of_its_words(file: Path) -> None:
    file.write_text(event(1))

    [line] = feed_file.read(File(file))

    assert WORDS not in repr(line)
    assert "u1" not in repr(feed_file.scan(File(file)))


def test_a_message_of_an_export_is_refused_for_a_reason_of_the_closed_list(file: Path) -> None:
    post = {"user": "an", "message": "a\0b", "create_at": 1, "team": "t", "channel": "c"}
    channel = {"type": "channel", "channel": {"team": "t", "name": "c", "type": "O"}}
    lines = [{"type": "version", "version": 1}, channel, {"type": "post", "post": post}]
    file.write_text("\n".join([*map(json.dumps, lines), "{"]))

    result = run(file, "--dry-run")

    told = {line.split()[0] for line in result.output.splitlines()}
    assert {"invalid", "not_json"} <= told & set(REASONS["refused"])
    assert "nul_character" not in result.output


def test_a_folder_that_is_no_export_is_turned_away(tmp_path: Path) -> None:
    result = run(tmp_path, "--dry-run")

    assert result.exit_code == 2
    assert "no Slack export" in result.output


def slack_export(folder: Path) -> Path:
    """A workspace of one channel in which nobody has written."""
    folder.mkdir()
    channel = {"id": "C1", "name": "general", "created": 1_709_251_200, "members": ["U1"]}
    (folder / "users.json").write_text(json.dumps([{"id": "U1", "team_id": "T1"}]))
    (folder / "channels.json").write_text(json.dumps([channel]))
    return folder


def test_the_channels_of_a_slack_export_are_put_where_it_is_asked_for(
    gateway: FakeGateway, address: str, tmp_path: Path
) -> None:
    export = slack_export(tmp_path / "export")
    quiet = run(export, "--ingest", address, "--key", KEY)
    assert gateway.channels == {}

    told = run(export, "--ingest", address, "--key", KEY, "--channels")

    assert (quiet.exit_code, told.exit_code) == (0, 0)
    assert gateway.channels == {
        "slack": [{"channel": "T1/C1", "members": 1, "created": "2024-03-01"}]
    }
    assert "Channels: 1" in told.output


def test_channels_that_the_gateway_refuses_end_the_import_before_the_first_event(
    gateway: FakeGateway, address: str, tmp_path: Path
) -> None:
    gateway.trouble.append("forbidden")
    told = run(slack_export(tmp_path / "e"), "--ingest", address, "--key", KEY, "--channels")

    assert told.exit_code == 1
    assert "403 (forbidden)" in told.output
    assert gateway.seen == {"channels": 1}


def test_only_a_slack_export_lists_its_channels(
    gateway: FakeGateway, address: str, file: Path
) -> None:
    file.write_text(event(1))
    result = run(file, "--ingest", address, "--key", KEY, "--channels")

    assert result.exit_code == 2
    assert "only a Slack export" in " ".join(result.output.split())
    assert not gateway.seen
