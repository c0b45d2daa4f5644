"""Which units are compared how, and that what is said of them is what the mathematics found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.outcomes.association import Association, association
from models.climate.outcomes.intervention import intervention_effect
from models.climate.outcomes.panel import PanelAssociation, panel_association
from models.climate.outcomes.seed import chance_of, digest_of
from models.climate.outcomes.series import BusinessMonth, MonthlyPair, paired
from models.climate.windows import Cadence, week_of, window_of
from services.alerts.outcomes.computing import intervention_findings, outcome_findings
from services.alerts.outcomes.figures import Figure, KnownUnit
from services.alerts.outcomes.findings import OutcomeFinding
from services.alerts.outcomes.inputs import Inputs
from tests.fakes.business import EVENT, FIRST, LEAVERS, ROSTER, SCORE, months, noise, registering

TODAY = date(2028, 3, 10)
WEEKS = 218
SINCE = dict.fromkeys(("leavers", "score", "roster"), TODAY)


def statistics(unit: str, valences: NDArray[np.float64], weight: int) -> list[ReleasedStatistic]:
    return [
        ReleasedStatistic(
            unit,
            week_of(FIRST + timedelta(weeks=week)),
            weight,
            round(float(valence) * weight * 1_000_000),
            60,
            50.0,
        )
        for week, valence in enumerate(valences)
    ]


def figures(outcome: str, unit: str, values: NDArray[np.float64]) -> list[Figure]:
    return [
        Figure(outcome, unit, month, float(value), float(value), 200, 9)
        for month, value in zip(months(len(values)), values, strict=True)
    ]


def inputs(units: Mapping[str, int], outcome: str = "leavers", count: int = 50) -> Inputs:
    """Unrelated lines of every unit, so many months of figures."""
    known = {"org": KnownUnit("org", 0, 5_000)}
    known |= {name: KnownUnit(name, 1, eligible) for name, eligible in units.items()}
    return Inputs(
        known,
        {name: statistics(name, noise(place, WEEKS), 1_000) for place, name in enumerate(known)}
        | {"org": statistics("org", noise(99, WEEKS, 0.01), 4_000 + 1_000 * len(units))},
        {
            (outcome, name): figures(outcome, name, noise(50 + place, count, 1.0))
            for place, name in enumerate(known)
        },
    )


def one(read: Inputs, **changed: object) -> OutcomeFinding:
    outcome = {**LEAVERS, **changed}
    (found,) = outcome_findings(registering(outcome).outcomes, read, {"leavers": TODAY})
    return found


def pair_of(read: Inputs, unit: str) -> MonthlyPair:
    business = [figure.business for figure in read.figures["leavers", unit]]
    known: list[BusinessMonth] = [month for month in business if month is not None]
    return paired(unit, read.statistics[unit], known)


@pytest.mark.parametrize("lag", [1, "max_lag"])
def test_a_coefficient_is_the_one_of_the_mathematics_with_chance_from_the_data(
    lag: int | str,
) -> None:
    read = inputs({"north": 200, "south": 260})
    registered = None if lag == "max_lag" else 1
    pair = pair_of(read, "north")
    expected = association(
        pair, registered_lag=registered, chance=chance_of(digest_of([pair], registered))
    )

    shown = one(read, lag=lag).units[0]

    assert isinstance(expected, Association)
    assert shown.association is not None
    assert shown.association.coefficient == round(expected.coefficient, 2)
    assert (shown.association.low, shown.association.high) == (
        round(expected.low, 2),
        round(expected.high, 2),
    )
    assert shown.association.p_value == round(expected.p_value, 3)
    assert shown.association.months == 50
    assert shown.association.strongest_of == (7 if registered is None else 1)


def test_of_several_units_each_p_value_pays_for_the_others() -> None:
    shown = one(inputs({"north": 200, "south": 260}))
    found = [lines.association for lines in shown.units if lines.association is not None]

    assert [each.hypotheses for each in found] == [2, 2]
    assert any(each.p_adjusted > each.p_value for each in found)


def test_before_36_months_there_are_two_lines_and_no_coefficient() -> None:
    (lines, _) = one(inputs({"north": 200, "south": 260}, count=35)).units

    assert (lines.association, lines.silence, lines.known) == (None, "few_months", 35)
    assert len(lines.months) == 35
    assert all(month.climate is not None and month.figure is not None for month in lines.months)


def test_no_value_is_a_nought_with_a_minus() -> None:
    read = inputs({"north": 200, "south": 260})
    shown = [month.climate for lines in one(read).units for month in lines.months]

    assert 0 in shown
    assert [value for value in shown if str(value) == "-0.0"] == []


def test_the_first_month_that_is_enough_has_one() -> None:
    (lines, _) = one(inputs({"north": 200, "south": 260}, count=36)).units

    assert lines.association is not None


def test_a_unit_below_fifty_people_has_no_line() -> None:
    shown = one(inputs({"north": 49, "south": 50}))

    assert [lines.unit for lines in shown.units] == ["south"]


def test_a_level_of_the_tree_stands_for_its_units() -> None:
    read = inputs({"north": 200, "south": 260})

    assert [u.unit for u in one(read, units=[], level=1).units] == ["north", "south"]
    assert [u.unit for u in one(read, units=[], level=0).units] == ["org"]


def test_a_unit_of_which_nothing_is_released_has_no_month() -> None:
    read = inputs({"north": 200, "south": 260})
    silent = replace(read, statistics={"org": read.statistics["org"]})

    assert [(u.months, u.known) for u in one(silent).units] == [((), 0)] * 2


def test_ten_units_make_one_coefficient_and_none_of_their_own() -> None:
    names = {f"u{n}": 100 for n in range(10)}
    read = inputs(names)
    pairs = [pair_of(read, name) for name in names]
    expected = panel_association(pairs, registered_lag=1, chance=chance_of(digest_of(pairs, 1)))

    shown = one(read, units=[], level=1)

    assert isinstance(expected, PanelAssociation)
    assert shown.panel is not None
    assert shown.panel.coefficient == round(expected.coefficient, 2)
    assert (shown.panel.units, shown.panel.pairs) == (10, expected.pairs)
    assert {lines.silence for lines in shown.units} == {"in_panel"}
    assert all(lines.months and lines.association is None for lines in shown.units)


def test_nine_units_or_no_registered_lag_make_none() -> None:
    nine = one(inputs({f"u{n}": 100 for n in range(9)}), units=[], level=1)
    free = one(inputs({f"u{n}": 100 for n in range(10)}), units=[], level=1, lag="max_lag")

    assert nine.panel is free.panel is None
    assert all(lines.association is not None for lines in (*nine.units, *free.units))


def test_a_blank_month_is_a_gap_and_a_band_shows_its_edges() -> None:
    read = inputs({"north": 200, "south": 260}, count=40)
    line = read.figures["leavers", "north"]
    changed = [
        replace(line[0], low=2.0, high=4.0, events=None),
        replace(line[1], low=None, high=None, events=None),
        *line[2:],
    ]
    shown = one(replace(read, figures={("leavers", "north"): changed})).units[0]

    assert (shown.months[0].figure, shown.months[0].band) == (3.0, (2.0, 4.0))
    assert (shown.months[1].figure, shown.months[1].band) == (None, None)
    assert shown.months[2].band is None
    assert shown.known == 39


def events(read: Inputs, since: date = TODAY) -> tuple[object, ...]:
    (found,) = intervention_findings(
        registering(events=[ROSTER]).interventions, read, {"roster": since}
    )
    (change,) = found.units
    return change.effect, found.beforehand


def test_the_change_around_an_event_is_the_one_of_the_mathematics() -> None:
    read = inputs({"north": 200})
    step = np.where(np.arange(WEEKS) > (EVENT - FIRST).days // 7, 0.2, 0.0)
    history = statistics("north", noise(1, WEEKS, 0.02) + step, 1_000)
    read = replace(read, statistics={**read.statistics, "north": history})
    expected = intervention_effect(EVENT, history, read.statistics["org"])

    (found,) = intervention_findings(
        registering(events=[ROSTER]).interventions, read, {"roster": EVENT}
    )
    shown = found.units[0].effect

    assert expected is not None
    assert shown is not None
    assert shown.effect == round(expected.effect, 2) > 0.1
    assert (shown.low, shown.high) == (round(expected.low, 2), round(expected.high, 2))
    assert shown.placebos == len(expected.placebos)
    assert shown.p_value <= 0.05


def test_nothing_is_said_when_too_little_is_known_before_the_event() -> None:
    read = inputs({"north": 200})
    start = EVENT - timedelta(weeks=5)
    late = {
        unit: [statistic for statistic in line if statistic.window.start >= start]
        for unit, line in read.statistics.items()
    }

    assert events(replace(read, statistics=late))[0] is None
    assert events(replace(read, statistics={}))[0] is None
    assert events(read)[0] is not None


def test_units_that_are_published_every_four_weeks_are_compared_by_four_weeks() -> None:
    read = inputs({"north": 200})

    def by_four(unit: str, line: Sequence[ReleasedStatistic]) -> list[ReleasedStatistic]:
        starts = [FIRST + timedelta(weeks=4 * n) for n in range(len(line) // 4)]
        windows = [window_of(Cadence.FOUR_WEEKS, start) for start in starts]
        return [replace(line[4 * n], unit=unit, window=window) for n, window in enumerate(windows)]

    slow = {unit: by_four(unit, line) for unit, line in read.statistics.items()}
    assert events(replace(read, statistics=slow))[0] is not None


def test_an_event_is_registered_beforehand_on_its_day_at_the_latest() -> None:
    read = inputs({"north": 200})

    assert events(read, EVENT)[1] is True
    assert events(read, EVENT + timedelta(days=1))[1] is False


def test_findings_depend_on_nothing_but_their_inputs() -> None:
    read = inputs({"north": 200, "south": 260})
    policy = registering(LEAVERS, SCORE, events=[ROSTER])

    assert outcome_findings(policy.outcomes, read, SINCE) == outcome_findings(
        policy.outcomes, read, SINCE
    )
