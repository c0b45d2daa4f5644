"""A Slack workspace export: a zip with the users, the channels, and a file a channel and day.

Source: https://slack.com/help/articles/220556107.  Messages have the shape of the Events API, so
they are read by the same code; where a message was written follows from the folder it is in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from services.cli.exports import Found, NotAnExport
from services.ingest.sources import slack
from services.ingest.sources.json_text import NotJson, decode
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError

MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one file once unpacked: a day of one channel is a thousandth of it."""
_UTF8: Final = 0x800
"""Flag of a name that is UTF-8; many writers of zips forget it."""
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
    days: defaultdict[str, list[tuple[str, ZipInfo]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def is_one(path: Path) -> bool:
    """Whether *path* is such a zip."""
    try:
        with ZipFile(path) as archive:
            return {"users.json", "channels.json"} <= set(archive.namelist())
    except (BadZipFile, OSError):
        return False


def read(path: Path, workspace: str | None) -> Iterator[Found]:
    """What was written, day by day.

    Args:
        path: The zip.
        workspace: Id of the workspace (``T...``), where the export does not say it.

    Raises:
        NotAnExport: the zip is damaged, a file in it is too large or not JSON, or nobody says
            which workspace it is of.
    """
    try:
        with ZipFile(path) as archive:
            export = _opened(archive, workspace)
            for _, files in sorted(export.days.items()):
                yield from _day(archive, export, files)
    except (BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise NotAnExport("the zip is damaged or encrypted") from error


def _opened(archive: ZipFile, workspace: str | None) -> _Export:
    users = _objects(_load(archive, archive.getinfo("users.json")))
    teams = Counter(str(user["team_id"]) for user in users if user.get("team_id"))
    named = workspace or next((team for team, _ in teams.most_common(1)), None)
    if named is None:
        raise NotAnExport("it does not say which workspace it is of: give --workspace")
    export = _Export(named)
    export.bots = {str(user.get("id")) for user in users if user.get("is_bot")} | {"USLACKBOT"}
    names = set(archive.namelist())
    for listing, kind in _LISTS.items():
        if f"{listing}.json" not in names:
            continue
        for one in _objects(_load(archive, archive.getinfo(f"{listing}.json"))):
            place = (str(one.get("id")), kind)
            export.places[str(one.get("name") or one.get("id"))] = place
    for member in archive.infolist():
        folder, _, day = _name(member).rpartition("/")
        if folder and day.endswith(".json"):
            export.days[day].append((folder, member))
    return export


def _day(archive: ZipFile, export: _Export, files: list[tuple[str, ZipInfo]]) -> Iterator[Found]:
    """One day of every conversation, in the order of writing."""
    found: list[tuple[str, Found]] = []
    for folder, member in files:
        # A conversation that no list names is taken to be private.
        channel, kind = export.places.get(folder, (folder, "group"))
        for message in _objects(_load(archive, member)):
            reading = _reading(export, channel, kind, message)
            found.append((str(message.get("ts")), reading))
    found.sort(key=lambda one: one[0])
    yield from (reading for _, reading in found)


def _reading(export: _Export, channel: str, kind: str, message: Mapping[str, Any]) -> Found:
    if message.get("type") != "message":
        return Ignored(IgnoredReason.OTHER_EVENT)
    if message.get("user") in export.bots:
        return Ignored(IgnoredReason.AUTOMATED)
    event = {**message, "channel": channel, "channel_type": kind}
    payload = {"type": "event_callback", "team_id": export.workspace, "event": event}
    try:
        reading = slack.read(payload)
    except SourceError as error:
        return error
    assert not isinstance(reading, slack.Challenge)
    return reading


def _load(archive: ZipFile, member: ZipInfo) -> object:
    with archive.open(member) as file:
        raw = file.read(MOST_BYTES + 1)  # what a zip says of its own sizes may be wrong
    if len(raw) > MOST_BYTES:
        raise NotAnExport("a file in the zip is too large to be a day of a channel")
    try:
        return decode(raw)
    except (NotJson, SourceError) as error:
        raise NotAnExport("a file in the zip is not JSON") from error


def _objects(document: object) -> list[dict[str, Any]]:
    if not isinstance(document, list):
        raise NotAnExport("a file in the zip is not the list that it should be")
    return [one for one in document if isinstance(one, dict)]


def _name(member: ZipInfo) -> str:
    """The name of *member*, which may be UTF-8 that the zip does not call so."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename
