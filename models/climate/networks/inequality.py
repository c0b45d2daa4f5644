"""Do a few people write most of what is written.

Told of the whole organisation and of weeks alone, of 100 contributors or more, in steps of 0.05;
the ends are open: the lowest step says *so much or less*, the highest *so much or more*.

No other figure is about how weights are spread.  A contributor weighs from 3 to 20, so one of 100
holds less than 7 per cent of all, two less than 13: nobody can dominate.  Nobody's weight follows:
whatever one person weighs, there are 99 others with whom any step is reached.  That all write
alike is never told: a person of weight d from otherwise equal ones moves the coefficient by
``d / sum x``, at most 0.057, so in the lowest step, up to 0.175, three people may weigh whatever
they like.  The highest step holds everything from 0.375 on, where no more than 0.45 can be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.climate import catalogue
from models.climate.disclosure.message_shares import Ratio

LEAST_PEOPLE: Final = 50
"""Fewer say little: the Gini of 50 people has an SD of 0.067 (design study)."""
LEAST_TOLD: Final = 100
"""Fewest contributors of whom it is told: one of them moves it by less than two steps."""
STEPS: Final = 20
"""It is told in steps of 0.05, three times its SD among 100 contributors."""
LOWEST: Final = 3
"""The lowest step that is told, 0.15: what lies below is told as this one."""
HIGHEST: Final = 8
"""The highest, 0.40: what lies above is told as this one."""


def gini(people: Mapping[int, int]) -> float | None:
    """Gini coefficient of how much people write: 0 if all the same, 1 if one writes everything.

    ``G = sum (2i - n - 1) x_(i) / (n sum x) * n / (n - 1)``.  The last factor removes the bias of
    small groups, -0.06 at ``n = 10`` (design study).

    Args:
        people: How many people have each weight; no person is told from another.

    Returns:
        None for fewer than ``LEAST_PEOPLE`` people, or where nobody wrote.

    Raises:
        ValueError: a weight or a number of people is negative.

    Source:
        Gini 1912; the correction: Deltas 2003, doi:10.1162/rest.2003.85.1.226.
    """
    if any(weight < 0 or count < 0 for weight, count in people.items()):
        raise ValueError("a weight or a number of people is negative")
    n = sum(people.values())
    total = sum(weight * count for weight, count in people.items())
    if n < LEAST_PEOPLE or total == 0:
        return None
    above_less_below, ranked = 0, 0
    for weight, count in sorted(people.items()):
        # Ranks ranked+1 to ranked+count share one weight: their 2i - n - 1 add up to this.
        above_less_below += weight * count * (2 * ranked + count - n)
        ranked += count
    return above_less_below / (total * (n - 1))


def inequality(people: Mapping[int, int], k: int) -> Ratio | None:
    """The step of the Gini coefficient that may be told.

    Args:
        people: How many contributors to one week have each weight.
        k: Fewest people of anything that can be known.

    Returns:
        None for fewer than ``LEAST_TOLD`` or *k* contributors.

    Raises:
        ValueError: a weight or a number of people is negative.
    """
    exact = gini(people)
    if exact is None or sum(people.values()) < max(LEAST_TOLD, k):
        return None
    step = min(max(round(STEPS * exact), LOWEST), HIGHEST)
    return Ratio(catalogue.INEQUALITY.id, step, STEPS)
