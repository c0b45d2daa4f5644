"""A file of figures is taken whole, or refused with the number of every row at fault."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerts.outcomes.figures import (
    MOST_ROWS,
    Figure,
    FiguresRefused,
    KnownUnit,
    Refusal,
    read,
)
from services.cli.outcomes import MEANING
from tests.fakes.business import LEAVERS, SCORE, registering

OUTCOMES = {each.id: each for each in registering(LEAVERS, SCORE).outcomes}
UNITS = {
    unit.id: unit
    for unit in (
        KnownUnit("org", 0, 500),
        KnownUnit("north", 1, 200),
        KnownUnit("south", 1, 49),
        KnownUnit("legal", 1, 200),
    )
}
TODAY = date(2026, 11, 1)
HEAD = "outcome,unit,month,value,people,events"
GOOD = "leavers,north,2026-09,1.5,200,7"


def taken(*rows: str, head: str = HEAD) -> tuple[Figure, ...]:
    return read("\n".join([head, *rows]).encode(), OUTCOMES, UNITS, TODAY)


def refused(*rows: str, head: str = HEAD) -> tuple[tuple[int, Refusal], ...]:
    with pytest.raises(FiguresRefused) as caught:
        taken(*rows, head=head)
    return caught.value.refused


def test_a_row_is_a_figure() -> None:
    assert taken(GOOD) == (Figure("leavers", "north", date(2026, 9, 1), 1.5, 1.5, 200, 7),)


def test_a_month_of_few_events_is_left_blank_or_banded() -> None:
    blank, band = taken("leavers,north,2026-09,,200,", "leavers,north,2026-08,2..4,200,")

    assert (blank.low, blank.high, blank.business) == (None, None, None)
    assert (band.low, band.high) == (2, 4)
    assert band.business is not None
    assert (band.business.value, band.business.events) == (3, None)


def test_spreadsheets_of_the_low_countries_are_read() -> None:
    head = "\ufeffUnit; Outcome;month;people;events;value"

    assert taken("org;score;2026-09;500;;7,25", "", ";;;;;", head=head) == (
        Figure("score", "org", date(2026, 9, 1), 7.25, 7.25, 500, None),
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("leavers,north,2026-09,1.5,200", Refusal.CELLS),
        ("leavers,north,2026-09,1.5,200,7,x", Refusal.CELLS),
        ("absence,north,2026-09,1.5,200,7", Refusal.OUTCOME),
        ("leavers,east,2026-09,1.5,200,7", Refusal.UNIT),
        ("leavers,legal,2026-09,1.5,200,7", Refusal.UNIT),
        ("score,north,2026-09,1.5,200,", Refusal.UNIT),
        ("leavers,south,2026-09,1.5,200,7", Refusal.SMALL_UNIT),
        ("leavers,north,2026-13,1.5,200,7", Refusal.MONTH),
        ("leavers,north,0000-01,1.5,200,7", Refusal.MONTH),
        ("leavers,north,2026-09-01,1.5,200,7", Refusal.MONTH),
        ("leavers,north,2026-11,1.5,200,7", Refusal.MONTH_NOT_OVER),
        ("leavers,north,2026-09,high,200,7", Refusal.VALUE),
        ("leavers,north,2026-09,nan,200,7", Refusal.VALUE),
        ("leavers,north,2026-09,1e9,200,7", Refusal.VALUE),
        ("leavers,north,2026-09,€5,200,7", Refusal.VALUE),
        ("leavers,north,2026-09,2..8,200,", Refusal.BAND),
        ("leavers,north,2026-09,3..3.1,200,", Refusal.BAND),
        ("score,org,2026-09,2..4,500,", Refusal.BAND),
        ("leavers,north,2026-09,1.5,many,7", Refusal.PEOPLE),
        ("leavers,north,2026-09,1.5,-200,7", Refusal.PEOPLE),
        ("leavers,north,2026-09,1.5,49,7", Refusal.FEW_PEOPLE),
        ("leavers,north,2026-09,1.5,200,", Refusal.EVENTS_MISSING),
        ("leavers,north,2026-09,1.5,200,4", Refusal.FEW_EVENTS),
        ("leavers,north,2026-09,1.5,200,4.5", Refusal.EVENTS),
        ("leavers,north,2026-09,,200,3", Refusal.EVENTS_NOT_ASKED),
        ("leavers,north,2026-09,2..4,200,3", Refusal.EVENTS_NOT_ASKED),
        ("score,org,2026-09,7.5,500,9", Refusal.EVENTS_NOT_ASKED),
        (f"leavers,north,2026-09,1.5,200,{200_000 * '7'}", Refusal.CELLS),
        ('"leavers,north,2026-09,1.5,200,7', Refusal.CELLS),
    ],
)
def test_a_row_that_may_not_be_taken_is_named_with_the_reason(row: str, reason: Refusal) -> None:
    assert refused("leavers,north,2026-08,1.5,200,7", "", row) == ((4, reason),)


def test_every_row_at_fault_is_named_and_nothing_is_taken() -> None:
    assert refused(GOOD, "leavers,north,2026-08,x,200,7", GOOD, "leavers,north,x,1,200,7") == (
        (3, Refusal.VALUE),
        (4, Refusal.TWICE),
        (5, Refusal.MONTH),
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Refusal.COLUMNS),
        (HEAD.encode(), Refusal.NO_ROWS),
        (f"{HEAD},employee\n{GOOD},p1".encode(), Refusal.COLUMNS),
        (f"{HEAD.replace('events', 'value')}\n{GOOD}".encode(), Refusal.COLUMNS),
        (f"{HEAD}\n{GOOD}".encode("utf-16"), Refusal.NOT_UTF8),
        ("\n".join([HEAD, *[GOOD] * (MOST_ROWS + 1)]).encode(), Refusal.TOO_MANY_ROWS),
    ],
)
def test_a_file_that_is_none_is_refused_at_its_head(content: bytes, reason: Refusal) -> None:
    with pytest.raises(FiguresRefused) as caught:
        read(content, OUTCOMES, UNITS, TODAY)

    assert caught.value.refused == ((1, reason),)


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: f"{HEAD}\n{t}".encode()))
)
def test_no_bytes_break_it_and_none_of_them_are_quoted(content: bytes) -> None:
    said = ""
    try:
        read(content, OUTCOMES, UNITS, TODAY)
    except FiguresRefused as refusal:
        said = str(refusal)

    assert set(said) <= set("0123456789 rows")


def test_every_reason_has_a_meaning_for_people() -> None:
    assert set(MEANING) == set(Refusal)
