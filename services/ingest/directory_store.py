"""Keeps the directory in the gateway's file, whole: it is replaced in one transaction or not."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, delete, insert, select

from services.contracts.units import UnitNames
from services.ingest.directory import Directory, DirectoryPerson, DirectoryUnit, PersonKind
from services.ingest.gateway_database import IDENTITY, PERSON, UNIT


def save(connection: Connection, directory: Directory) -> None:
    """Put *directory* in the place of the one before."""
    for table in (IDENTITY, PERSON, UNIT):
        connection.execute(delete(table))
    units = [
        {"place": place, "id": unit.id, "parent": unit.parent, **unit.names.model_dump()}
        for place, unit in enumerate(directory.units)
    ]
    people = [
        {
            "person": person.key,
            "unit": person.unit,
            "time_zone": person.time_zone,
            "since": person.since,
            "kind": person.kind.value,
            "name": person.name,
        }
        for person in directory.people
    ]
    identities = [
        {"identity": identity, "person": person.key}
        for person in directory.people
        for identity in person.identities
    ]
    for table, rows in ((UNIT, units), (PERSON, people), (IDENTITY, identities)):
        if rows:
            connection.execute(insert(table), rows)


def load(connection: Connection) -> Directory:
    """The directory that was saved last; an empty one when none ever was."""
    identities: defaultdict[str, list[str]] = defaultdict(list)
    for identity, person in connection.execute(select(IDENTITY.c.identity, IDENTITY.c.person)):
        identities[person].append(identity)
    units = connection.execute(select(UNIT).order_by(UNIT.c.place)).all()
    people = connection.execute(select(PERSON)).all()
    return Directory(
        tuple(
            DirectoryUnit(row.id, row.parent, UnitNames(en=row.en, nl=row.nl, fr=row.fr))
            for row in units
        ),
        tuple(
            DirectoryPerson(
                row.person,
                row.unit,
                tuple(identities[row.person]),
                row.time_zone,
                row.since,
                PersonKind(row.kind),
                row.name,
            )
            for row in people
        ),
    )
