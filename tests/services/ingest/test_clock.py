"""The gateway's clock as a value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.clock import Clock, ClockHeld, ClockWentBack

WALL = datetime(2026, 2, 2, 9, tzinfo=UTC)
PAST = WALL - timedelta(days=50)
HOUR = timedelta(hours=1)


def test_a_live_clock_is_the_walls_and_open_to_everybody() -> None:
    assert Clock().now(WALL) == WALL
    assert Clock().admits("anybody")


def test_a_declared_clock_stands_still_and_belongs_to_its_holder() -> None:
    clock = Clock().declare(PAST, "importer", WALL)

    assert clock.now(WALL) == PAST
    assert clock.used
    assert clock.admits("importer")
    assert not clock.admits("slack")
    with pytest.raises(ClockHeld):
        clock.declare(PAST, "slack", WALL)
    with pytest.raises(ClockHeld):
        clock.release("slack")


def test_a_clock_that_was_used_does_not_go_back() -> None:
    declared = Clock().declare(PAST, "importer", WALL)

    assert declared.declare(PAST, "importer", WALL) == declared
    assert declared.declare(PAST + HOUR, "importer", WALL).now(WALL) == PAST + HOUR
    with pytest.raises(ClockWentBack):
        declared.declare(PAST - HOUR, "importer", WALL)
    with pytest.raises(ClockWentBack):
        Clock(used=True).declare(PAST, "importer", WALL)


def test_a_released_clock_is_live_and_remembers_that_it_was_used() -> None:
    released = Clock().declare(PAST, "importer", WALL).release("importer")

    assert released == Clock(used=True)
