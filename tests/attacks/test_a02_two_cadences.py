"""A2: take the weeks away from the month.

Who: anyone who keeps what the page showed.
What they try: a team had enough people in three of the four weeks, and those three are shown.
Later the value of the four weeks appears.  The month less the three weeks is the week that was
not shown.  Two tables, each of which is safe, can be unsafe together; so can a quarter and its
weeks.  And where every group has enough people, one person may still be had less another: who is
the other adds what they wrote themselves.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.climate.person_day import PersonDay
from models.climate.windows import DAYS, Cadence, Window
from tests.attacks.company import MONTHS, Season
from tests.attacks.elimination import Public, known_groups
from tests.attacks.figures import note
from tests.attacks.recoverable import KS, mean
from tests.fakes.trees import FOUR_WEEKS, WEEKS, Organisation, Person, cells, crowd, tree
from tests.models.climate.disclosure.row_space import exposed_groups
from tests.models.climate.disclosure.touched import fewest_touched
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


def exchanged() -> Organisation:
    """Everybody of team a but one writes in the first week, of team b but one in the others."""
    first, *later = [week.start for week in WEEKS]
    plan = {"o": Cadence.WEEK, "a": Cadence.FOUR_WEEKS, "b": Cadence.FOUR_WEEKS}
    victim = Person("a", {later[0]: PersonDay(3, -2_718_281)})
    attacker = Person("b", {first: PersonDay(3, 1_414_213)})
    crowds = crowd("a", 30, days=[first]) + crowd("b", 30, days=later)
    return Organisation(
        tree({"o": None, "a": "o", "b": "o"}), plan, [victim, attacker, *crowds], k=10
    )


def test_who_counts_groups_alone_tells_one_person_all_of_another() -> None:
    company, first = exchanged(), WEEKS[0]
    victim, attacker = company.people[:2]
    units = {**dict.fromkeys(WEEKS, frozenset("o")), FOUR_WEEKS: frozenset("ab")}
    week, month = (cells(company.units, company.people, w) for w in (first, FOUR_WEEKS))
    one_less_the_other = month["a"].weighted_micro - week["o"].weighted_micro
    had = one_less_the_other + attacker.days[first.start].weighted_micro
    note("A2", "people whose sum a person of another team has", without="1 of 62")

    assert exposed_groups(company, units, company.k) == 0
    assert had == sum(day.weighted_micro for day in victim.days.values())


def test_barograph_tells_nobody_one_person_less_another() -> None:
    company = exchanged()
    touched = fewest_touched(company, company.published(), company.k)
    note("A2", "people whose sum a person of another team has", ours="0")

    assert company.published()[FOUR_WEEKS] < {"a", "b"}
    assert touched == company.k


@pytest.mark.parametrize("cadence", ["thirteen_weeks", "quarter", "hour"])
def test_nobody_can_ask_for_one(published: Path, serve: Serve, cadence: str) -> None:
    with serve(published) as client:
        answer = client.get(f"/v1/indicators?cadence={cadence}")

    assert answer.status_code == 422
