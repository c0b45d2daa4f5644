"""A Mattermost bulk export, line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli.exports import Found, NotAnExport, mattermost
from services.contracts.envelope import Kind
from services.ingest.feed_event import FeedEvent, Visibility
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError

AT = 1_767_600_000_123
HEAD = [
    {"type": "version", "version": 1},
    {"type": "channel", "channel": {"team": "acme", "name": "square", "type": "O"}},
    {"type": "channel", "channel": {"team": "acme", "name": "board", "type": "P"}},
    {"type": "channel", "channel": {"team": "acme", "name": "odd", "type": "canal"}},
    {"type": "user", "user": {"username": "an", "email": "An@Example.org"}},
    {"type": "bot", "bot": {"username": "robot"}},
]


def post(channel: str = "square", **more: Any) -> dict[str, Any]:
    body = {"team": "acme", "channel": channel, "user": "an", "message": "Bonjour", "create_at": AT}
    return {"type": "post", "post": {**body, **more}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.jsonl"


def read(path: Path, *posts: dict[str, Any] | str) -> list[Found]:
    lines = [line if isinstance(line, str) else json.dumps(line) for line in (*HEAD, *posts)]
    path.write_text("\n".join(lines))
    return list(mattermost.read(path))


def test_a_post_and_its_replies_are_messages(path: Path) -> None:
    reply = {"user": "bo", "message": "@an d'accord", "create_at": AT + 1}

    first, second = read(path, post(replies=[reply]))

    assert isinstance(first, FeedEvent)
    assert isinstance(second, FeedEvent)
    assert (first.identity, first.channel) == ("mail:an@example.org", "mattermost:acme/square")
    assert first.at.isoformat() == "2026-01-05T08:00:00.123000+00:00"
    assert second.identity == "mattermost:bo"  # no mail address is known
    assert second.text == "d'accord"
    assert first.source_id != second.source_id


def test_a_reply_answers_the_post_of_somebody_else_that_it_stands_in(path: Path) -> None:
    others = {"user": "bo", "message": "d'accord", "create_at": AT + 1}
    own = {"user": "an", "message": "et encore", "create_at": AT + 2}

    found = [one for one in read(path, post(replies=[others, own])) if isinstance(one, FeedEvent)]

    assert [one.kind for one in found] == [Kind.POST, Kind.REPLY, Kind.POST]
    assert [one.in_reply_to for one in found] == [None, found[0].source_id, None]


def test_only_open_channels_are_public(path: Path) -> None:
    direct = {"type": "direct_post", "direct_post": {"user": "an", "message": "x", "create_at": AT}}

    found = read(path, post("square"), post("board"), post("odd"), post("unheard-of"), direct)

    assert [one.visibility for one in found if isinstance(one, FeedEvent)] == [
        Visibility.PUBLIC,
        Visibility.PRIVATE,
        Visibility.PRIVATE,
        Visibility.PRIVATE,
        Visibility.DIRECT,
    ]


def test_what_no_person_wrote_is_ignored(path: Path) -> None:
    found = read(
        path,
        post(user="robot"),
        post(props={"from_webhook": "true"}),
        post(type="system_join_channel"),
        post(type="slack_attachment"),
        post(message="an joined the team."),
        post(message="bo added to the channel by an."),
    )

    assert [one.reason for one in found if isinstance(one, Ignored)] == [
        IgnoredReason.AUTOMATED,
        IgnoredReason.AUTOMATED,
        IgnoredReason.HOUSEKEEPING,
        IgnoredReason.AUTOMATED,
        IgnoredReason.HOUSEKEEPING,
        IgnoredReason.HOUSEKEEPING,
    ]


@pytest.mark.parametrize("words", ["bo joined the team.", "an joined the team. Welcome!"])
def test_what_only_sounds_like_a_notice_is_a_message(path: Path, words: str) -> None:
    [found] = read(path, post(message=words))

    assert isinstance(found, FeedEvent)


def test_messages_come_in_the_order_of_writing_whatever_that_of_the_file(path: Path) -> None:
    late = {"user": "bo", "message": "third", "create_at": AT + 3}
    early = {"user": "bo", "message": "first", "create_at": AT + 1}

    found = read(
        path,
        post(message="fourth", create_at=AT + 4),
        post(message="zeroth", replies=[late, early]),
        post(message="second", create_at=AT + 2),
    )

    assert [one.text for one in found if isinstance(one, FeedEvent)] == [
        "zeroth", "first", "second", "third", "fourth",
    ]  # fmt: skip


def test_a_line_without_end_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mattermost, "MOST_BYTES", 1_000)

    with pytest.raises(NotAnExport, match="too long"):
        read(path, post(message="canary " * 200))


@pytest.mark.parametrize("user", [None, "", ["an"], {"name": "an"}])
def test_a_message_without_an_author_is_refused(path: Path, user: object) -> None:
    [found] = read(path, post(user=user))

    assert isinstance(found, SourceError)


def test_a_broken_line_is_refused_and_the_next_one_read(path: Path) -> None:
    broken, odd, fine = read(path, '{"type": "post", "po', post(create_at="yesterday"), post())

    assert isinstance(broken, SourceError)
    assert isinstance(odd, SourceError)
    assert isinstance(fine, FeedEvent)
