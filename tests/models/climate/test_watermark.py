"""A window closes when nobody who still speaks owes a message of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.climate.watermark import GatewayProgress, left_out, passed, reached

END = datetime(2026, 12, 2, 12, tzinfo=UTC)
NOW = datetime(2026, 12, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def gateway(*, until: datetime = END, lease: datetime = NOW) -> GatewayProgress:
    return GatewayProgress(owes_nothing_until=until, lease_until=lease)


@pytest.mark.parametrize(
    ("gateways", "expected"),
    [
        pytest.param([gateway()], True, id="exactly at the end"),
        pytest.param([gateway(until=END - SECOND)], False, id="a second is owed"),
        pytest.param([gateway(), gateway(until=END - SECOND)], False, id="one of two owes"),
        pytest.param(
            [gateway(), gateway(until=END - SECOND, lease=NOW - SECOND)],
            True,
            id="the one that owes is silent",
        ),
        pytest.param([gateway(lease=NOW - SECOND)], False, id="everyone is silent"),
        pytest.param([], False, id="nobody ever spoke"),
    ],
)
def test_passed(gateways: list[GatewayProgress], *, expected: bool) -> None:
    assert passed(END, gateways, NOW) is expected


def test_silent_gateways_are_counted() -> None:
    assert left_out([gateway(), gateway(lease=NOW - SECOND)], NOW) == 1


def test_what_is_reached_is_what_the_slowest_that_speaks_has_reached() -> None:
    silent = gateway(until=END - 2 * SECOND, lease=NOW - SECOND)

    assert reached([gateway(), gateway(until=END - SECOND), silent], NOW) == END - SECOND
    assert reached([silent], NOW) is None
