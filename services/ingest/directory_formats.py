"""A directory as it is sent: JSON or CSV.  Faults point at rows and columns and quote nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from services.contracts.failures import Fault, Malformed, faults
from services.contracts.units import Name, UnitNames
from services.ingest.directory import (
    Directory,
    DirectoryPerson,
    DirectoryUnit,
    PersonKind,
    canonical,
    checked,
)

JSON: Final = "application/json"
CSV: Final = "text/csv"
MEDIA_TYPES: Final = (JSON, CSV)
T = TypeVar("T")

MOST_FAULTS: Final = 50
"""Are told at once; the rest shows when these are mended."""
COLUMNS: Final = ("person", "unit", "identities", "time_zone", "since", "kind", "name")
NEEDED: Final = frozenset({"person", "unit", "identities", "since"})

UnitId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,56}$")]
"""A slug that leaves room for ``.staff``."""
Identity = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}:\S(?:.*\S)?$", max_length=512),
    AfterValidator(canonical),
]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Names(_Row):
    en: Name
    nl: Name | None = None
    fr: Name | None = None


class _Unit(_Row):
    id: UnitId
    parent: UnitId | None = None
    names: _Names | None = None


class _Person(_Row):
    person: Key
    unit: UnitId
    identities: Annotated[tuple[Identity, ...], Field(min_length=1, max_length=20)]
    time_zone: Annotated[str, StringConstraints(max_length=64)] = "UTC"
    since: date
    kind: PersonKind = PersonKind.HUMAN
    name: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""

    @model_validator(mode="before")
    @classmethod
    def _without_gaps(cls, row: Any) -> Any:  # noqa: ANN401 - anything that JSON can hold
        """An empty cell, or a null, stands for what the field is without one."""
        if isinstance(row, dict):
            return {name: value for name, value in row.items() if value not in (None, "")}
        return row


class _Body(_Row):
    units: tuple[_Unit, ...]
    people: tuple[_Person, ...]


_PEOPLE: Final = TypeAdapter(tuple[_Person, ...])


def parse(raw: bytes, media_type: str) -> Directory:
    """The directory in *raw*.

    Args:
        raw: The body of a request, or a file.
        media_type: One of ``MEDIA_TYPES``.

    Raises:
        Malformed: it is no directory, or contradicts itself.
    """
    try:
        return _from_csv(raw) if media_type == CSV else _from_json(raw)
    except ValidationError as error:
        found = faults(error.errors(include_input=False, include_context=False))
        start = "/people" if media_type == CSV else ""
    except Malformed as error:
        found, start = error.faults, ""
    told = (Fault(start + fault.pointer, fault.code) for fault in found[:MOST_FAULTS])
    raise Malformed("Directory", tuple(map(_row_of_file if media_type == CSV else _same, told)))


def _from_json(raw: bytes) -> Directory:
    body = _Body.model_validate_json(raw)
    units = [
        DirectoryUnit(row.id, row.parent, _unit_names(row.id, row.names)) for row in body.units
    ]
    return checked(_at("/units", units), _at("/people", map(_person, body.people)))


def _from_csv(raw: bytes) -> Directory:
    try:
        # Spreadsheets write a byte-order mark, and a semicolon where the comma is decimal.
        text = raw.decode("utf-8-sig")
        head = text.partition("\n")[0]
        rows = list(
            csv.reader(
                io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ","
            )
        )
    except UnicodeDecodeError:
        raise Malformed("Directory", (Fault("", "not_utf_8"),)) from None
    except csv.Error:
        raise Malformed("Directory", (Fault("", "not_csv"),)) from None
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if not NEEDED.issubset(header) or not set(header).issubset(COLUMNS):
        raise Malformed("Directory", (Fault("/rows/1", "columns"),))
    ragged = [
        Fault(f"/rows/{number}", "columns")
        for number, row in enumerate(rows[1:], 2)
        if len(row) != len(header)
    ]
    if ragged:
        raise Malformed("Directory", tuple(ragged))
    people = _PEOPLE.validate_python([_cells(header, row) for row in rows[1:]])
    units = _units_above({person.unit for person in people})
    return checked(_at("/units", units), _at("/people", map(_person, people)))


def _cells(header: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    cells: dict[str, Any] = {name: cell.strip() for name, cell in zip(header, row, strict=True)}
    parts = cells["identities"].replace("|", ";").split(";")
    return {**cells, "identities": [part.strip() for part in parts if part.strip()]}


def _units_above(units: set[str]) -> list[DirectoryUnit]:
    """The units that dotted ids name, each below the part in front of its last dot."""
    ids = {
        ".".join(unit.split(".")[:n]) for unit in units for n in range(1, 1 + len(unit.split(".")))
    }
    return [
        DirectoryUnit(unit, unit.rpartition(".")[0] or None, _unit_names(unit, None))
        for unit in sorted(ids)
    ]


def _unit_names(unit: str, names: _Names | None) -> UnitNames:
    names = names or _Names(en=unit.rpartition(".")[2] or unit)
    return UnitNames(en=names.en, nl=names.nl or names.en, fr=names.fr or names.en)


def _person(row: _Person) -> DirectoryPerson:
    return DirectoryPerson(
        row.person, row.unit, row.identities, row.time_zone, row.since, row.kind, row.name
    )


def _at(pointer: str, rows: Iterable[T]) -> list[tuple[str, T]]:
    return [(f"{pointer}/{place}", row) for place, row in enumerate(rows)]


def _same(fault: Fault) -> Fault:
    return fault


def _row_of_file(fault: Fault) -> Fault:
    """The row as a spreadsheet numbers it: the heading is row 1."""
    start, _, rest = fault.pointer.removeprefix("/people/").partition("/")
    if not fault.pointer.startswith("/people/") or not start.isdigit():
        return fault
    return Fault(f"/rows/{int(start) + 2}" + (f"/{rest}" if rest else ""), fault.code)
