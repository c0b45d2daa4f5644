"""A planted organisation as ActivityStreams: the one shape here that has parents, threads and bots.

Source: W3C ActivityStreams 2.0, https://www.w3.org/TR/activitystreams-core/.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from models.simulation.organisation import Organisation, Person
from models.simulation.writing import EventKind, SimulatedEvent

SOURCE: Final = "demo"
HOST: Final = "https://halyard.example"
"""Reserved for examples (RFC 2606): nobody can be there."""
CONTEXT: Final = "https://www.w3.org/ns/activitystreams"
VERBS: Final[Mapping[EventKind, str]] = {
    EventKind.CREATED: "Create",
    EventKind.UPDATED: "Update",
    EventKind.DELETED: "Delete",
}


def identity(account: str) -> str:
    """How the directory names the account ``demo:chat/u0001``.

    >>> identity("demo:chat/u0001")
    'as:https://halyard.example/chat/u0001'
    """
    return f"as:{_iri(account)}"


def directory(organisation: Organisation, accounts: Sequence[Person]) -> dict[str, Any]:
    """The document that tells the gateway who belongs where.

    Args:
        organisation: The units and people.
        accounts: Bots that it takes for people.
    """
    return {
        "units": [
            {
                "id": unit.id,
                "parent": unit.parent,
                "names": {"en": unit.names.en, "nl": unit.names.nl, "fr": unit.names.fr},
            }
            for unit in organisation.units
        ],
        "people": [
            {
                "person": person.id,
                "unit": person.unit,
                "identities": [identity(account) for account in person.identities],
                "time_zone": person.time_zone,
                "since": person.since.isoformat(),
                "kind": "human",
            }
            for person in (*organisation.people, *accounts)
        ],
    }


def channel(name: str) -> str:
    """How the gateway knows the channel ``demo:chat/halyard``, but for the source.

    >>> channel("demo:chat/halyard")
    'https://halyard.example/chat/halyard'
    """
    return _iri(name)


def line(event: SimulatedEvent) -> bytes:
    """*event* as one line of a feed: an activity in a CloudEvent."""
    told: dict[str, Any] = {
        "type": "Tombstone" if event.kind is EventKind.DELETED else "Note",
        "id": _message(event.message_id),
        "published": _rfc3339(event.posted_at),
    }
    if event.kind is EventKind.DELETED:
        told |= {"formerType": "Note", "deleted": _rfc3339(event.at)}
    else:
        told |= {"content": event.text, "mediaType": "text/plain"}
    if event.kind is EventKind.UPDATED:
        told["updated"] = _rfc3339(event.at)
    if event.parent is not None:
        told["inReplyTo"] = _message(event.parent)
    if event.thread is not None:
        told["context"] = f"{HOST}/threads/{event.thread}"
    activity = {
        "@context": CONTEXT,
        "type": VERBS[event.kind],
        "id": f"{HOST}/activities/{event.id}",
        "actor": {
            "type": "Service" if event.automated else "Person",
            "id": _iri(event.identity),
        },
        "published": _rfc3339(event.at),
        "to": f"{CONTEXT}#Public",
        "target": _iri(event.channel),
        "object": told,
    }
    document = {
        "specversion": "1.0",
        "id": event.id,
        "source": SOURCE,
        "type": f"org.w3.activitystreams.{VERBS[event.kind].lower()}",
        "time": _rfc3339(event.at),
        "datacontenttype": "application/activity+json",
        "data": activity,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _iri(account: str) -> str:
    return f"{HOST}/{account.removeprefix(f'{SOURCE}:')}"


def _message(message_id: str) -> str:
    return f"{HOST}/messages/{message_id}"


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
