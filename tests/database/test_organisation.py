"""People are read one by one from the database: what they add up to is what it always was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.climate.cell import Cell, cell_of
from models.climate.person_day import PersonDay
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence, Window, block, four_weeks_of, week_of
from models.language.labels import Driver, Signal
from services.alerts import organisation
from services.alerts.database import STATEMENT_ROWS
from services.alerts.tables.pseudonymous import PERSON_DAY
from tests.fakes.scores import MONDAY, mac

PARENTS: Final[dict[str, str | None]] = {
    "org": None,
    "sales": "org",
    "sales.a": "sales",
    "sales.b": "sales",
    "plant": "org",
}
TREE: Final = UnitTree(Unit(unit, above, 30) for unit, above in PARENTS.items())
ELSEWHERE: Final = "moved.away"
LEAVES: Final = (*TREE.leaves, ELSEWHERE)
FOUR: Final = four_weeks_of(MONDAY)
Key = tuple[str, str, int]
"""Person, leaf, and number of the day from the Monday before the four weeks."""
Days = Mapping[Key, PersonDay]


def plain(written: Days, window: Window) -> dict[str, Cell]:
    """The cells of *window*, everybody held at once: each where they wrote first in their block."""
    days: defaultdict[tuple[int, str], dict[date, PersonDay]] = defaultdict(dict)
    firsts: defaultdict[tuple[int, str], list[tuple[date, str]]] = defaultdict(list)
    for (person, leaf, number), sums in written.items():
        day = MONDAY + timedelta(days=number)
        theirs = days[block(day), person]
        theirs[day] = theirs.get(day, PersonDay()) + sums
        if leaf != ELSEWHERE:
            firsts[block(day), person].append((day, leaf))
    leaves: defaultdict[str, Cell] = defaultdict(Cell)
    for key, first in firsts.items():
        leaves[min(first)[1]] += cell_of(days[key], window)
    return TREE.roll_up(leaves)


def streamed(
    engine: Engine, written: Days, read: Window, windows: Sequence[Window]
) -> list[dict[str, Cell]]:
    """The cells of each of *windows*, from rows that are taken back."""
    rows = [
        {
            "block": block(MONDAY + timedelta(days=number)),
            "pid": mac(person),
            "leaf": leaf,
            "local_day": MONDAY + timedelta(days=number),
            "messages": sums.messages,
            "valence_micro": sums.valence_micro,
            "signals": list(sums.signals),
            "drivers": list(sums.drivers),
        }
        for (person, leaf, number), sums in written.items()
    ]
    with engine.connect() as connection, connection.begin() as transaction:
        if rows:
            connection.execute(PERSON_DAY.insert(), rows)
        everybody = organisation.people(connection, read, TREE)
        found = [everybody.cells(window) for window in windows]
        transaction.rollback()
    return found


def sums_of(messages: int, valence: int, carried: int) -> PersonDay:
    return PersonDay(
        messages,
        messages * valence,
        (carried % (messages + 1), *(0,) * (len(Signal) - 1)),
        (*(0,) * (len(Driver) - 1), messages),
    )


keys = st.tuples(st.sampled_from("abcd"), st.sampled_from(LEAVES), st.integers(-7, 34))
sums = st.builds(sums_of, st.integers(1, 9), st.integers(-1_000_000, 1_000_000), st.integers(0, 9))
whatever = st.dictionaries(keys, sums, max_size=30)


@pytest.mark.parametrize("read", [week_of(MONDAY + timedelta(days=7)), FOUR], ids=str)
@given(written=whatever)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cells_read_person_by_person_are_those_of_all_people_at_once(
    engine: Engine, read: Window, written: Days
) -> None:
    windows = [read, *read.split(Cadence.WEEK)]
    found = streamed(engine, written, read, windows)

    assert found == [plain(written, window) for window in windows]


def test_a_person_whose_days_come_in_two_portions_counts_once(engine: Engine) -> None:
    written = crowd(STATEMENT_ROWS // 2)
    (found,) = streamed(engine, written, FOUR, [FOUR])

    assert len(written) > 4 * STATEMENT_ROWS
    assert found == plain(written, FOUR)


def test_a_day_is_read_with_those_before_it_in_its_week(engine: Engine) -> None:
    written = {("a", "plant", day): sums_of(9, 500_000, 0) for day in range(7)}
    saturday = Window(Cadence.DAY, MONDAY + timedelta(days=5), MONDAY + timedelta(days=6))
    (found,) = streamed(engine, written, saturday, [saturday])

    # Four a day from Monday to Friday fill the week.
    assert (found["plant"].messages, found["plant"].weight) == (9, 0)


def crowd(people: int) -> dict[Key, PersonDay]:
    chance = Random(1)  # noqa: S311  a crowd, not a secret
    return {
        (f"p{person}", LEAVES[person % len(LEAVES)], day): sums_of(
            chance.randint(1, 9), chance.randint(-1_000_000, 1_000_000), chance.randint(0, 9)
        )
        for person in range(people)
        for day in chance.sample(range(28), 11)
    }
