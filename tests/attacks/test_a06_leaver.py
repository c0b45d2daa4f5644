"""A6: compare a team before and after somebody left it.

Who: a manager, who knows who came and who went.
What they try: twelve people last month, eleven this month; the difference should be the twelfth.
Where one and the same week is shown over the old and over the new organisation chart, it is.
Where months follow each other, everybody else's mood has moved too, and the guess is worse than
saying that the person was like the rest.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.climate.disclosure.coarsening import coarse
from models.climate.windows import Window, four_weeks_of, week_of
from services.alerts import database, gateways
from tests.attacks.figures import note
from tests.fakes.scores import MONDAY, score, units
from tests.fakes.stage import ELIGIBLE, PARENTS, Stage, organisation
from tests.services.alerts.conftest import DUE

TEAM = 12
TRIALS = 1_000
Floats = NDArray[np.float64]


def values(blocks: int) -> tuple[Floats, Floats, Floats]:
    """Published values of a team before and after its first member left, and that member's mean.

    Spreads of people, of their four weeks (half a week's) and of messages as the design study has
    them; the mood of the organisation is known and taken away.
    """
    chance = np.random.default_rng(6)
    people = chance.normal(0, 0.06, (TRIALS, 1, TEAM))
    moods = people + chance.normal(0, 0.03, (TRIALS, 2 * blocks, TEAM))
    moods += chance.normal(0, 0.012, (TRIALS, 2 * blocks, 1))
    written = moods + chance.normal(0, 0.33 / np.sqrt(80), moods.shape)
    exact = np.where(
        np.arange(2 * blocks)[None, :] < blocks,
        written.mean(axis=2),
        written[:, :, 1:].mean(axis=2),
    )
    shown = np.vectorize(lambda value: coarse(Fraction(value), TEAM - 1))(exact)
    return shown[:, :blocks], shown[:, blocks:], people[:, 0, 0]


def error(blocks: int) -> float:
    """Root mean square error of the difference as a guess at the person who left."""
    before, after, person = values(blocks)
    guess = TEAM * before.mean(axis=1) - (TEAM - 1) * after.mean(axis=1)
    return float(np.sqrt(((guess - person) ** 2).mean()))


def guessing() -> float:
    """The same of somebody who says that the person was like the team."""
    before, _, person = values(6)
    return float(np.sqrt(((before.mean(axis=1) - person) ** 2).mean()))


def test_one_week_over_two_charts_gives_the_leaver_away() -> None:
    chance = np.random.default_rng(7)
    people = chance.normal(0, 0.12, (TRIALS, TEAM))
    old, new = people.mean(axis=1), people[:, 1:].mean(axis=1)
    off = np.abs(TEAM * old - (TEAM - 1) * new - people[:, 0]).max()
    note("A6", "error about a leaver: same week over two charts", without=f"{off:.3f}")

    assert off < 1e-9


def test_months_that_follow_each_other_tell_less_than_a_guess() -> None:
    one, half_a_year, guess = error(1), error(6), guessing()
    note(
        "A6", "error about a leaver: same week over two charts",
        ours=f"{one:.2f} after 1 month, {half_a_year:.2f} after 6 (guessing {guess:.2f})",
    )  # fmt: skip

    assert one > 2 * guess
    assert half_a_year > guess


def test_a_week_is_never_shown_over_a_second_chart(place: Path) -> None:
    """A new chart comes between the weeks of a block: it waits, and nothing is shown again."""
    moved = units({**PARENTS, "plant.x": "plant"}, {**ELIGIBLE, "plant.x": 1}, "2024Q1")
    engine = database.open_engine(place)
    stage = Stage(engine)
    stage.send(organisation(weeks=4))
    stage.reach(DUE)
    first = stage.values(_week(0))
    with database.writing(engine) as connection:
        taken = gateways.units(connection, moved)
    stage.reach(four_weeks_of(MONDAY).ends + timedelta(hours=48))
    engine.dispose()

    assert not taken
    assert stage.values(_week(0)) == first
    assert all(
        {unit for _, unit in stage.values(window)} <= set(PARENTS)
        for window in map(_week, range(4))
    )


def test_who_is_transferred_stays_where_they_wrote_first_until_the_month_is_over(
    place: Path,
) -> None:
    engine = database.open_engine(place)
    stage = Stage(engine)
    stage.send(organisation(weeks=2))
    stage.send(
        [
            score(1.0, message=f"moved {week} {day}", person="moved", leaf=leaf,
                  local_day=MONDAY + timedelta(weeks=week, days=day))
            for week, leaf in enumerate(["plant", "sales.a"])
            for day in range(3)
        ]
    )  # fmt: skip
    stage.reach(DUE)
    stage.reach(DUE + timedelta(weeks=1))
    engine.dispose()

    assert stage.values(_week(0)) == stage.values(_week(1))


def _week(number: int) -> Window:
    return week_of(MONDAY + timedelta(weeks=number))
