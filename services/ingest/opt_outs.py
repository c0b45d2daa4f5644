"""Who does not take part.  No reason is asked, none is kept, and no one is ever listed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from services.ingest.directory import Directory, DirectoryPerson, canonical
from services.ingest.gateway_database import OPT_OUT


@dataclass(frozen=True, slots=True, repr=False)
class OptOuts:
    """Identities and people that do not take part.

    A person is out when the person or any of their identities is: an opt-out holds on every
    platform, outlives a new directory, and may be made before the directory knows the identity.
    """

    identities: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    def cover(self, person: DirectoryPerson) -> bool:
        """Whether *person* is out."""
        return person.key in self.people or not self.identities.isdisjoint(person.identities)


def load(connection: Connection) -> OptOuts:
    """Everybody who is out."""
    rows = connection.execute(select(OPT_OUT.c.kind, OPT_OUT.c.value)).all()
    return OptOuts(
        frozenset(value for kind, value in rows if kind == "identity"),
        frozenset(value for kind, value in rows if kind == "person"),
    )


def record(connection: Connection, directory: Directory, identity: str, *, out: bool) -> None:
    """Keep that the holder of *identity* is *out*, or takes part again."""
    identity = canonical(identity)
    holders = [person for person in directory.people if identity in person.identities]
    # Taking part again takes back every opt-out of that person, on whichever platform it was made.
    names = {("identity", identity)}
    names |= {("person", person.key) for person in holders}
    if not out:
        names |= {("identity", other) for person in holders for other in person.identities}
    rows = [{"kind": kind, "value": value} for kind, value in sorted(names)]
    if out:
        connection.execute(insert(OPT_OUT).on_conflict_do_nothing(), rows)
        return
    for row in rows:
        connection.execute(
            delete(OPT_OUT).where(OPT_OUT.c.kind == row["kind"], OPT_OUT.c.value == row["value"])
        )
