"""The share of channels in which hardly anybody writes, and when there is none."""

from __future__ import annotations

import pytest

from models.climate.networks.ghost_towns import (
    Channel,
    ghost_town_ratio,
)

DEAD, ALIVE = Channel(10, 90, 4), Channel(10, 90, 5)


@pytest.mark.parametrize(("dead", "expected"), [(0, 0), (5, 0.25), (20, 1)])
def test_the_share_of_ghost_towns(dead: int, expected: float) -> None:
    assert ghost_town_ratio([DEAD] * dead + [ALIVE] * (20 - dead), level=1) == expected


def test_small_and_young_channels_are_no_ghost_towns() -> None:
    counted = [ALIVE] * 20

    assert ghost_town_ratio([*counted, Channel(9, 90, 0), Channel(10, 89, 0)], level=0) == 0


def test_ghost_towns_of_few_channels_or_small_units_are_not_told() -> None:
    assert ghost_town_ratio([DEAD] * 19 + [Channel(9, 90, 0)], level=0) is None
    assert ghost_town_ratio([], level=0) is None
    assert ghost_town_ratio([DEAD] * 20, level=2) is None
