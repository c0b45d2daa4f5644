"""A4: wait until somebody is erased and read the value again.

Who: a manager of a team of eleven who knows that one of them has opted out, asked for erasure or
deleted something.
What they try: they wrote down last week's value.  If it is worked out anew without that person,
eleven times the old value less ten times the new one is what that person wrote.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import select

from models.climate.windows import Cadence, four_weeks_of
from services.alerts import database
from services.alerts.tables.released import PUBLISHED_CELL, RELEASED_STATISTIC
from tests.attacks.figures import note
from tests.fakes.scores import MONDAY, deletion, score, withdrawal
from tests.fakes.stage import Stage, organisation
from tests.services.alerts.conftest import Serve

PEOPLE = 11
SPREAD = 0.12
"""Of the means of people, as the design study has it."""
VICTIM = "plant 3 0"
PAGES = ("/metrics/indicators", "/v1/indicators", "/?lang=en")


def errors(decimals: int | None, trials: int = 4_000) -> float:
    """Mean error of the attacker about the person who went."""
    chance = np.random.default_rng(4)
    people = chance.normal(0.1, SPREAD, (trials, PEOPLE))
    before, after = people.mean(axis=1), people[:, 1:].mean(axis=1)
    if decimals is not None:
        before, after = before.round(decimals), after.round(decimals)
    return float(np.abs(PEOPLE * before - (PEOPLE - 1) * after - people[:, 0]).mean())


def test_a_restated_value_gives_away_who_was_erased() -> None:
    exact, fine, coarse = errors(None), errors(3), errors(2)
    guess = SPREAD * np.sqrt(2 / np.pi)  # of somebody who knows the mean alone
    note(
        "A4", "error about the person erased: exact, 3, 2 decimals",
        without=f"{exact:.3f} / {fine:.3f} / {coarse:.3f} (guessing {guess:.3f})",
    )  # fmt: skip

    assert exact < 1e-9
    assert fine < 0.01
    assert coarse < 0.6 * guess


def stored(place: Path) -> list[str]:
    """The published rows of weeks, as they stand in the file."""
    engine = database.open_engine(place)
    with database.reading(engine).begin() as connection:
        rows = [
            repr(tuple(row))
            for table in (PUBLISHED_CELL, RELEASED_STATISTIC)
            for row in connection.execute(
                select(table).where(table.c.cadence == Cadence.WEEK.value)
            )
        ]
    engine.dispose()
    return sorted(rows)


def test_nothing_that_happens_later_changes_a_byte_of_what_was_published(
    published: Path, serve: Serve
) -> None:
    engine = database.open_engine(published)
    stage = Stage(engine)
    before = stored(published)
    with serve(published) as client:
        first = [client.get(page) for page in PAGES]
        stage.send([withdrawal(person=VICTIM)])  # opts out, or is erased
        stage.reach(stage.now + timedelta(hours=1))
        second = [client.get(page) for page in PAGES]
        stage.send([deletion(message="plant 4 2024-01-29 0 0", leaf="plant")])
        stage.send([score(-1.0, message=f"late {n}", person="new", leaf="plant") for n in range(9)])
        stage.reach(stage.now + timedelta(hours=1))
        late = [client.get(page).content for page in PAGES[:2]]
        stage.reach(four_weeks_of(MONDAY).ends + timedelta(hours=48))
    engine.dispose()
    note("A4", "error about the person erased: exact, 3, 2 decimals", ours="rows identical")

    assert len(before) > 3
    assert [a.content for a in first] == [a.content for a in second]
    assert first[1].headers["etag"] == second[1].headers["etag"]
    assert late == [a.content for a in first[:2]]
    assert stored(published) == before


def test_the_four_weeks_that_follow_an_opt_out_do_not_tell_of_it_either(place: Path) -> None:
    """Eleven of twelve are left over the month; what the weeks say of twelve stays beside it."""
    shown = {}
    for opted_out in (False, True):
        copy = place.with_name(f"{opted_out}.db")
        copy.write_bytes(place.read_bytes())
        engine = database.open_engine(copy)
        stage = Stage(engine)
        stage.send(organisation(weeks=4, people={"sales.a": 20, "sales.b": 12, "plant": 15}))
        stage.reach(four_weeks_of(MONDAY).ends)  # every week has closed by now but the last
        if opted_out:
            stage.send([withdrawal(person="sales.b 0 0")])
        stage.reach(four_weeks_of(MONDAY).ends + timedelta(hours=48))
        shown[opted_out] = {unit for _, unit in stage.values(four_weeks_of(MONDAY))}
        engine.dispose()

    assert shown[False] == {"sales.b"}
    assert shown[True] == set()  # with it, the month and the weeks would differ by one person
