"""A chart that singles a few people out does not come into force; a transfer always does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.units import UnitNames
from services.ingest.directory import (
    Directory,
    DirectoryPerson,
    DirectoryUnit,
    PersonKind,
    few_apart,
)
from services.ingest.gateway_database import open_gateway_database
from services.ingest.registry import FewApart, Registry

K = 5
TREE: Mapping[str, str | None] = {
    "o": None, "o.a": "o", "o.a.t": "o.a", "o.b": "o", "o.b.t": "o.b", "o.b.u": "o.b", "o.c": "o",
}  # fmt: skip


def chart(homes: Mapping[str, str], tree: Mapping[str, str | None] = TREE) -> Directory:
    """People by key in the units where they are."""
    names = UnitNames(en="x", nl="x", fr="x")
    return Directory(
        tuple(DirectoryUnit(unit, parent, names) for unit, parent in tree.items()),
        tuple(
            DirectoryPerson(key, unit, (f"demo:{key}",), "Europe/Brussels", date(2020, 1, 1))
            for key, unit in homes.items()
        ),
    )


def people(unit: str, count: int, name: str = "p") -> dict[str, str]:
    return {f"{name}{n}": unit for n in range(count)}


def everybody() -> dict[str, str]:
    return {
        **people("o.a.t", 12, "t"), **people("o.a", 1, "boss"), **people("o.b.t", 20, "b"),
        **people("o.b.u", 9, "u"), **people("o.c", 14, "c"),
    }  # fmt: skip


def renamed(old: str, new: str, homes: Mapping[str, str]) -> Directory:
    """The chart with one unit under another id."""
    tree = {new if unit == old else unit: parent for unit, parent in TREE.items()}
    return chart({key: new if unit == old else unit for key, unit in homes.items()}, tree)


def test_everybody_but_one_is_moved_to_a_new_unit() -> None:
    homes = everybody()
    after = {key: "o.n" if unit == "o.c" else unit for key, unit in homes.items()} | {"c0": "o.c"}

    found = few_apart(chart(homes), chart(after, {**TREE, "o.n": "o"}), K)

    assert found == (("o.c", "o.n"),)


def test_a_unit_is_renamed_and_one_of_it_goes_elsewhere() -> None:
    homes = everybody()

    assert few_apart(chart(homes), renamed("o.c", "o.z", homes | {"c0": "o.b.t"}), K)
    assert few_apart(chart(homes), renamed("o.c", "o.z", homes), K) == ()


def test_two_units_change_their_ids_but_for_one_person() -> None:
    homes = everybody()
    swap = {"o.c": "o.b.t", "o.b.t": "o.c"}
    after = {key: swap.get(unit, unit) for key, unit in homes.items()} | {"c0": "o.c"}

    assert ("o.c", "o.b.t") in few_apart(chart(homes), chart(after), K)


@given(st.sampled_from(sorted(everybody())), st.sampled_from(sorted(TREE)))
def test_one_person_may_always_move(person: str, unit: str) -> None:
    homes = everybody()

    assert few_apart(chart(homes), chart(homes | {person: unit}), K) == ()


@given(st.sets(st.sampled_from(sorted(everybody()))))
def test_whoever_leaves_may_leave_and_whoever_comes_may_come(gone: set[str]) -> None:
    homes = everybody()
    left = {key: unit for key, unit in homes.items() if key not in gone}

    assert few_apart(chart(homes), chart(left), K) == ()
    assert few_apart(chart(left), chart(homes), K) == ()


def test_enough_people_may_move_to_a_new_unit_at_once() -> None:
    homes = everybody()
    after = homes | {f"c{n}": "o.n" for n in range(7)}

    assert few_apart(chart(homes), chart(after, {**TREE, "o.n": "o"}), K) == ()


def test_accounts_that_are_nobody_do_not_hide_a_person() -> None:
    homes = everybody()
    after = {key: "o.n" if unit == "o.c" else unit for key, unit in homes.items()} | {"c0": "o.c"}
    bots = people("o.c", 40, "bot")

    def with_bots(directory: Directory) -> Directory:
        return replace(
            directory,
            people=tuple(
                replace(one, kind=PersonKind.BOT) if one.key.startswith("bot") else one
                for one in directory.people
            ),
        )

    old, new = with_bots(chart(homes | bots)), with_bots(chart(after | bots, {**TREE, "o.n": "o"}))

    assert few_apart(old, new, K) == (("o.c", "o.n"),)


def test_a_directory_that_is_refused_leaves_the_one_before_in_force(tmp_path: Path) -> None:
    homes = everybody()
    known = Registry(open_gateway_database(tmp_path / "gateway.db"), K)
    known.replace(chart(homes))
    in_force = known.directory

    with pytest.raises(FewApart) as refused:
        known.replace(renamed("o.c", "o.z", homes | {"c0": "o.b.t"}))

    assert ("o.c", "o.z") in refused.value.pairs
    assert "c0" not in str(refused.value) + repr(refused.value.pairs)
    assert known.directory is in_force
    again = Registry(open_gateway_database(tmp_path / "gateway.db"), K)
    person = again.find("demo:c1")
    assert person is not None
    assert person.leaf == "o.c"


def test_who_opted_out_is_not_told_by_what_is_refused(tmp_path: Path) -> None:
    homes = everybody()
    enough = homes | {f"c{n}": "o.b.t" for n in range(K)}
    known = Registry(open_gateway_database(tmp_path / "gateway.db"), K)
    known.replace(chart(homes))
    known.opt_out("demo:c0", out=True)

    known.replace(renamed("o.c", "o.z", enough))

    assert "o.z" in known.directory.members()
