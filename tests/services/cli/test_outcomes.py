"""``barograph outcomes`` imports a file whole, says why not, and keeps no token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.alerts import database, migrations
from services.alerts.main import create_app
from services.alerts.settings import AlertsSettings
from services.cli.main import main
from tests.fakes import business
from tests.fakes.business import LEAVERS, NOW, registering
from tests.fakes.receiver import serving


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["outcomes", *arguments])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "climate.db"
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    with database.writing(engine) as connection:
        business.tree(connection)
    engine.dispose()
    return path


@contextmanager
def service(place: Path) -> Iterator[str]:
    settings = AlertsSettings(
        database=str(place),
        governance=place,
        policy_public_key=place,
        endpoint_key=place.with_name("endpoints.key"),
    )
    with serving(create_app(settings, registering(LEAVERS), lambda: NOW), lifespan="on") as port:
        yield f"http://127.0.0.1:{port}"


def make_key(place: Path) -> str:
    return run("keys", "create", "--database", str(place), "--expires-in", "730d").stdout.strip()


def figures(folder: Path, *rows: str) -> str:
    path = folder / "figures.csv"
    path.write_text("\n".join(["outcome,unit,month,value,people,events", *rows]))
    return str(path)


def test_a_file_is_imported_and_comes_again_without_a_change(place: Path) -> None:
    key = make_key(place)
    path = figures(place.parent, "leavers,north,2026-09,1.5,200,7")
    with service(place) as address:
        first = run("import", path, "--alerts", address, "--key", key)
        again = run("import", path, "--alerts", address, "--key", key)

    assert (first.exit_code, again.exit_code) == (0, 0)
    # The service logs to the same standard output, from its own thread.
    assert "1 new, 0 corrected, 0 unchanged\n" in first.stdout
    assert "0 new, 0 corrected, 1 unchanged\n" in again.stdout


def test_refused_rows_are_named_in_words(place: Path) -> None:
    path = figures(
        place.parent, "leavers,north,2026-09,1.5,200,7", "leavers,north,2026-08,1.5,20,7"
    )
    key = make_key(place)
    with service(place) as address:
        answer = run("import", path, "--alerts", address, "--key", key)

    assert answer.exit_code == 1
    assert answer.stderr == (
        "row 3: fewer than 50 people\n1 rows are refused, and nothing was taken.\n"
    )


def test_a_key_that_was_revoked_opens_nothing(place: Path) -> None:
    key = make_key(place)
    path = figures(place.parent, "leavers,north,2026-09,1.5,200,7")
    revoked = run("keys", "revoke", key[4:16], "--database", str(place))
    with service(place) as address:
        answer = run("import", path, "--alerts", address, "--key", key)

    assert revoked.exit_code == 0
    assert (answer.exit_code, answer.stderr.count("opens nothing")) == (1, 1)
    assert run("keys", "revoke", "0" * 12, "--database", str(place)).exit_code == 1


def test_the_list_shows_keys_and_never_a_token(place: Path) -> None:
    key = make_key(place)
    listed = run("keys", "list", "--database", str(place)).stdout

    assert listed.startswith(f"{key[4:16]}  active ")
    assert key[17:] not in listed


def test_without_a_service_or_a_key_it_says_so(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BAROGRAPH_OUTCOMES_KEY", raising=False)
    path = figures(place.parent, "leavers,north,2026-09,1.5,200,7")
    nobody = run("import", path, "--alerts", "http://127.0.0.1:9", "--key", "bgk_x")
    nowhere = run("import", path, "--alerts", "ht!tp:", "--key", "bgk_x")

    assert (nobody.exit_code, nobody.stderr) == (
        1,
        "there is no alerts service at http://127.0.0.1:9\n",
    )
    assert nowhere.exit_code == 1
    assert run("import", path).exit_code == 2
    assert run("import", f"{path}.none", "--key", "x").exit_code == 2


def test_a_database_that_cannot_be_opened_is_said_without_its_address() -> None:
    answer = run("keys", "list", "--database", "postgresql://me:secret@127.0.0.1:9/none")

    assert answer.exit_code == 1
    assert "secret" not in answer.output


def test_a_token_stands_alone_on_standard_output(place: Path) -> None:
    made = run("keys", "create", "--database", str(place), "--name", "HR")

    assert made.stdout.startswith("bgk_")
    assert len(made.stdout.split()) == 1
    assert run("keys", "create", "--database", str(place), "--name", "x" * 81).exit_code == 2
