"""The life of an alert, against the table it is specified by and against an independent reading."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.rules.rule import SUSTAINED_DROP, Rule
from services.alerts.rules.state import INACTIVE, Observation, Phase, State, Transition, step

MONDAY = date(2026, 1, 5)
SEEN = {
    "B": Observation.BREACH,
    "-": Observation.BETWEEN,
    "r": Observation.RECOVERED,
    ".": Observation.WITHHELD,
}
TOLD = {
    None: " ",
    Transition.FIRING: "F",
    Transition.RESOLVED: "R",
    Transition.WITHDRAWN: "W",
}
series = st.text("B-r.", max_size=30)
counts = st.integers(1, 5)


def rule(for_windows: int = 2, keep_windows: int = 0, hold_max: int = 4) -> Rule:
    return SUSTAINED_DROP.model_copy(
        update={
            "for_windows": for_windows,
            "keep_windows": keep_windows,
            "hold_max": hold_max,
        }
    )


def end(week: int) -> date:
    return MONDAY + timedelta(weeks=week + 1)


def life(seen: str, of: Rule) -> tuple[list[State], str]:
    """States after each week, and what is told in each."""
    state, states, told = INACTIVE, [], ""
    for week, letter in enumerate(seen):
        state, transition = step(state, SEEN[letter], end(week), of)
        states.append(state)
        told += TOLD[transition]
    return states, told


@pytest.mark.parametrize(
    ("of", "seen", "told"),
    [
        (rule(1), "B", "F"),
        (rule(2), "BB", " F"),
        (rule(3), "BBrBBB", "     F"),
        (rule(2), "B-B", "   "),
        (rule(2), "B.B", "   "),
        (rule(2), "BBBB", " F  "),
        (rule(2), "BB---r", " F   R"),
        (rule(2), "BBrBB", " FR F"),
        (rule(2, keep_windows=1), "BBrr", " F R"),
        (rule(2, keep_windows=1), "BBrBrr", " F   R"),
        (rule(2, keep_windows=1), "BBr-r", " F  R"),
        (rule(2), "BB....r", " F    R"),
        (rule(2), "BB.....", " F    W"),
        (rule(2), "BB..B....r", " F       R"),
        (rule(2, keep_windows=2, hold_max=1), "BBr..", " F  W"),
        (rule(2), "BB.....BB", " F    W F"),
    ],
)
def test_tells_what_the_table_says(of: Rule, seen: str, told: str) -> None:
    assert life(seen, of)[1] == told


@given(series, counts, st.integers(0, 3), counts)
def test_an_alert_fires_before_it_ends_and_ends_before_it_fires_again(
    seen: str, for_windows: int, keep: int, hold: int
) -> None:
    told = life(seen, rule(for_windows, keep, hold))[1].replace(" ", "")

    assert all((one == "F") != (two == "F") for one, two in pairwise(told))
    assert not told or told[0] == "F"


@given(series, counts)
def test_a_window_without_a_cell_never_fires_and_never_resolves(
    seen: str, for_windows: int
) -> None:
    told = life(seen, rule(for_windows))[1]

    assert all(t in " W" for letter, t in zip(seen, told, strict=True) if letter == ".")


@given(st.text("Br", max_size=30), counts, st.integers(0, 3))
def test_agrees_with_prometheus_where_it_has_the_same_notions(
    seen: str, for_windows: int, keep: int
) -> None:
    """``for`` and ``keep_firing_for``, written from the documentation of Prometheus."""
    expected, active_since, recovered_since, firing = "", None, None, False
    for week, letter in enumerate(seen):
        said = " "
        if letter == "B":
            recovered_since = None
            active_since = week if active_since is None else active_since
            if not firing and week - active_since >= for_windows - 1:
                firing, said = True, "F"
        elif firing:
            recovered_since = week if recovered_since is None else recovered_since
            if week - recovered_since >= keep:
                firing, active_since, recovered_since, said = False, None, None, "R"
        else:
            active_since = None
        expected += said

    assert life(seen, rule(for_windows, keep))[1] == expected


@given(series, counts, st.integers(0, 3))
def test_nothing_is_remembered_of_what_is_over(seen: str, for_windows: int, keep: int) -> None:
    states, _ = life(seen, rule(for_windows, keep))

    assert all(state == INACTIVE for state in states if state.phase is Phase.INACTIVE)
    assert all(
        (state.recovering_at is not None) == (state.phase is Phase.RECOVERING) for state in states
    )


@given(series, counts, st.integers(0, 200))
def test_the_same_weeks_in_another_year_are_the_same_life(
    seen: str, for_windows: int, weeks: int
) -> None:
    def told(shift: int) -> list[Transition | None]:
        state, found = INACTIVE, []
        for week, letter in enumerate(seen):
            state, kind = step(state, SEEN[letter], end(week + shift), rule(for_windows))
            found.append(kind)
        return found

    assert told(0) == told(weeks)
