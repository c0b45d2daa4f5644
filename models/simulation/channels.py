"""Where people of the invented organisation write: its channels, and who can write in each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from models.simulation.organisation import Organisation


@dataclass(frozen=True, slots=True)
class SimulatedChannel:
    """One channel.

    Attributes:
        name: Such as ``demo:chat/halyard``.
        members: People who have an account on its platform and belong to it.
    """

    name: str
    members: int


def chat(unit: str) -> str:
    """The channel of a team, a department or everybody, on the platform that all have."""
    return f"demo:chat/{unit}"


def social(division: str) -> str:
    """The channel of a division, on the platform that some have."""
    return f"demo:social/{division}"


def channels(organisation: Organisation) -> tuple[SimulatedChannel, ...]:
    """Every channel that anybody can write in, whether or not somebody does."""
    members: Counter[str] = Counter()
    for person in organisation.people:
        team, department, division, *_, everybody = organisation.lineage(person.unit)
        members.update(map(chat, (team, department, everybody)))
        if len(person.identities) > 1:
            members[social(division)] += 1
    return tuple(SimulatedChannel(name, count) for name, count in sorted(members.items()))
