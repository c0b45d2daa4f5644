"""How soon messages are answered, so coarse that it is no time of anybody's any more.

Told of the whole organisation and of weeks alone, as every share of messages is.  Three classes
part the answers: within an hour, later within a day, later still.  The share within an hour gives
away itself and the other two together, that within a day the first two together and the third,
both beside each other the second as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import IntEnum
from typing import Final

from models.climate import catalogue
from models.climate.disclosure.message_shares import Ratio, bounded, stands, together


class AnsweredWithin(IntEnum):
    """The shortest of these spans between a message and an answer to it."""

    HOUR = 0
    DAY = 1
    LONGER = 2


HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def answered_within(elapsed: timedelta) -> AnsweredWithin:
    """The span that *elapsed* lies in, its end included.

    An answer that is dated before what it answers, as the clocks of two platforms can have it,
    came at once.

    >>> answered_within(HOUR), answered_within(timedelta(hours=1, minutes=1))
    (<AnsweredWithin.HOUR: 0>, <AnsweredWithin.DAY: 1>)
    """
    if elapsed <= HOUR:
        return AnsweredWithin.HOUR
    return AnsweredWithin.DAY if elapsed <= DAY else AnsweredWithin.LONGER


def of_answers(people: Iterable[Mapping[AnsweredWithin, int]], k: int) -> list[Ratio]:
    """The shares of answers within an hour and within a day, as far as they may be told.

    A person counts for at most ``WEEKLY_BOUND`` answers in each class.

    Args:
        people: Of each person who answered, answers by class in one week.
        k: Fewest people in each share, outside of it, and between the two.
    """
    counted = bounded(people)
    hour, day, longer = AnsweredWithin
    told = {
        catalogue.ANSWERED_HOUR.id: {hour},
        catalogue.ANSWERED_DAY.id: {hour, day},
    }
    between = together(counted, {day})
    if not (between.is_empty or stands(counted, {day}, k)):
        del told[catalogue.ANSWERED_DAY.id]
    whole = together(counted, {hour, day, longer}).weight
    return [
        Ratio(name, together(counted, inside).weight, whole)
        for name, inside in told.items()
        if stands(counted, inside, k) and stands(counted, {hour, day, longer} - inside, k)
    ]
