"""A15: take the hours away from the day.

Who: anyone who watches a figure by the hour.
What they try: hours with enough people are shown; at night and early in the morning there are too
few.  The day less the hours that are shown is what was written in the others: by the three people
who were awake.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.simulation.calendar import HOURS
from tests.attacks.elimination import Public, known_groups
from tests.attacks.figures import note
from tests.services.alerts.conftest import Serve

PEOPLE, A_DAY, DAYS, K = 300, 6, 60, 10
WHAT = "days of which the hours give fewer than 10 people away"


def days() -> list[list[dict[int, int]]]:
    """For each day and hour who wrote, and how much."""
    chance = np.random.default_rng(15)
    share = np.array(HOURS) / sum(HOURS)
    return [
        [
            {int(n): int(counts[n, hour]) for n in np.flatnonzero(counts[:, hour])}
            for hour in range(len(HOURS))
        ]
        for counts in (chance.poisson(A_DAY * share, (PEOPLE, len(HOURS))) for _ in range(DAYS))
    ]


def told(hours: list[dict[int, int]]) -> bool:
    """Whether the hours of at least k people and the day together tell of fewer."""
    shown = [frozenset({hour}) for hour, people in enumerate(hours) if len(people) >= K]
    rows = [*shown, frozenset(range(len(hours)))]
    return bool(known_groups(Public(rows, hours, least=1), K))


def test_hours_of_enough_people_and_the_day_give_the_others_away() -> None:
    found = sum(map(told, days()))
    note("A15", WHAT, without=f"{found} of {DAYS}")

    assert found > DAYS / 4


@pytest.mark.parametrize(
    "question", ["cadence=hour", "cadence=pulse", "window_start=2024-01-29T10:00"]
)
def test_barograph_shows_nothing_by_the_hour(published: Path, serve: Serve, question: str) -> None:
    note("A15", WHAT, ours="nothing is shown by the hour yet")
    with serve(published) as client:
        answer = client.get(f"/v1/indicators?{question}")

    assert answer.status_code == 422


@pytest.mark.skip(
    reason="a series by the hour is planned; until it exists there is nothing to take"
)
def test_the_pulse_and_the_day_tell_of_nobody() -> None: ...
