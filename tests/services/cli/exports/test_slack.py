"""A Slack export: what is in which folder, whatever the zip calls it, and what a zip may not do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from services.cli.exports import Found, NotAnExport, archive, slack
from services.ingest import channel_list
from services.ingest.feed_event import FeedEvent, Visibility
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError

USERS = [{"id": "U1", "team_id": "T1"}, {"id": "UB", "is_bot": True}]
CHANNELS = [{"id": "C1", "name": "general"}, {"id": "C2", "name": "closed", "is_private": True}]
DAY = "general/2026-01-05.json"


def message(text: str, ts: str = "1767600000.000100", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": text, "ts": ts, **more}


def export(
    path: Path, files: dict[str, Any], users: Iterable[Any] = USERS, below: str = ""
) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr(f"{below}users.json", json.dumps(list(users)))
        zipped.writestr(f"{below}channels.json", json.dumps(CHANNELS))
        for name, content in files.items():
            raw = content if isinstance(content, bytes) else json.dumps(content)
            zipped.writestr(below + name, raw)
    return path


def read(path: Path, workspace: str | None = None) -> list[Found]:
    assert slack.is_one(path)
    return list(slack.read(path, workspace))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.zip"


def test_a_message_is_what_the_events_api_would_have_told(path: Path) -> None:
    words = "<@U2> I &lt;3 the <https://example.org|canteen>"

    [found] = read(export(path, {"general/2026-01-05.json": [message(words)]}))

    assert isinstance(found, FeedEvent)
    assert found.text == "I <3 the canteen"
    assert (found.identity, found.channel) == ("slack:T1/U1", "slack:T1/C1")
    assert found.source_id == "T1/C1/1767600000.000100"
    assert found.visibility is Visibility.PUBLIC


def test_days_of_all_channels_come_in_the_order_of_writing(path: Path) -> None:
    files = {
        "general/2026-01-06.json": [message("third", "1767690000.000100")],
        "other/2026-01-05.json": [message("second", "1767600002.000100")],
        "general/2026-01-05.json": [message("first", "1767600001.000100")],
    }

    found = read(export(path, files))

    assert [one.text for one in found if isinstance(one, FeedEvent)] == ["first", "second", "third"]


def test_what_no_list_calls_public_is_private(path: Path) -> None:
    [found] = read(export(path, {"board-room/2026-01-05.json": [message("secret")]}))

    assert isinstance(found, FeedEvent)
    assert found.visibility is Visibility.PRIVATE


def test_bots_and_the_platforms_own_lines_are_ignored(path: Path) -> None:
    day = [
        message("beep", user="UB"),
        message("joined", subtype="channel_join"),
        message("beep", bot_id="B1"),
        {"type": "huddle"},
    ]

    found = read(export(path, {"general/2026-01-05.json": day}))

    reasons = [one.reason for one in found if isinstance(one, Ignored)]
    assert sorted(reasons) == sorted(
        [
            IgnoredReason.AUTOMATED,
            IgnoredReason.HOUSEKEEPING,
            IgnoredReason.AUTOMATED,
            IgnoredReason.OTHER_EVENT,
        ]
    )


def test_a_message_without_an_author_is_refused(path: Path) -> None:
    [found] = read(export(path, {"general/2026-01-05.json": [message("who?", user=None)]}))

    assert isinstance(found, SourceError)


def test_the_workspace_must_be_known(path: Path) -> None:
    export(path, {"general/2026-01-05.json": [message("x")]}, users=[{"id": "U1"}])

    with pytest.raises(NotAnExport, match="--workspace"):
        read(path)
    [found] = read(path, "T9")
    assert isinstance(found, FeedEvent)
    assert found.identity == "slack:T9/U1"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"[" + b" " * archive.MOST_BYTES + b"]", "too large", id="a bomb"),
        pytest.param(b"[canary", "not JSON", id="not JSON"),
        pytest.param(b"[" * 100_000, "not JSON", id="nested"),
        pytest.param(b'{"canary": 1}', "not the list", id="no list"),
    ],
)
def test_a_file_that_is_no_day_ends_the_reading(path: Path, content: bytes, said: str) -> None:
    export(path, {"general/2026-01-05.json": content})

    with pytest.raises(NotAnExport, match=said) as caught:
        read(path)
    assert "canary" not in str(caught.value)


def test_another_zip_is_none(tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with ZipFile(other, "w") as zipped:
        zipped.writestr("readme.txt", "hello")

    assert not slack.is_one(other)


def test_a_folder_and_a_zip_of_a_folder_are_read_alike(path: Path, tmp_path: Path) -> None:
    whole = read(export(path, {DAY: [message("x")]}))
    folder = tmp_path / "Acme export"
    with ZipFile(path) as zipped:
        zipped.extractall(folder)

    assert read(folder) == whole
    assert read(export(path, {DAY: [message("x")]}, below="Acme export/")) == whole


def test_a_list_may_say_itself_that_a_channel_is_private(path: Path) -> None:
    [found] = read(export(path, {"closed/2026-01-05.json": [message("secret")]}))

    assert isinstance(found, FeedEvent)
    assert found.visibility is Visibility.PRIVATE


@pytest.mark.parametrize(
    "odd", [{"text": "half \ud83d"}, {"text": "a\0b"}, {"user": ["U1"]}, {"ts": {}}, {"text": 7}]
)
def test_an_odd_message_is_refused_and_the_next_one_read(path: Path, odd: dict[str, Any]) -> None:
    later = message("fine", "1767600009.000100")

    found = read(export(path, {DAY: [message("x") | odd, later]}))

    assert {type(one) for one in found} == {SourceError, FeedEvent}


@pytest.mark.parametrize("at", range(8))
def test_a_damaged_zip_ends_in_one_exception(path: Path, at: int) -> None:
    raw = bytearray(export(path, {DAY: [message(f"x{n}") for n in range(99)]}).read_bytes())
    start = raw.find(DAY.encode()) + len(DAY)
    raw[start + at] ^= 0xFF
    path.write_bytes(raw)

    with pytest.raises(NotAnExport, match="damaged"):
        read(path)


@pytest.mark.parametrize(("at", "value"), [(6, 99), (9, 8)], ids=["version", "name"])
def test_a_zip_whose_list_cannot_be_read_is_none(path: Path, at: int, value: int) -> None:
    raw = bytearray(export(path, {"general/\xe9.json": []}).read_bytes())
    entry = raw.rfind(b"PK\x01\x02")
    raw[entry + at] |= value
    raw[entry + 46 : entry + 47] = b"\xff"
    path.write_bytes(raw)

    assert not slack.is_one(path)


def test_the_public_channels_that_can_be_written_in_are_listed(path: Path) -> None:
    made = 1_709_251_200  # 2024-03-01
    known = {"created": made, "members": ["U1", "U2", "U2", "UB"]}
    listed = [
        {"id": "C1", "name": "general", **known},
        {"id": "C2", "name": "closed", "is_private": True, **known},
        {"id": "C3", "name": "over", "is_archived": True, **known},
        {"id": "C4", "name": "no date", "members": []},
        {"id": "C5", "name": "no members", "created": made},
        {"id": "C6", "name": "far", "members": [], "created": 1e300},
        {"name": "no id", **known},
    ]
    with ZipFile(path, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("users.json", json.dumps(USERS))
        zipped.writestr("channels.json", json.dumps(listed))

    assert slack.channel_list(path, None) == {
        "source": "slack",
        "channels": [{"channel": "T1/C1", "members": 2, "created": "2024-03-01"}],
    }


def test_the_gateway_takes_the_list_of_an_export(path: Path) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("users.json", json.dumps(USERS))
        known = [{"id": "C1", "name": "general", "created": 1_709_251_200, "members": ["U1"]}]
        zipped.writestr("channels.json", json.dumps(known))

    taken = channel_list.parse(json.dumps(slack.channel_list(path, "T9")).encode())

    assert [(one.name, one.members) for one in taken.channels] == [("slack:T9/C1", 1)]
