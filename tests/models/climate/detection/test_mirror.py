"""A large drop of one unit is no rise of all the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.climate.detection.episodes import lineages
from models.climate.detection.mirror import mirrored
from models.climate.detection.noise import Noise
from models.climate.detection.pace import WEEKLY
from models.climate.detection.panel import panel_of
from models.climate.detection.persistence import Evidence, clarity
from models.climate.detection.watch import watch
from tests.fakes.trees import tree
from tests.models.climate.detection.organisations import statistics

NOISE = Noise(tau=0.001, kappa=0.05, rho=0.1)
SMALL = tree(
    {"org": None, "a": "org", "b": "org", **{f"{d}{t}": d for d in "ab" for t in range(4)}}, 30
)
"""Two divisions of four teams."""


def alarms(
    changes: Mapping[str, float], weeks: int = 40, last: int = 6
) -> tuple[set[str], set[str]]:
    """Units in alarm, and those of them that are only a mirror."""
    generator = np.random.default_rng(4)
    valence = {leaf: 0.1 + 0.009 * generator.standard_normal(weeks) for leaf in SMALL.leaves}
    for team, by in changes.items():
        valence[team][-last:] += by
    panel = panel_of(statistics(SMALL, valence), SMALL, WEEKLY)
    found = watch(panel, NOISE, 4.0)
    reflected = mirrored(panel, found, 4.0, lineages(SMALL))
    names = np.array(panel.units)
    return set(names[clarity(found.z[:, -1]) >= 4.0]), set(names[reflected])


def test_a_large_drop_lifts_everybody_else_and_that_is_seen_through() -> None:
    raised, reflected = alarms({"a1": -0.5})

    assert {"a1", "b", "b0", "b1", "b2", "b3"} <= raised
    assert {"b", "b0", "b1", "b2", "b3"} <= reflected
    assert not {"a1", "a"} & reflected


def test_a_rise_beyond_the_mirror_is_one_of_its_own() -> None:
    _, reflected = alarms({"a1": -0.5, "b2": 0.2})

    assert "b2" not in reflected


def test_two_drops_are_no_mirrors_of_each_other() -> None:
    _, reflected = alarms({"a1": -0.3, "b2": -0.3})

    assert not {"a1", "b2"} & reflected


def test_the_clearer_of_two_is_the_change_and_a_rise_that_is_no_alarm_is_neither() -> None:
    weeks = panel_of(
        statistics(SMALL, {leaf: np.full(9, 0.1) for leaf in SMALL.leaves}), SMALL, WEEKLY
    )
    rows = [weeks.units.index(unit) for unit in ("a", "b")]
    for rise, expected in ((4.4, []), (4.5, ["a"]), (4.6, ["b"])):
        z, effect = np.zeros(weeks.net.shape), np.zeros(weeks.net.shape)
        z[rows, -1], effect[rows, -1] = (rise, -4.1), (0.2, -0.2)
        effects = np.repeat(effect[..., np.newaxis], 4, axis=-1)
        four = np.full(z.shape, 4)
        found = Evidence(z, effect, effects, four, np.abs(z), four)

        reflected = mirrored(weeks, found, 4.0, lineages(SMALL))

        assert [weeks.units[row] for row in np.flatnonzero(reflected)] == expected


def test_where_nothing_changed_there_is_no_mirror() -> None:
    assert alarms({}) == (set(), set())
