"""A2: take the weeks away from the month.

Who: anyone who keeps what the page showed.
What they try: a team had enough people in three of the four weeks, and those three are shown.
Later the value of the four weeks appears.  The month less the three weeks is the week that was
not shown.  Two tables, each of which is safe, can be unsafe together; so can a quarter and its
weeks.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.climate.windows import DAYS, Cadence, Window
from tests.attacks.company import MONTHS, Season
from tests.attacks.elimination import Public, known_groups
from tests.attacks.figures import note
from tests.attacks.recoverable import KS, mean
from tests.services.alerts.conftest import Serve

APART = "complementary, weeks and month apart"
QUARTER = 13


def test_two_tables_that_are_safe_apart_leak_together() -> None:
    for season in Season:
        for k in KS:
            assert mean(season, k, "complementary, weeks") == 0
    found = mean(Season.SUMMER, 10, APART)
    note("A2", "weeks from the month, a summer month (k=10)", without=f"{found:.1f}")

    assert found > 3
    assert mean(Season.NORMAL, 10, APART) > 1


def test_what_barograph_publishes_by_the_week_and_by_the_month_leaks_nothing_together() -> None:
    found = sum(mean(season, k, "ours") for season in Season for k in KS)
    note("A2", "weeks from the month, a summer month (k=10)", ours=f"{found:.0f}")

    assert found == 0


def test_the_value_of_a_quarter_gives_away_weeks_that_were_not_shown() -> None:
    """125 teams, each with its weeks of at least ten people and one value of the quarter."""
    chance, k, told = np.random.default_rng(1), 10, 0
    for size in np.clip(chance.lognormal(np.log(14), 0.55, 125), 3, 60).round().astype(int):
        present = (
            chance.random((QUARTER, size))
            < np.where(chance.random(QUARTER) < 0.3, 0.5, 0.9)[:, None]
        )
        weeks = [dict.fromkeys(map(int, np.flatnonzero(row)), 5) for row in present]
        rows = [frozenset({week}) for week, people in enumerate(weeks) if len(people) >= k]
        rows += [frozenset(range(QUARTER))] if size >= k else []
        told += len(known_groups(Public(rows, weeks), k))
    note("A2", "teams with a week told by their quarter, of 125", without=f"{told}")

    assert told > 3


def test_barograph_has_no_value_of_a_quarter_and_none_of_windows_that_overlap() -> None:
    start = MONTHS["normal"].start
    note("A2", "teams with a week told by their quarter, of 125", ours="no such value")

    assert max(DAYS.values()) == 28
    for cadence in Cadence:
        with pytest.raises(ValueError, match="no aligned window"):
            Window(cadence, start, start.fromordinal(start.toordinal() + 7 * QUARTER))


@pytest.mark.parametrize("cadence", ["thirteen_weeks", "quarter", "hour"])
def test_nobody_can_ask_for_one(published: Path, serve: Serve, cadence: str) -> None:
    with serve(published) as client:
        answer = client.get(f"/v1/indicators?cadence={cadence}")

    assert answer.status_code == 422
