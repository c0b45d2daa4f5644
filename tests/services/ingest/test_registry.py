"""Who people are and who is out: in force at once, kept over a restart, silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from services.ingest.directory import Directory
from services.ingest.gateway_database import open_gateway_database
from services.ingest.registry import Registry
from tests.fakes.admission import DIRECTORY, unit


def registry(folder: Path) -> Registry:
    return Registry(open_gateway_database(folder / "gateway.db"), k=5)


def is_out(known: Registry, identity: str) -> bool:
    person = known.find(identity)
    assert person is not None
    return person.opted_out


def test_an_empty_gateway_knows_nobody(tmp_path: Path) -> None:
    known = registry(tmp_path)

    assert known.find("demo:anna") is None
    assert known.redact("Anna de Vries") == "Anna de Vries"


def test_a_new_directory_is_in_force_at_once_and_after_a_restart(tmp_path: Path) -> None:
    known = registry(tmp_path)
    known.replace(DIRECTORY)

    for one in (known, registry(tmp_path)):
        person = one.find("mail:ANNA@example.org")
        assert person is not None
        assert (person.key, person.leaf) == ("p1", "acme.sales")
        assert one.redact("with Anna de Vries") == "with [name]"


def test_a_directory_that_cannot_be_kept_leaves_the_old_one_in_force(tmp_path: Path) -> None:
    known = registry(tmp_path)
    known.replace(DIRECTORY)
    broken = Directory((unit("acme"), unit("acme")), ())

    with pytest.raises(IntegrityError):
        known.replace(broken)

    assert known.directory is DIRECTORY
    assert registry(tmp_path).find("demo:anna") is not None


def test_who_left_and_who_takes_part_again_is_in_none_of_the_files(tmp_path: Path) -> None:
    known = registry(tmp_path)
    known.replace(DIRECTORY)
    known.opt_out("other:canary", out=True)
    for trace in (b"Anna de Vries", b"other:canary"):
        assert any(trace in path.read_bytes() for path in tmp_path.iterdir())

    known.replace(Directory(DIRECTORY.units, DIRECTORY.people[1:]))
    known.opt_out("other:canary", out=False)

    for trace in (b"Anna de Vries", b"other:canary"):
        assert not any(trace in path.read_bytes() for path in tmp_path.iterdir())


def test_an_opt_out_holds_on_every_platform_and_over_a_restart(tmp_path: Path) -> None:
    known = registry(tmp_path)
    known.replace(DIRECTORY)

    known.opt_out("demo:anna", out=True)

    for one in (known, registry(tmp_path)):
        assert is_out(one, "demo:anna")
        assert is_out(one, "mail:anna@example.org")
        assert not is_out(one, "demo:boss")


def test_an_opt_out_outlives_a_directory_with_other_identities(tmp_path: Path) -> None:
    known = registry(tmp_path)
    known.replace(DIRECTORY)
    known.opt_out("demo:anna", out=True)
    anna, *others = DIRECTORY.people
    moved = replace(anna, identities=("demo:anna.v",))
    renumbered = replace(anna, key="p77")

    known.replace(Directory(DIRECTORY.units, (moved, *others)))
    assert is_out(known, "demo:anna.v")
    known.replace(Directory(DIRECTORY.units, (renumbered, *others)))
    assert is_out(known, "demo:anna")


def test_an_opt_out_may_come_before_the_directory(tmp_path: Path) -> None:
    known = registry(tmp_path)

    assert known.opt_out("mail:Anna@example.org", out=True) is None
    known.replace(DIRECTORY)

    assert is_out(known, "demo:anna")


def test_taking_part_again_takes_back_every_opt_out_of_that_person(tmp_path: Path) -> None:
    known = registry(tmp_path)
    known.replace(DIRECTORY)
    known.opt_out("demo:anna", out=True)
    known.opt_out("demo:boss", out=True)

    known.opt_out("mail:anna@example.org", out=False)

    assert not is_out(known, "demo:anna")
    assert is_out(known, "demo:boss")
    assert not is_out(registry(tmp_path), "demo:anna")
