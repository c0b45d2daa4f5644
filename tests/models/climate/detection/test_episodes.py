"""Of alarms in many units and weeks, one episode where something changed."""

from __future__ import annotations

import numpy as np

from models.climate.detection.episodes import Episode, episodes, lineages
from models.climate.detection.persistence import Evidence
from tests.models.climate.detection.organisations import UNITS, noisy, panel, week_number

THRESHOLD = 4.0


def marked(
    alarms: dict[str, dict[int, float]], not_yet: dict[str, dict[int, float]] | None = None
) -> tuple[Episode, ...]:
    """Episodes of these ``Z`` by unit and week, and of units whose change has not lasted yet."""
    weeks = panel(noisy(40, seed=1))
    z = np.zeros_like(weeks.net)
    for unit, values in alarms.items():
        z[weeks.units.index(unit), list(values)] = list(values.values())
    conspicuous = np.abs(z)
    for unit, values in (not_yet or {}).items():
        conspicuous[weeks.units.index(unit), list(values)] = list(values.values())
    four = np.full(z.shape, 4)
    effects = np.repeat(z[..., np.newaxis] / 100, 4, axis=-1)
    shown = Evidence(z, z / 100, effects, four, conspicuous, four)
    return episodes(shown, THRESHOLD, weeks, lineages(UNITS))


def opened(alarms: dict[str, dict[int, float]]) -> list[tuple[str, int, int]]:
    return [(e.unit, week_number(e.opened), week_number(e.latest)) for e in marked(alarms)]


def test_of_a_lineage_the_most_conspicuous_is_named() -> None:
    assert opened({"b": {3: -5.0}, "b1": {3: -6.0}, "c": {3: -4.5}}) == [("b1", 3, 3), ("c", 3, 3)]


def test_a_lineage_waits_for_the_most_conspicuous_and_nobody_else_does() -> None:
    alarms = {"b1": {3: -4.5, 4: -4.5}, "b": {4: -7.0}, "c": {3: -4.2}}

    found = marked(alarms, not_yet={"b": {3: 6.0, 4: 7.0}})

    assert [(e.unit, week_number(e.opened)) for e in found] == [("c", 3), ("b", 4)]


def test_nobody_waits_for_a_unit_that_an_episode_below_speaks_for() -> None:
    found = marked({"b1": {3: -9.0}, "b2": {3: -4.5}}, not_yet={"b": {3: 6.0}})

    assert [e.unit for e in found] == ["b1", "b2"]


def test_a_lineage_opens_one_episode_in_eight_weeks() -> None:
    alarms = {"b": {3: -5.0}, "b1": {10: -6.0}, "b2": {11: -6.0}, "a": {4: -5.0}}

    assert opened(alarms) == [("b", 3, 3), ("a", 4, 4), ("b2", 11, 11)]


def test_an_alarm_that_goes_on_is_one_episode_and_speaks_for_its_lineage() -> None:
    lasting = dict.fromkeys(range(3, 30), -5.0)

    assert opened({"b": lasting, "b1": {20: -9.0}}) == [("b", 3, 29)]


def test_an_alarm_that_comes_back_is_another_only_after_eight_weeks() -> None:
    assert opened({"b": {3: -5.0, 10: -5.0}}) == [("b", 3, 10)]
    assert opened({"b": {3: -5.0, 11: -5.0}}) == [("b", 3, 3), ("b", 11, 11)]


def test_a_rise_is_no_part_of_a_drop() -> None:
    assert opened({"b": {3: -5.0, 6: 5.0}}) == [("b", 3, 3)]
    assert [e.direction for e in marked({"b": {3: -5.0, 12: 5.0}})] == ["drop", "rise"]


def test_a_rise_must_be_clearer_than_a_drop() -> None:
    assert opened({"b": {3: -4.1}, "c": {3: 4.4}}) == [("b", 3, 3)]
    assert opened({"b": {3: -4.1}, "c": {3: 4.5}}) == [("c", 3, 3), ("b", 3, 3)]


def test_an_episode_is_told_as_it_was_when_it_opened() -> None:
    (episode,) = marked({"b": {3: -5.0, 4: -7.0}})

    assert (episode.z, episode.effect, episode.weeks) == (-5.0, -0.05, 4)


def test_a_lineage_is_all_above_and_all_below() -> None:
    related, units = lineages(UNITS), UNITS.top_down()

    for row, unit in enumerate(units):
        kin = {other for other, is_kin in zip(units, related[row], strict=True) if is_kin}
        if unit == "org":
            assert kin == set(units)
        elif len(unit) == 1:
            assert kin == {"org", unit, *UNITS.children(unit)}
        else:
            assert kin == {"org", unit[0], unit}
