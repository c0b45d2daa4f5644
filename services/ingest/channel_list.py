"""The list of a source's channels as it is sent.  Faults point at rows and quote nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.contracts.failures import Fault, Malformed, faults

MOST_CHANNELS: Final = 20_000
"""Of all sources together: their digests of a block are one record, of 700 kB at most."""
MOST_FAULTS: Final = 50
"""Are told at once; the rest shows when these are mended."""

Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=512, strip_whitespace=True)]


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel, as its platform counts.

    Attributes:
        source: Of its messages.
        name: As the policy lists it, with its source in front: ``slack:T0/C0``.
        members: People who can write in it.
        created: The first day of it.
    """

    source: str
    name: str
    members: int
    created: date


class _Row(BaseModel):
    # Strict: a number that pydantic would take for a date is a mistake.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, strict=True)


class _Channel(_Row):
    channel: Name
    members: Annotated[int, Field(ge=0, le=10_000_000)]
    created: date


class _Body(_Row):
    source: Source
    channels: tuple[_Channel, ...]


@dataclass(frozen=True, slots=True)
class ChannelList:
    """All the channels of one source."""

    source: str
    channels: tuple[Channel, ...]


def parse(raw: bytes) -> ChannelList:
    """The list in *raw*, which is JSON.

    Raises:
        Malformed: it is no list, has too many channels, or one of them twice.
    """
    try:
        body = _Body.model_validate_json(raw)
    except ValidationError as error:
        found = faults(error.errors(include_input=False, include_context=False))
        raise Malformed("ChannelList", found[:MOST_FAULTS]) from None
    channels = tuple(
        Channel(body.source, _prefixed(body.source, row.channel), row.members, row.created)
        for row in body.channels
    )
    if wrong := tuple(_faults(channels)):
        raise Malformed("ChannelList", wrong[:MOST_FAULTS])
    return ChannelList(body.source, channels)


def _prefixed(source: str, channel: str) -> str:
    """*channel* as intake calls it."""
    return channel if channel.startswith(f"{source}:") else f"{source}:{channel}"


def _faults(channels: Sequence[Channel]) -> Iterator[Fault]:
    if len(channels) > MOST_CHANNELS:
        yield Fault("/channels", "too_many")
    seen: set[str] = set()
    for place, one in enumerate(channels):
        if one.name in seen:
            yield Fault(f"/channels/{place}/channel", "duplicate_channel")
        seen.add(one.name)
