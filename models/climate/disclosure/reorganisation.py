"""A new chart of the organisation beside the old one: whom would their difference single out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet

from models.climate.disclosure.thresholds import FLOOR

Members = Mapping[str, AbstractSet[Hashable]]
"""By unit, inner ones too, the people of it and of everything below it."""


def isolating(before: Members, after: Members, *, k: int) -> tuple[tuple[str, str], ...]:
    """Pairs of an old and a new unit that differ by fewer than *k* people, and by somebody.

    Whoever reads the value of the old unit and then that of the new one compares two groups that
    are the same but for these few: "move everybody but one" is read so.  People who came or went
    between the two charts are in neither: nobody can be kept from leaving, and values of windows
    that follow each other tell of a leaver less than a guess does.  Units of fewer than *k* are
    never shown and need no care; neither do two that stand in one chart, such as a department
    and its largest team: there the counting gate sees both.

    A chart without such pairs singles nobody out.  Linear in people and levels; only the gateway
    knows who is who in two charts, so it is the gateway that can ask.

    Args:
        before: The chart that was in force.
        after: The chart that is to follow.
        k: Fewest people of a published value.

    Returns:
        Names of units, the old one first, in their order; never a person.

    Raises:
        ValueError: *k* is below the floor.

    Source:
        Differencing over two classifications: Hundepool et al. 2012,
        doi:10.1002/9781118348239, chapter 5; the rule is that of the design study.
    """
    if k < FLOOR:
        raise ValueError(f"k must be at least {FLOOR}")
    staying = _everybody(before) & _everybody(after)
    old = {unit: frozenset(people & staying) for unit, people in before.items()}
    new = {unit: frozenset(people & staying) for unit, people in after.items()}
    stood, stand = frozenset(old.values()), frozenset(new.values())
    # Once a unit, not once a pair: that a large one still stands is seen person by person.
    ended = {u for u in old if len(before[u]) >= k and old[u] not in stand}
    begun = {u for u in new if len(after[u]) >= k and new[u] not in stood}
    where: defaultdict[Hashable, list[str]] = defaultdict(list)
    for unit in ended:
        for person in old[unit]:
            where[person].append(unit)
    shared = Counter(
        (was, unit) for unit in begun for person in new[unit] for was in where.get(person, ())
    )
    return tuple(
        sorted(
            (was, unit)
            for (was, unit), both in shared.items()
            if 0 < len(old[was]) + len(new[unit]) - 2 * both < k
        )
    )


def _everybody(members: Members) -> AbstractSet[Hashable]:
    return frozenset[Hashable]().union(*members.values())
