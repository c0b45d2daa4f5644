"""A directory is whole and free of contradictions, or refused with pointers that quote nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.failures import Fault, Malformed
from services.ingest import directory_store
from services.ingest.directory import Directory, DirectoryPerson, checked
from services.ingest.directory_formats import CSV, JSON, parse
from services.ingest.gateway_database import open_gateway_database
from tests.fakes.admission import DIRECTORY, SINCE, unit

UNITS = [
    {"id": "acme", "names": {"en": "Acme", "nl": "Acme NL", "fr": "Acme FR"}},
    {"id": "acme.sales", "parent": "acme", "names": {"en": "Sales"}},
    {"id": "acme.support", "parent": "acme"},
]
PERSON = {
    "person": "p1",
    "unit": "acme.sales",
    "identities": ["slack:T0/U1", "mail:Anna@Example.org"],
    "time_zone": "Europe/Brussels",
    "since": "2024-01-01",
    "kind": "human",
    "name": "Anna de Vries",
}
HEADING = "person,unit,identities,time_zone,since,kind,name"


def body(*people: dict[str, Any], units: list[dict[str, Any]] | None = None) -> bytes:
    return json.dumps({"units": UNITS if units is None else units, "people": people}).encode()


def faults_of(raw: bytes, media_type: str = JSON) -> tuple[Fault, ...]:
    with pytest.raises(Malformed) as caught:
        parse(raw, media_type)
    return caught.value.faults


def test_json_becomes_a_directory() -> None:
    directory = parse(body(PERSON), JSON)

    (person,) = directory.people
    assert person.identities == ("slack:T0/U1", "mail:anna@example.org")
    assert [one.id for one in directory.units] == ["acme", "acme.sales", "acme.support"]
    assert directory.units[1].names.fr == "Sales"
    assert directory.units[2].names.nl == "support"


def test_csv_says_the_same_as_json() -> None:
    row = 'p1,acme.sales,slack:T0/U1;mail:Anna@Example.org,Europe/Brussels,2024-01-01,,"Vries, A"'
    directory = parse(f"\ufeff{HEADING}\r\n{row}\r\n".encode(), CSV)

    (person,) = directory.people
    assert person.identities == ("slack:T0/U1", "mail:anna@example.org")
    assert (person.name, person.since, person.kind.value) == ("Vries, A", date(2024, 1, 1), "human")
    assert [(one.id, one.parent) for one in directory.units] == [
        ("acme", None),
        ("acme.sales", "acme"),
    ]


def test_a_spreadsheet_with_semicolons_is_understood() -> None:
    raw = b"person;unit;identities;since\np1;acme.x;demo:a|demo:b;2024-01-01\n"

    assert parse(raw, CSV).people[0].identities == ("demo:a", "demo:b")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"unit": "acme.none"}, "/people/1/unit", "unknown_unit"),
        ({"person": "p1"}, "/people/1/person", "duplicate_person"),
        ({"identities": ["slack:T0/U1"]}, "/people/1/identities", "duplicate_identity"),
        ({"identities": ["mail:ANNA@example.org"]}, "/people/1/identities", "duplicate_identity"),
        ({"identities": []}, "/people/1/identities", "too_short"),
        ({"identities": ["nobody"]}, "/people/1/identities/0", "string_pattern_mismatch"),
        ({"time_zone": "Mars/Olympus"}, "/people/1/time_zone", "unknown_time_zone"),
        ({"since": "yesterday"}, "/people/1/since", "date_from_datetime_parsing"),
        ({"kind": "boss"}, "/people/1/kind", "enum"),
        ({"person": ""}, "/people/1/person", "missing"),
        ({"salary": 1}, "/people/1", "extra_forbidden"),
    ],
)
def test_a_row_that_does_not_fit_is_pointed_at(
    changes: dict[str, Any], pointer: str, code: str
) -> None:
    other = {**PERSON, "person": "p2", "identities": ["slack:T0/U2"], **changes}

    assert faults_of(body(PERSON, other))[0] == Fault(pointer, code)


@pytest.mark.parametrize(
    ("units", "pointer", "code"),
    [
        ([], "/units", "no_units"),
        ([*UNITS, {"id": "other"}], "/units", "several_roots"),
        ([*UNITS, {"id": "acme.sales", "parent": "acme"}], "/units/3/id", "duplicate_unit"),
        ([*UNITS, {"id": "x", "parent": "none"}], "/units/3/parent", "unknown_parent"),
        ([*UNITS, {"id": "x", "parent": "x"}], "/units/3/parent", "cycle"),
        ([*UNITS, {"id": "acme.staff", "parent": "acme"}], "/units/3/id", "reserved"),
        ([*UNITS, {"id": "Acme X", "parent": "acme"}], "/units/3/id", "string_pattern_mismatch"),
    ],
)
def test_a_tree_that_is_none_is_pointed_at(
    units: list[dict[str, Any]], pointer: str, code: str
) -> None:
    assert faults_of(body(PERSON, units=units))[0] == Fault(pointer, code)


def test_units_in_a_ring_are_no_tree() -> None:
    ring = [{"id": "a", "parent": "b"}, {"id": "b", "parent": "a"}]

    assert {fault.code for fault in faults_of(body(units=ring))} == {"cycle"}


def test_a_tree_may_not_be_deeper_than_twelve_levels() -> None:
    line = [{"id": f"u{n}", "parent": f"u{n - 1}" if n else None} for n in range(13)]

    assert len(parse(body(units=line[:12]), JSON).units) == 12
    assert faults_of(body(units=line)) == (Fault("/units/12/parent", "too_deep"),)


def test_faults_of_a_file_point_at_the_rows_of_a_spreadsheet() -> None:
    raw = f"{HEADING}\np1,acme.x,demo:a,UTC,2024-01-01,,\np2,acme.x,demo:a,UTC,soon,,\n".encode()
    short = f"{HEADING}\np1,acme.x\n".encode()

    assert faults_of(raw, CSV)[0].pointer == "/rows/3/since"
    assert faults_of(short, CSV) == (Fault("/rows/2", "columns"),)
    assert faults_of(b"name,age\n", CSV) == (Fault("/rows/1", "columns"),)
    assert faults_of(b"\xff\xfe", CSV) == (Fault("", "not_utf_8"),)
    assert faults_of(b"", CSV) == (Fault("/rows/1", "columns"),)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"[" * 10_000, b'{"units":[],"people":{}}'])
def test_what_is_no_directory_is_malformed(raw: bytes) -> None:
    assert faults_of(raw)


def test_a_thousand_faults_are_told_fifty_at_a_time_and_quote_nothing() -> None:
    rows = [{**PERSON, "person": f"p{n}", "since": "canary"} for n in range(1_000)]

    with pytest.raises(Malformed) as caught:
        parse(body(*rows), JSON)

    assert len(caught.value.faults) == 50
    assert "canary" not in f"{caught.value}{caught.value!r}{caught.value.__context__!r}"


def test_eligible_people_are_counted_up_the_tree_through_staff_leaves() -> None:
    record = DIRECTORY.units_record("2026Q4")

    assert {one.id: (one.parent, one.eligible) for one in record.units} == {
        "acme": (None, 2),
        "acme.sales": ("acme", 1),
        "acme.support": ("acme", 0),  # a robot, a guest, and somebody who came later
        "acme.staff": ("acme", 1),
    }
    assert DIRECTORY.units_record("2026Q4", date(2026, 12, 8)).units[0].eligible == 3


def test_a_staff_leaf_stands_whether_or_not_anybody_is_in_it() -> None:
    empty = Directory(DIRECTORY.units)

    assert {one.id for one in empty.units_record("2026Q4").units} == {
        one.id for one in DIRECTORY.units_record("2026Q4").units
    }


@st.composite
def trees(draw: st.DrawFn) -> Directory:
    parents = draw(st.lists(st.integers(0, 30), max_size=30))
    units = [unit("u0")]
    depth = {"u0": 1}
    for number, wanted in enumerate(parents, 1):
        parent = f"u{wanted % number}"
        if depth[parent] == 12:
            parent = "u0"
        units.append(unit(f"u{number}", parent))
        depth[f"u{number}"] = depth[parent] + 1
    homes = draw(st.lists(st.sampled_from([one.id for one in units]), max_size=40))
    people = [
        DirectoryPerson(f"p{n}", home, (f"demo:{n}",), "UTC", SINCE) for n, home in enumerate(homes)
    ]
    shuffled = draw(st.permutations(units))
    return checked([("", one) for one in shuffled], [("", one) for one in people])


@given(trees())
def test_every_person_counts_once_in_each_unit_above(directory: Directory) -> None:
    record = directory.units_record("2026Q4")
    eligible = {one.id: one.eligible for one in record.units}
    below: dict[str | None, int] = {}
    seen: set[str | None] = {None}
    for one in record.units:
        assert one.parent in seen, "parents come before children"
        seen.add(one.id)
        below[one.parent] = below.get(one.parent, 0) + one.eligible

    assert below[None] == len(directory.people)
    assert all(below[name] == eligible[name] for name in below if name is not None)


def test_a_saved_directory_comes_back(tmp_path: Path) -> None:
    engine = open_gateway_database(tmp_path / "gateway.db")
    with engine.begin() as connection:
        directory_store.save(connection, Directory(DIRECTORY.units, DIRECTORY.people[:1]))
        directory_store.save(connection, DIRECTORY)

    with engine.connect() as connection:
        loaded = directory_store.load(connection)

    assert loaded.units == DIRECTORY.units
    assert {one.key: one for one in loaded.people} == {one.key: one for one in DIRECTORY.people}
