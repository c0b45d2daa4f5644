"""A Teams export: an array of messages in PascalCase."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli.exports import Found, NotAnExport, teams
from services.contracts.envelope import Kind
from services.ingest.feed_event import FeedEvent, Visibility
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError


def message(content: str = "<p>Hallo</p>", **more: Any) -> dict[str, Any]:
    return {
        "Id": "1",
        "MessageType": "message",
        "Body": {"ContentType": "html", "Content": content},
        "CreatedDateTime": "2026-01-05T08:00:00.12+00:00",
        "From": {"User": {"Id": "g-1", "DisplayName": "canary"}},
        "ChannelIdentity": {"TeamId": "t-1", "ChannelId": "19:x@thread.tacv2"},
        **more,
    }


def read(tmp_path: Path, *messages: object) -> list[Found]:
    path = tmp_path / "messages.json"
    path.write_text(json.dumps(messages))
    return list(teams.read(path))


def test_a_message_loses_its_markup_and_whom_it_mentions(tmp_path: Path) -> None:
    [found] = read(tmp_path, message('<p><at id="0">Canary</at> te <b>druk</b> &amp; laat</p>'))

    assert isinstance(found, FeedEvent)
    assert found.text == "te druk & laat"
    assert found.identity == "teams:g-1"
    assert found.channel == "teams:t-1/19:x@thread.tacv2"
    assert found.visibility is Visibility.PUBLIC


def test_a_reply_answers_the_message_that_the_thread_began_with(tmp_path: Path) -> None:
    other = {"User": {"Id": "g-2"}}
    found = read(
        tmp_path,
        message(),
        message(Id="2", ReplyToId="1", From=other),
        message(Id="3", ReplyToId="1"),
    )

    first, second, own = (one for one in found if isinstance(one, FeedEvent))
    assert (own.kind, own.in_reply_to) == (Kind.POST, None)
    assert (first.kind, first.in_reply_to) == (Kind.POST, None)
    assert (second.kind, second.in_reply_to) == (Kind.REPLY, first.source_id)


@pytest.mark.parametrize("place", [None, {}, {"TeamId": "t-1"}, {"TeamId": "t", "ChannelId": ""}])
def test_what_names_no_channel_is_not_public(tmp_path: Path, place: object) -> None:
    [found] = read(tmp_path, message(ChannelIdentity=place, ChatId="19:y"))

    assert isinstance(found, FeedEvent)
    assert found.visibility is Visibility.DIRECT


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"MessageType": "systemEventMessage"}, IgnoredReason.HOUSEKEEPING),
        ({"From": {"Application": {"Id": "a"}}}, IgnoredReason.AUTOMATED),
        ({"From": None}, IgnoredReason.AUTOMATED),
        ({"DeletedDateTime": "2026-01-05T09:00:00+00:00"}, IgnoredReason.NO_MESSAGE),
    ],
)
def test_what_is_no_message_of_a_person_is_ignored(
    tmp_path: Path, change: dict[str, Any], reason: IgnoredReason
) -> None:
    assert read(tmp_path, message(**change)) == [Ignored(reason)]


@pytest.mark.parametrize(
    "change",
    [
        {"CreatedDateTime": "5 January"},
        {"From": {"User": {"Id": ""}}},
        {"From": {"User": {"DisplayName": "x"}}},
        {"From": {"User": {"Id": ["g-1"]}}},
        {"Body": {"ContentType": "text", "Content": "half \ud83d"}},
    ],
)
def test_what_lacks_a_time_or_an_author_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    [found] = read(tmp_path, message(**change))

    assert isinstance(found, SourceError)


def test_messages_come_in_the_order_of_writing(tmp_path: Path) -> None:
    later = message("<p>second</p>", CreatedDateTime="2026-01-05T08:00:01.5+00:00")

    found = read(tmp_path, later, message("<p>first</p>"))

    assert [one.text for one in found if isinstance(one, FeedEvent)] == ["first", "second"]


@pytest.mark.parametrize("messages", [["canary"], [{"id": "canary"}], [message(), 7]])
def test_another_array_is_none(tmp_path: Path, messages: list[object]) -> None:
    with pytest.raises(NotAnExport) as caught:
        read(tmp_path, *messages)
    assert "canary" not in str(caught.value)
