"""How soon a message was answered, so coarse that it is no time of anybody's any more."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum
from typing import Final


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
