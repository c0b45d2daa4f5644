"""The files of an export that is a zip or a folder, each read whole and within a limit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from lzma import LZMAError
from pathlib import Path
from typing import Final, Protocol
from zipfile import BadZipFile, ZipFile, ZipInfo

from services.cli.exports import NotAnExport
from services.ingest.sources.json_text import NotJson, decode
from services.ingest.sources.reading import SourceError

MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one file once unpacked: a day of one channel is a thousandth of it."""
_UTF8: Final = 0x800
"""Flag of a name that is UTF-8; many writers of zips forget it."""
_DAMAGED: Final = (
    BadZipFile, EOFError, LZMAError, NotImplementedError, OSError, RuntimeError, ValueError,
    zlib.error,
)  # fmt: skip
"""What reading a zip may end in, encrypted ones and names that are no UTF-8 among them."""


class Archive(Protocol):
    """Files by their path below the folder that holds the export."""

    def names(self) -> list[str]:
        """Paths, with ``/`` between the parts."""

    def read(self, name: str) -> bytes:
        """What the file *name* holds.

        Raises:
            NotAnExport: it is damaged, or longer than ``MOST_BYTES``.
        """


@contextmanager
def opened(path: Path, landmark: str) -> Iterator[Archive | None]:
    """The export at *path*, whose own folder is the one that holds *landmark*; None without it."""
    with ExitStack() as stack:
        archive: Archive | None
        if path.is_dir():
            archive = _Folder(path)
        else:
            try:
                archive = _Zip(stack.enter_context(ZipFile(path)))
            except _DAMAGED:
                archive = None
        names = [] if archive is None else archive.names()
        found = [name for name in names if f"/{name}".endswith(f"/{landmark}")]
        if archive is None or not found:
            yield None
        else:
            prefix = min(found, key=lambda name: name.count("/")).removesuffix(landmark)
            yield _Below(archive, prefix) if prefix else archive


def elements(raw: bytes) -> list[object]:
    """The elements of the JSON array *raw*.

    Half a surrogate pair, which platforms do write where they cut a text, spoils one message.

    Raises:
        NotAnExport: it is no array.
    """
    try:
        document = decode(raw)
    except NotJson:
        raise NotAnExport("a file of it is not JSON") from None
    except SourceError:
        try:
            document = json.loads(raw)
        except (ValueError, RecursionError):
            raise NotAnExport("a file of it is not JSON") from None
    if not isinstance(document, list):
        raise NotAnExport("a file of it is not the list that it should be")
    return document


class _Folder:
    """A folder into which an export was unpacked; links that lead out of it are left alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return [
            one.relative_to(self._path).as_posix()
            for one in sorted(self._path.rglob("*.json"))
            if one.is_file() and not one.is_symlink()
        ]

    def read(self, name: str) -> bytes:
        try:
            with (self._path / name).open("rb") as file:
                return _within(file.read(MOST_BYTES + 1))
        except OSError:
            raise NotAnExport("a file of it cannot be read") from None


class _Zip:
    """A zip; nothing of it is written to the disk, so a path in it can lead nowhere."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._members = {_name(one): one for one in archive.infolist() if not one.is_dir()}

    def names(self) -> list[str]:
        return list(self._members)

    def read(self, name: str) -> bytes:
        try:
            with self._archive.open(self._members[name]) as file:
                raw = file.read(MOST_BYTES + 1)  # what a zip says of its own sizes may be wrong
        except _DAMAGED:
            raise NotAnExport("the zip is damaged or encrypted") from None
        return _within(raw)


class _Below:
    """The part of an archive that is in one folder."""

    def __init__(self, archive: Archive, prefix: str) -> None:
        self._archive, self._prefix = archive, prefix

    def names(self) -> list[str]:
        names = self._archive.names()
        return [one.removeprefix(self._prefix) for one in names if one.startswith(self._prefix)]

    def read(self, name: str) -> bytes:
        return self._archive.read(self._prefix + name)


def _within(raw: bytes) -> bytes:
    if len(raw) > MOST_BYTES:
        raise NotAnExport("a file of it is too large")
    return raw


def _name(member: ZipInfo) -> str:
    """The name of *member*, which may be UTF-8 that the zip does not call so."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename
