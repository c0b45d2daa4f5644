"""A Slack workspace export: the users, the channels, and a file a channel and day.

Source: https://slack.com/help/articles/220556107.  Messages have the shape of the Events API, so
they are read by the same code; where a message was written follows from the folder it is in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from services.cli.exports import Found, NotAnExport
from services.cli.exports.archive import Archive, elements, opened
from services.ingest.sources import slack
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError

_LANDMARK: Final = "channels.json"
_LISTS: Final = {"channels": "channel", "groups": "group", "dms": "im", "mpims": "mpim"}
"""Files that list conversations, and what the Events API calls each kind."""


@dataclass(slots=True)
class _Export:
    """What is known before the first message.

    Attributes:
        workspace: Id of the workspace.
        bots: Ids of users that are none.
        places: Folder -> id and kind of a conversation.
        days: Day -> its files, each with its folder.
    """

    workspace: str
    bots: set[str] = field(default_factory=set)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    days: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))


def is_one(path: Path) -> bool:
    """Whether *path* is such a zip, or the folder into which one was unpacked."""
    with opened(path, _LANDMARK) as archive:
        return archive is not None and "users.json" in archive.names()


def read(path: Path, workspace: str | None) -> Iterator[Found]:
    """What was written, day by day.

    Args:
        path: The zip or folder.
        workspace: Id of the workspace (``T...``), where the export does not say it.

    Raises:
        NotAnExport: the zip is damaged, a file in it is too large or not JSON, or nobody says
            which workspace it is of.
    """
    with opened(path, _LANDMARK) as archive:
        if archive is None:
            raise NotAnExport("it is no Slack export")
        export = _described(archive, workspace)
        for _, files in sorted(export.days.items()):
            yield from _day(archive, export, files)


def channel_list(path: Path, workspace: str | None) -> dict[str, Any]:
    """The public channels that can be written in, as the gateway takes them.

    Args:
        path: The zip or folder.
        workspace: As for ``read``.

    Raises:
        NotAnExport: as ``read``.
    """
    with opened(path, _LANDMARK) as archive:
        if archive is None:
            raise NotAnExport("it is no Slack export")
        export = _described(archive, workspace)
        listed = [
            _channel(export, one)
            for one in _objects(archive, _LANDMARK)
            if not one.get("is_private") and not one.get("is_archived")
        ]
    return {"source": slack.SOURCE, "channels": [one for one in listed if one is not None]}


def _channel(export: _Export, one: Mapping[str, Any]) -> dict[str, Any] | None:
    """None where it does not say since when there is the channel."""
    name, created, members = one.get("id"), one.get("created"), one.get("members")
    if not isinstance(name, str) or not isinstance(members, list):
        return None
    try:
        first = datetime.fromtimestamp(float(str(created)), UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    people = set(map(str, members)) - export.bots
    return {
        "channel": f"{export.workspace}/{name}",
        "members": len(people),
        "created": first.isoformat(),
    }


def _described(archive: Archive, workspace: str | None) -> _Export:
    users = _objects(archive, "users.json")
    teams = Counter(str(user["team_id"]) for user in users if user.get("team_id"))
    named = workspace or next((team for team, _ in teams.most_common(1)), None)
    if named is None:
        raise NotAnExport("it does not say which workspace it is of: give --workspace")
    export = _Export(named)
    export.bots = {str(user.get("id")) for user in users if user.get("is_bot")} | {"USLACKBOT"}
    names = archive.names()
    for listing, kind in _LISTS.items():
        if f"{listing}.json" not in names:
            continue
        for one in _objects(archive, f"{listing}.json"):
            place = (str(one.get("id")), "group" if one.get("is_private") else kind)
            export.places[str(one.get("name") or one.get("id"))] = place
    for name in names:
        folder, _, day = name.rpartition("/")
        if folder and day.endswith(".json"):
            export.days[day].append((folder, name))
    return export


def _day(archive: Archive, export: _Export, files: list[tuple[str, str]]) -> Iterator[Found]:
    """One day of every conversation, in the order of writing."""
    found: list[tuple[str, Found]] = []
    for folder, name in files:
        # A conversation that no list names is taken to be private.
        channel, kind = export.places.get(folder, (folder, "group"))
        for message in _objects(archive, name):
            reading = _reading(export, channel, kind, message)
            found.append((str(message.get("ts")), reading))
    found.sort(key=lambda one: one[0])
    yield from (reading for _, reading in found)


def _reading(export: _Export, channel: str, kind: str, message: Mapping[str, Any]) -> Found:
    if message.get("type") != "message":
        return Ignored(IgnoredReason.OTHER_EVENT)
    if str(message.get("user")) in export.bots:
        return Ignored(IgnoredReason.AUTOMATED)
    event = {**message, "channel": channel, "channel_type": kind}
    payload = {"type": "event_callback", "team_id": export.workspace, "event": event}
    try:
        reading = slack.read(payload)
    except SourceError as error:
        return error
    assert not isinstance(reading, slack.Challenge)
    return reading


def _objects(archive: Archive, name: str) -> list[dict[str, Any]]:
    return [one for one in elements(archive.read(name)) if isinstance(one, dict)]
