"""How many of those who write in the first week of four still write in the last one.

Told of the whole organisation alone, as the tenth in which the share lies, and only where it is
published in both weeks.  Of the people of both weeks together nothing else is ever counted: no
climate, no signal, no message of theirs leaves.  So all that could be had from the share, were it
exact, beside the contributors of the two weeks, which the gate takes as known, is how many people
are in three groups: those who came back, those who did not, and those who were new in the last
week.  Each is of k people at least.  The two weeks between hold others, in an overlap that is
told nowhere, and the four weeks as one are not published of a unit that is published by the week.
The next block has other pseudonyms, so nobody's way through two of them can be followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from models.climate import catalogue
from models.climate.disclosure.message_shares import Ratio
from models.climate.disclosure.tenths import LEAST_PEOPLE, TENTHS

FIRST: Final = 0
LAST: Final = 3
"""The weeks of a block are counted from 0."""


def return_rate(people: Iterable[Collection[int]], k: int) -> Ratio | None:
    """The tenth in which the share of people who came back lies, over ten.

    Args:
        people: Of each person, the weeks of one block to which they contribute.
        k: Fewest people who came back, who did not, and who came in the last week alone.

    Returns:
        None for fewer than ``LEAST_PEOPLE`` in the first week, fewer than *k* in any of the three
        groups, or where these rules leave but one number of people in the tenth.
    """
    came = back = last = 0
    for weeks in people:
        came += FIRST in weeks
        last += LAST in weeks
        back += FIRST in weeks and LAST in weeks
    allowed = range(k, min(came, last) - k + 1)
    if came < LEAST_PEOPLE or back not in allowed:
        return None
    tenth = TENTHS * back // came
    if sum(TENTHS * number // came == tenth for number in allowed) <= 1:
        return None
    return Ratio(catalogue.RETURN_RATE.id, tenth, TENTHS)
