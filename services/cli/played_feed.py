"""What a simulated organisation says, as the gateway is told it: events, directories, opt-outs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from models.simulation.channels import channels
from models.simulation.organisation import Organisation
from models.simulation.planting.found import Found
from models.simulation.planting.play import OptedOut, PlantedWorld, Reorganised, unmarked
from models.simulation.planting.play import play as play_planted
from models.simulation.play import World, play
from models.simulation.writing import EventKind, SimulatedEvent
from services.cli import activity_feed

SOURCE: Final = "demo"


@dataclass(frozen=True, slots=True)
class NewDirectory:
    """From *at* on people belong elsewhere."""

    at: datetime
    directory: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One event, and when it arrives."""

    at: datetime
    raw: bytes = field(repr=False)


Step = Line | NewDirectory | OptedOut


@dataclass(frozen=True, slots=True)
class Feed:
    """What is played, as the gateway is told it.

    Attributes:
        first_day: A Monday.
        weeks: How many.
        messages: About how many events there will be.
        directory: Who belongs where in the first week.
        channels: Which channels there are.
        steps: Everything that happens, in its order.
    """

    first_day: date
    weeks: int
    messages: int
    directory: dict[str, Any]
    channels: dict[str, Any]
    steps: Iterable[Step]


def feed_of(world: World) -> Feed:
    """The feed of the demonstration's organisation, in our own shape of messages."""
    steps = (Line(event.arrives, cloud_event(event)) for event in play(world))
    directory = directory_of(world.organisation)
    listed = _channels(world.organisation, world.first_day, str)
    return Feed(world.first_day, world.weeks, world.messages, directory, listed, steps)


def planted_feed(world: PlantedWorld, found: Found) -> Feed:
    """The feed of an organisation in which something is planted; *found* is filled as it runs."""
    actors = world.cast()
    directory = activity_feed.directory(actors.organisation, unmarked(actors))
    listed = _channels(actors.organisation, world.first_day, activity_feed.channel)
    return Feed(
        world.first_day, world.weeks, world.messages, directory, listed, _steps(world, found)
    )


def _channels(
    organisation: Organisation, first_day: date, known_as: Callable[[str], str]
) -> dict[str, Any]:
    """The document that tells the gateway which channels there are; all are a year old."""
    created = (first_day - timedelta(days=365)).isoformat()
    return {
        "source": SOURCE,
        "channels": [
            {"channel": known_as(one.name), "members": one.members, "created": created}
            for one in channels(organisation)
        ],
    }


def _steps(world: PlantedWorld, found: Found) -> Iterator[Step]:
    for item in play_planted(world, found):
        match item:
            case SimulatedEvent():
                yield Line(item.arrives, activity_feed.line(item))
            case Reorganised():
                told = activity_feed.directory(item.organisation, item.accounts)
                yield NewDirectory(item.at, told)
            case OptedOut():
                yield OptedOut(item.at, activity_feed.identity(item.identity))


def directory_of(organisation: Organisation) -> dict[str, Any]:
    """The document that tells the gateway who belongs where."""
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
                "identities": list(person.identities),
                "time_zone": person.time_zone,
                "since": person.since.isoformat(),
                "kind": "human",
            }
            for person in organisation.people
        ],
    }


def cloud_event(event: SimulatedEvent) -> bytes:
    """*event* as one line of a feed."""
    data: dict[str, Any] = {
        "message_id": event.message_id,
        "identity": event.identity,
        "channel": event.channel,
        "visibility": "public",
        "version": event.version,
        "posted_at": _rfc3339(event.posted_at),
    }
    if event.kind is not EventKind.DELETED:
        data["text"] = event.text
    if event.parent is not None:
        data["in_reply_to"] = event.parent
    document = {
        "specversion": "1.0",
        "id": event.id,
        "source": SOURCE,
        "type": f"org.barograph.message.{event.kind}.v1",
        "time": _rfc3339(event.at),
        "datacontenttype": "application/json",
        "data": data,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
