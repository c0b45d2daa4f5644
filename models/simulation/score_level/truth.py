"""What really happens, written down before it is played: so that a detector can be marked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shift:
    """A drop or rise of everybody in a unit.

    Attributes:
        unit: Whose people.
        first_week: From which week on, counted from 0.
        until: First week in which it is over.
        by: Units of valence; negative is a drop.
    """

    unit: str
    first_week: int
    until: int
    by: float


@dataclass(frozen=True, slots=True)
class Wave:
    """People who are about to leave together, and write about it.

    Attributes:
        unit: Whose people.
        first_week: Week in which they begin to.
        leavers: How many.
    """

    unit: str
    first_week: int
    leavers: int


@dataclass(frozen=True, slots=True)
class GhostTown:
    """A unit that nearly stops writing.

    Attributes:
        unit: Whose people.
        first_week: From when on.
        left: Share of its messages that are still written.
    """

    unit: str
    first_week: int
    left: float


@dataclass(frozen=True, slots=True)
class Silo:
    """A unit that stops answering others.

    Attributes:
        unit: Whose people.
        first_week: From when on.
        left: Share of its replies to other leaves that are still written.
    """

    unit: str
    first_week: int
    left: float


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """People of one leaf who belong to another from some week on.

    Attributes:
        source: The leaf that they leave.
        target: The leaf that they join.
        first_week: When.
        share: Share of the people of the source.
    """

    source: str
    target: str
    first_week: int
    share: float


@dataclass(frozen=True, slots=True)
class Dominance:
    """One person of a leaf who drowns out the others.

    Attributes:
        leaf: Whose first person.
        first_week: From when on.
        messages_a_day: On an ordinary working day.
        valence: Of what that person writes, beside everybody's.
    """

    leaf: str
    first_week: int
    messages_a_day: float
    valence: float


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that is planted; an empty one is a world in which nothing ever happens."""

    shifts: tuple[Shift, ...] = ()
    waves: tuple[Wave, ...] = ()
    ghost_towns: tuple[GhostTown, ...] = ()
    silos: tuple[Silo, ...] = ()
    reorganisations: tuple[Reorganisation, ...] = ()
    dominances: tuple[Dominance, ...] = ()
