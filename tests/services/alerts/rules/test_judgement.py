"""What a window shows of every unit of a tree: pure, and never of a unit that nobody can see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.climate.detection.episodes import Direction
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import Cadence
from services.alerts.indicators import PublishedValue, UnitInfo
from services.alerts.rules.judgement import Judged, judge
from services.alerts.rules.released import Look
from services.alerts.rules.rule import Sustained
from services.alerts.rules.state import Observation
from tests.models.climate.detection.organisations import UNITS, noisy, statistics

DROP = Sustained(direction=Direction.DROP, threshold=4.0)
RISE = Sustained(direction=Direction.RISE, threshold=4.0)
INFO = {
    unit: UnitInfo(unit, UNITS.parent(unit), {}, UNITS.level(unit)) for unit in UNITS.top_down()
}


def released(
    changed: Mapping[str, float], *, weeks: int = 60, since: int = 54, seed: int = 2
) -> list[ReleasedStatistic]:
    valence: dict[str, NDArray[np.float64]] = noisy(weeks, seed)
    for team, by in changed.items():
        valence[team][since:] += by
    return statistics(UNITS, valence)


def look(listed: list[ReleasedStatistic], hidden: Collection[str] = ()) -> Look:
    """The latest week of these, some units of it not for people to see."""
    window = max((one.window for one in listed), key=lambda window: window.start)
    values = {
        ("valence", one.unit): PublishedValue(
            "valence",
            one.unit,
            Cadence.WEEK,
            window.start,
            window.end_exclusive,
            0.1,
            "25-49",
            None,
        )
        for one in listed
        if one.window == window and one.unit not in hidden
    }
    return Look(window, INFO, values, listed)


def judged(
    seen: Look,
    condition: Sustained = DROP,
    told: Collection[str] = (),
    speaking: Collection[str] = (),
) -> Mapping[str, Judged]:
    return judge(condition, "valence", seen, told, speaking)


def breaching(
    seen: Look, condition: Sustained = DROP, told: Collection[str] = (),
    speaking: Collection[str] = (),
) -> set[str]:  # fmt: skip
    found = judged(seen, condition, told, speaking)
    return {unit for unit, one in found.items() if one.observation is Observation.BREACH}


def test_a_team_a_division_and_a_rise_are_found_where_they_are() -> None:
    whole = {f"b{team}": -0.08 for team in range(5)}

    assert breaching(look(released({"b2": -0.12}))) == {"b2"}
    assert breaching(look(released(whole))) == {"b"}
    assert breaching(look(released({"b2": 0.12})), RISE) == {"b2"}
    assert breaching(look(released({"b2": 0.12}))) == set()


def test_a_rise_must_be_clearer_than_a_drop_of_the_same_size() -> None:
    def highest(seen: Look, direction: Direction) -> float:
        low, high = 4.0, 36.0
        while high - low > 0.1:
            middle = (low + high) / 2
            rule = Sustained(direction=direction, threshold=middle)
            low, high = (middle, high) if "b2" in breaching(seen, rule) else (low, middle)
        return low

    listed = released({"b2": -0.12})
    upside_down = [replace(one, weighted_micro=-one.weighted_micro) for one in listed]
    drop = highest(look(listed), Direction.DROP)
    rise = highest(look(upside_down), Direction.RISE)

    assert 8.0 < drop < 30.0
    assert rise == pytest.approx(0.9 * drop, abs=0.11)


def test_the_whole_organisation_is_never_judged() -> None:
    assert judged(look(released({})))["org"].observation is Observation.WITHHELD


def test_a_unit_that_nobody_can_see_is_told_of_the_one_above_that_shows_it_too() -> None:
    deep = look(released({"b2": -0.4}), hidden=["b2"])
    shallow = look(released({"b2": -0.1}), hidden=["b2"])

    assert judged(deep)["b2"].observation is Observation.WITHHELD
    assert breaching(deep) == {"b"}
    assert breaching(shallow) == set()


@settings(max_examples=25)
@given(st.sets(st.sampled_from(UNITS.top_down())))
def test_no_unit_that_is_not_published_is_ever_named(hidden: set[str]) -> None:
    found = judged(look(released({"b2": -0.4, "d1": -0.3, "d2": 0.3}), hidden), told=hidden)

    assert all(found[unit].observation is Observation.WITHHELD for unit in hidden)


def test_an_episode_speaks_for_its_lineage_and_for_nobody_else() -> None:
    both = look(released({"b2": -0.15, "d1": -0.15}))

    assert breaching(both) == {"b2", "d1"}
    assert breaching(both, speaking=["b"]) == {"d1"}
    assert breaching(both, speaking=["b3"]) == {"b2", "d1"}
    assert breaching(both, told=["b2"], speaking=["b2"]) == {"b2", "d1"}


def test_a_drop_of_a_large_part_is_no_rise_of_the_rest() -> None:
    whole = {f"b{team}": -0.4 for team in range(5)}

    assert breaching(look(released(whole))) == {"b"}
    assert breaching(look(released(whole)), RISE) == set()


def test_what_is_off_but_less_than_the_threshold_has_not_recovered() -> None:
    seen = look(released({"b2": -0.12}))
    strict = Sustained(direction=Direction.DROP, threshold=19.0)

    assert judged(seen, strict)["b2"].observation is Observation.BETWEEN
    assert judged(seen, RISE)["b2"].observation is Observation.RECOVERED
    assert judged(seen)["c1"].observation is Observation.RECOVERED


def test_two_weeks_withheld_of_four_let_nobody_say_that_it_has_recovered() -> None:
    listed = released({"b2": -0.12})
    starts = sorted({one.window.start for one in listed})
    gaps = [one for one in listed if one.unit != "b2" or one.window.start not in starts[-3:-1]]
    now = [one for one in listed if one.unit != "b2" or one.window.start != starts[-1]]

    assert judged(look(gaps))["b2"].observation is Observation.BETWEEN
    assert judged(look(now))["b2"].observation is Observation.WITHHELD


@pytest.mark.parametrize("weeks", [1, 8, 11])
def test_nothing_is_judged_without_a_baseline(weeks: int) -> None:
    found = judged(look(released({}, weeks=weeks)))

    assert {one.observation for one in found.values()} == {Observation.WITHHELD}


def test_a_large_drop_is_found_in_a_young_organisation() -> None:
    """Four of thirty teams fall by ten deviations in the first weeks that can be judged."""
    fallen = dict.fromkeys(("a0", "b0", "c0", "d0"), -0.25)
    listed = [
        one for one in released(fallen, weeks=14, since=11)
        if one.unit == "org" or one.unit in UNITS.leaves
    ]  # fmt: skip

    assert breaching(look(listed)) == fallen.keys()


def test_a_change_is_told_no_finer_than_a_published_value_and_its_interval_not_too_narrow() -> None:
    change = judged(look(released({"b2": -0.12})))["b2"].change

    assert change is not None
    assert round(change.size, 2) == change.size
    assert -0.16 < change.size < -0.08
    assert 0.01 <= change.margin < 0.05
    assert change.band == "25-49"
    assert change.weeks in {4, 8}
    assert change.interval == (
        round(change.size - change.margin, 2),
        round(change.size + change.margin, 2),
    )


def test_what_is_judged_does_not_depend_on_the_order_of_the_sums() -> None:
    listed = released({"b2": -0.12})

    assert judged(look(listed[::-1])) == judged(look(listed))


def test_weeks_to_come_change_nothing_of_what_was_said() -> None:
    listed = released({"b2": -0.12})
    starts = sorted({one.window.start for one in listed})

    for until in starts[40::4]:
        then = [one for one in listed if one.window.start <= until]
        again = [one for one in released({"b2": 0.5}, since=starts.index(until) + 1)
                 if one.window.start <= until]  # fmt: skip
        if until < starts[54]:
            assert judged(look(then)) == judged(look(again))
