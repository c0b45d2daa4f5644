"""``barograph database`` makes the schema and says whether it is there."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from services.alerts import database, migrations
from services.cli.climate_database import climate_database

NOWHERE = "postgresql+psycopg://reader:canary@127.0.0.1:1/barograph"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(climate_database, arguments)


def test_a_new_file_is_brought_to_this_version(tmp_path: Path) -> None:
    path = tmp_path / "climate.db"

    before = run("check", "--database", str(path))
    made = path.exists()
    applied = [run("apply", "--database", str(path)).exit_code for _ in range(2)]
    after = run("check", "--database", str(path))

    assert (before.exit_code, made, applied, after.exit_code) == (2, False, [0, 0], 0)


def test_an_older_schema_is_told(tmp_path: Path) -> None:
    path = tmp_path / "climate.db"
    engine = database.open_engine(path)
    migrations.upgrade(engine, "0001")
    engine.dispose()

    checked = run("check", "--database", str(path))

    assert (checked.exit_code, checked.output) == (1, "the schema is not that of this version\n")


def test_a_file_has_no_roles(tmp_path: Path) -> None:
    refused = run("apply", "--database", str(tmp_path / "climate.db"), "--reader", "somebody")

    assert refused.exit_code == 2
    assert "only PostgreSQL has roles" in refused.output


def test_a_server_that_is_away_is_told_without_its_password() -> None:
    for verb in ("apply", "check"):
        away = run(verb, "--database", NOWHERE)

        assert away.exit_code == 2
        assert "does not answer" in away.output
        assert "canary" not in away.output
