"""Windows tile time: nothing overlaps, nothing is left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.windows import (
    LATENESS,
    Cadence,
    Window,
    block,
    four_weeks_of,
    quarter_of,
    week_of,
    window_of,
)

dates = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(dates, st.sampled_from(Cadence))
def test_each_day_is_in_one_window_and_the_next_begins_where_it_ends(
    day: date, cadence: Cadence
) -> None:
    window = window_of(cadence, day)

    assert window.holds(day)
    assert {window_of(cadence, window.start), window_of(cadence, day)} == {window}
    assert window_of(cadence, window.end_exclusive).start == window.end_exclusive


@given(dates)
def test_four_weeks_are_the_block_and_consist_of_iso_weeks(day: date) -> None:
    window = four_weeks_of(day)

    weeks = window.split(Cadence.WEEK)
    assert len(weeks) == 4
    assert all(week == week_of(week.start) and week.start.isoweekday() == 1 for week in weeks)
    assert {block(week.start) for week in weeks} == {block(day)}
    assert [d.start for week in weeks for d in week.split(Cadence.DAY)] == [
        window.start + timedelta(days=n) for n in range(28)
    ]


@given(dates)
def test_no_block_spans_two_quarters_trees(day: date) -> None:
    window = four_weeks_of(day)

    assert quarter_of(window.start) == quarter_of(window.end_exclusive - timedelta(days=1))


@pytest.mark.parametrize(
    ("cadence", "start", "end"),
    [
        pytest.param(Cadence.WEEK, date(2026, 11, 24), date(2026, 12, 1), id="from a Tuesday"),
        pytest.param(Cadence.WEEK, date(2026, 11, 23), date(2026, 12, 7), id="two weeks"),
        pytest.param(
            Cadence.FOUR_WEEKS, date(2026, 11, 16), date(2026, 12, 14), id="across two blocks"
        ),
    ],
)
def test_a_window_that_would_overlap_others_is_refused(
    cadence: Cadence, start: date, end: date
) -> None:
    with pytest.raises(ValueError, match="aligned"):
        Window(cadence, start, end)


def test_a_window_ends_when_its_last_day_is_over_everywhere() -> None:
    window = week_of(date(2026, 11, 25))

    assert window.ends == datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert LATENESS[window.cadence] == timedelta(hours=48)


def test_labels_name_the_iso_week_also_at_new_year() -> None:
    labels = [window_of(cadence, date(2027, 1, 1)).label for cadence in Cadence]

    assert labels == ["2027-01-01", "2026-W53", "2026-W53/03"]
