"""Is it broadcasting or conversation: which share of the messages answers another one.

Told of the whole organisation and of weeks alone, as every share of messages is.  The share gives
away itself and its complement, and nothing else: no other figure says how many messages answer or
do not.  Those of the spans of answers and of replies between units are shares of answers among
answers, each person bounded there in another way, so no number of messages stands in both that
could be subtracted.  Either side is of k people and has no dominant voice, which leaves out the
weeks in which everybody or nobody answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.climate import catalogue
from models.climate.disclosure.message_shares import Ratio, bounded, stands, together


def conversation_index(people: Iterable[Mapping[bool, int]], k: int) -> Ratio | None:
    """The share of messages that answer one; 0 would be broadcasting, 1 conversation alone.

    A person counts for at most ``WEEKLY_BOUND`` messages on either side.

    Args:
        people: Of each person, how many messages of one week answer (True) and do not (False).
        k: Fewest people on either side.

    Returns:
        None where a side has fewer than *k* people with enough messages, or a dominant voice.
    """
    counted = bounded(people)
    if not all(stands(counted, {side}, k) for side in (True, False)):
        return None
    answers, whole = together(counted, {True}).weight, together(counted, {True, False}).weight
    return Ratio(catalogue.CONVERSATION.id, answers, whole)
