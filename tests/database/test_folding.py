"""A day of more people than a statement takes becomes sums to the last of them."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from services.alerts import database, folding
from services.alerts.database import STATEMENT_ROWS
from services.alerts.tables.pseudonymous import FOLDED_DAY, OPEN_SCORE, PERSON_DAY
from tests.fakes.scores import MONDAY, NOON, mac, score
from tests.fakes.stage import Stage

PEOPLE = 2 * STATEMENT_ROWS + 1


def test_everybody_of_a_large_day_has_their_sum(engine: Engine) -> None:
    stage = Stage(engine)
    stage.send(
        [
            score((person % 3 - 1) / 2, message=f"{person} {number}", person=f"{person}")
            for person in range(PEOPLE)
            for number in range(2)
        ]
    )
    with database.writing(engine) as connection:
        folded = folding.fold(connection, MONDAY, NOON)

    with database.reading(engine).begin() as connection:
        found = {
            pid: (messages, valence)
            for pid, messages, valence in connection.execute(
                select(PERSON_DAY.c.pid, PERSON_DAY.c.messages, PERSON_DAY.c.valence_micro)
            )
        }
        assert found == {
            mac(f"{person}"): (2, (person % 3 - 1) * 1_000_000) for person in range(PEOPLE)
        }
        assert connection.scalar(select(func.count()).select_from(OPEN_SCORE)) == 0
        assert connection.scalars(select(FOLDED_DAY.c.models)).all() == [["fake-1"]]
    assert folded == 2 * PEOPLE
