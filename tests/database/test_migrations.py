"""The schema that migrations make is the schema that the code reads, forth and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, insert, inspect, select

from models.climate.windows import week_of
from services.alerts import database, migrations
from services.alerts.ledger import statistics
from services.alerts.rules import catalogue
from services.alerts.rules.rule import RESIGNATION_WAVE, Drop
from services.alerts.tables import operations, outcomes, pseudonymous, released

MADE = datetime(2026, 11, 1, tzinfo=UTC)
ZONES = (pseudonymous.METADATA, released.METADATA, operations.METADATA, outcomes.METADATA)


def tables(engine: Engine) -> set[str]:
    found = inspect(engine)
    if engine.dialect.name == "sqlite":
        return set(found.get_table_names()) - {"alembic_version"}
    schemas = set(found.get_schema_names()) & set(database.ZONES)
    return {table for schema in schemas for table in found.get_table_names(schema)}


def test_migrations_make_every_table_and_take_every_one_back(empty_url: str) -> None:
    engine = database.open_engine(empty_url)
    assert not migrations.is_current(engine)
    migrations.upgrade(engine)
    wanted = {table.name for zone in ZONES for table in zone.sorted_tables}
    assert tables(engine) == wanted
    assert migrations.is_current(engine)
    migrations.upgrade(engine)  # harmless where nothing is missing
    migrations.downgrade(engine)
    assert tables(engine) == set()
    migrations.upgrade(engine)
    assert tables(engine) == wanted
    engine.dispose()


def test_rows_that_were_final_before_a_step_keep_what_they_say(empty_url: str) -> None:
    engine = database.open_engine(empty_url)
    migrations.upgrade(engine, "0003")
    old = {c.name: c for c in released.RELEASED_STATISTIC.c if not c.nullable}
    row = dict(zip(old, ("o", "week", date(2024, 1, 29), 9, 7, 10, 9.5), strict=True))
    with engine.begin() as connection:
        connection.execute(insert(released.RELEASED_STATISTIC), row)
    migrations.upgrade(engine)

    with database.reading(engine).begin() as connection:
        (found,) = statistics.of_window(connection, week_of(date(2024, 1, 29))).values()
    assert (found.weight, found.weighted_micro, found.contributors, found.n_eff) == (9, 7, 10, 9.5)
    assert (found.squares_micro, dict(found.shares)) == (None, {})
    engine.dispose()


def test_the_code_and_the_migrations_agree_on_every_column(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        for zone in ZONES:
            found = inspect(engine)
            for table in zone.sorted_tables:
                columns = {c["name"]: not c["nullable"] for c in found.get_columns(table.name)}
                assert columns == {c.name: not c.nullable for c in table.c}
        return

    def ours(_: object, name: str | None, kind: str, *__: Any) -> bool:
        return kind != "schema" or name in database.ZONES

    with engine.connect() as connection:
        options = {"include_schemas": True, "include_name": lambda n, k, _: ours(None, n, k)}
        context = MigrationContext.configure(connection, opts=options)
        everything = MetaData()
        for zone in ZONES:
            for table in zone.sorted_tables:
                table.to_metadata(everything)
        differences = compare_metadata(context, everything)
    assert [each for each in differences if "alembic_version" not in repr(each)] == []


def test_rules_of_an_older_version_can_still_be_read_forth_and_back(empty_url: str) -> None:
    old = {
        "uid": "sustained_drop", "version": 1, "names": {"en": "a", "nl": "b", "fr": "c"},
        "indicator": "valence", "cadence": "week", "level": 2, "least_contributors": 20,
        "condition": {"kind": "drop", "threshold": 0.1, "recovery": 0.05}, "for_windows": 2,
        "keep_windows": 0, "hold_max": 4, "severity": "warning", "enabled": True,
    }  # fmt: skip
    engine = database.open_engine(empty_url)
    migrations.upgrade(engine, "0005")
    made = {"uid": old["uid"], "version": 1, "document": json.dumps(old), "created_at": MADE}
    with engine.begin() as connection:
        connection.execute(operations.RULE.insert().values(made))
    migrations.upgrade(engine)
    with engine.begin() as connection:
        condition = catalogue.version_of(connection, "sustained_drop", 1).condition
        catalogue.install(connection, catalogue.BUILT_IN, MADE)
        assert len(catalogue.current(connection)) == len(catalogue.BUILT_IN)
    migrations.downgrade(engine, "0005")
    with engine.begin() as connection:
        documents = connection.execute(select(operations.RULE.c.document)).scalars().all()
    engine.dispose()

    assert condition == Drop(threshold=0.1, recovery=0.05, level=2, least_contributors=20)
    assert [json.loads(document) for document in documents] == [old]


def test_a_rule_that_an_older_version_cannot_read_goes_with_the_step_back(empty_url: str) -> None:
    engine = database.open_engine(empty_url)
    migrations.upgrade(engine)
    with engine.begin() as connection:
        catalogue.install(connection, catalogue.BUILT_IN, MADE)
        catalogue.switch(connection, RESIGNATION_WAVE, MADE, on=True)
    migrations.downgrade(engine, "0007")
    with engine.begin() as connection:
        left = connection.execute(select(operations.RULE.c.uid)).scalars().all()
    engine.dispose()

    assert sorted(left) == sorted(rule.uid for rule in catalogue.BUILT_IN)


def test_the_zones_are_schemas_where_there_are_schemas(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        assert set(database.ZONES) <= set(inspect(engine).get_schema_names())
    assert database.url_of("var/climate.db") == "sqlite:///var/climate.db"
