"""Units are compared once a quarter; the finding is final and can be made again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, select, text

from models.climate.detection.comparison import Standing
from models.climate.windows import Cadence, blocks_of
from services.alerts import database, ledger
from services.alerts.ledger import comparisons
from services.alerts.ledger.comparisons import Comparison
from services.alerts.tables import released
from services.cli.replay import replay
from tests.fakes.quarter import CLOSED, LOWEST, QUARTER, fill, plant

LATER = CLOSED + timedelta(days=1)
LOW = {"d1.t2": -0.15}


def made(connection: Connection, **changed: object) -> Comparison:
    plant(connection)
    found = comparisons.make(connection, fill(connection, LOW, **changed), LATER)  # type: ignore[arg-type]  # by name
    assert found is not None
    return found


def standings(found: Comparison) -> dict[str, Standing]:
    return {one.unit: one.standing for one in found.units}


def without_guard(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("SET LOCAL search_path = released"))
        else:
            for table in released.FINAL:
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table.name}_refuses_{verb}"))
        connection.execute(text(statement))


def checked(engine: Engine) -> ledger.LedgerCheck:
    with database.reading(engine).begin() as connection:
        return ledger.verify(connection)


def replays(engine: Engine) -> list[tuple[str, bool]]:
    with database.reading(engine).begin() as connection:
        return list(comparisons.replayed(connection))


def test_the_lowest_units_of_the_quarter_are_compared_and_one_is_clearly_below(
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        found = made(connection)

        assert comparisons.of_quarter(connection, QUARTER) == found
        assert comparisons.newest(connection) == found
        assert comparisons.quarters(connection) == (QUARTER,)
    blocks = blocks_of(QUARTER)
    assert (found.start, found.end) == (blocks[0].start, blocks[-1].end_exclusive)
    assert (found.quarter, found.weeks, found.compared, found.wrong_share) == (QUARTER, 16, 9, 0.1)
    assert tuple(standings(found)) == LOWEST
    assert {u for u, s in standings(found).items() if s is Standing.BELOW} == {"d1.t2"}
    assert Standing.ABOVE not in standings(found).values()


def test_it_is_found_when_the_last_four_weeks_close_and_not_before(engine: Engine) -> None:
    with engine.begin() as connection:
        plant(connection)
        last = fill(connection, LOW)
        earlier = blocks_of(QUARTER)[-2]
        week = last.split(Cadence.WEEK)[-1]
        open_still = blocks_of("2026Q3")[-1]

        assert comparisons.make(connection, earlier, LATER) is None
        assert comparisons.make(connection, week, LATER) is None
        assert comparisons.make(connection, open_still, LATER) is None
        assert comparisons.make(connection, last, LATER) is not None


def test_it_is_found_once(engine: Engine) -> None:
    with engine.begin() as connection:
        made(connection)
        again = comparisons.make(connection, blocks_of(QUARTER)[-1], LATER)

        assert again is None
    assert checked(engine).holds


def test_a_unit_that_was_withheld_too_often_is_not_compared_and_its_department_is(
    engine: Engine,
) -> None:
    gaps = dict.fromkeys(("d0.t0", "d0.t1", "d0.t2", "d0.t3"), 9)
    with engine.begin() as connection:
        found = made(connection, gaps=gaps)

    assert tuple(standings(found)) == ("d0", *LOWEST[4:])


def test_weeks_of_another_model_are_not_compared(engine: Engine) -> None:
    with engine.begin() as connection:
        found = made(connection, models={0: "tuned-0", 1: "tuned-0"})

    assert (found.weeks, found.start) == (8, blocks_of(QUARTER)[2].start)


def test_where_fewer_than_four_units_are_published_that_is_all_that_is_said(
    engine: Engine,
) -> None:
    with engine.begin() as connection:
        found = made(connection, units=("org", "d0", "d1", "d9"))

    assert (found.compared, found.units, found.weeks) == (0, (), 16)
    assert replays(engine) == [(QUARTER, True)]


def test_the_ledger_vouches_for_it_and_it_comes_out_again(engine: Engine) -> None:
    with engine.begin() as connection:
        made(connection)
        kinds = connection.execute(select(released.LEDGER.c.kind)).scalars().all()

    assert kinds.count("comparison") == 1
    assert checked(engine).holds
    assert replays(engine) == [(QUARTER, True)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comparison SET body = replace(body, 'clearly_below', 'clearly_above')",
        "UPDATE comparison SET computed_at = '2027-02-03 00:00:00'",
        "UPDATE comparison SET quarter = '2026Q3'",
        "DELETE FROM comparison",
    ],
)
def test_whatever_is_changed_of_it_is_found(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        made(connection)
    before = checked(engine).entries
    without_guard(engine, statement)

    assert (checked(engine).broken_at, checked(engine).fault) == (before, "comparison")


def test_one_that_nobody_vouches_for_is_found(engine: Engine) -> None:
    with engine.begin() as connection:
        plant(connection)
        fill(connection, LOW)
        row = {"quarter": QUARTER, "body": "{}", "computed_at": LATER}
        connection.execute(released.COMPARISON.insert().values(row))

    assert checked(engine).fault == "unlisted"
    assert replays(engine) == [(QUARTER, False)]


def test_a_second_entry_of_a_quarter_is_found(engine: Engine) -> None:
    with engine.begin() as connection:
        made(connection)
        entry = released.LEDGER.c
        body = connection.execute(select(entry.body).where(entry.kind == "comparison")).scalar_one()
        ledger.append(connection, "comparison", json.loads(body), LATER)

    assert checked(engine).fault == "comparison"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE released_statistic SET weighted_micro = 0 WHERE unit = 'd0.t1'",
        "UPDATE comparison SET body = replace(body, 'clearly_below', 'not_distinguishable')",
        "UPDATE comparison SET body = replace(body, 'd9', 'd8')",
        "DELETE FROM released_statistic WHERE unit = 'd9'",
    ],
)
def test_a_finding_that_the_sums_do_not_make_is_told_by_the_command(
    engine: Engine, statement: str
) -> None:
    with engine.begin() as connection:
        made(connection)
    place = engine.url.render_as_string(hide_password=False)
    good = CliRunner().invoke(replay, ["--all", "--database", place])
    without_guard(engine, statement)
    bad = CliRunner().invoke(replay, ["--all", "--database", place])

    assert (good.exit_code, bad.exit_code) == (0, 1)
    assert "1 quarters compared; 0 differ" in good.output
    assert f"{QUARTER}: the comparison of units is not what the sums make" in bad.output
