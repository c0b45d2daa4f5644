"""What a log line can and cannot carry."""

from __future__ import annotations

import errno
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from typing_extensions import override

from services.telemetry import logs


@pytest.fixture
def production() -> Iterator[None]:
    logs.configure()
    yield
    structlog.reset_defaults()
    logs.configure(strict=True)


def test_an_unlisted_key_is_an_error_in_tests() -> None:
    with pytest.raises(logs.UnlistedKey):
        structlog.get_logger().info("event.accepted", text="canary")


@pytest.mark.usefixtures("production")
def test_in_production_it_is_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("event.accepted", text="canary", bytes=3)
    try:
        int("canary")
    except ValueError:
        structlog.get_logger().exception("event.refused")

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["bytes"] == 3
    assert second["error_type"] == "ValueError"
    assert "canary" not in str((first, second))


class Full(io.StringIO):
    """A log on a disk that is full."""

    @override
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, text)


@pytest.mark.usefixtures("production")
def test_a_full_disk_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Full())

    logs.emit("event.accepted", bytes=3)


@pytest.mark.usefixtures("production")
def test_of_a_library_only_its_name_and_the_kind_of_failure_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = logs.LibraryHandler()
    try:
        int("canary")
    except ValueError:
        record = logging.LogRecord("lib", logging.ERROR, "", 0, "canary %s", ("canary",), None)
        record.exc_info = (ValueError, ValueError("canary"), None)
        handler.emit(record)
        handler.emit(record)

    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["library"], line["error_type"]) == ("lib", "ValueError")
    assert "canary" not in str(line)
