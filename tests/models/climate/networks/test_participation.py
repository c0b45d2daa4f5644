"""Shares of people, channels and messages, and when there is none."""

from __future__ import annotations

import pytest

from models.climate.networks.participation import (
    Channel,
    Conversation,
    conversation_index,
    ghost_town_ratio,
)

DEAD, ALIVE = Channel(10, 90, 4), Channel(10, 90, 5)


@pytest.mark.parametrize(("dead", "expected"), [(0, 0), (5, 0.25), (20, 1)])
def test_the_share_of_ghost_towns(dead: int, expected: float) -> None:
    assert ghost_town_ratio([DEAD] * dead + [ALIVE] * (20 - dead), level=1) == expected


def test_small_and_young_channels_are_no_ghost_towns() -> None:
    counted = [ALIVE] * 20

    assert ghost_town_ratio([*counted, Channel(9, 90, 0), Channel(10, 89, 0)], level=0) == 0


def test_ghost_towns_of_few_channels_or_small_units_are_not_told() -> None:
    assert ghost_town_ratio([DEAD] * 19 + [Channel(9, 90, 0)], level=0) is None
    assert ghost_town_ratio([], level=0) is None
    assert ghost_town_ratio([DEAD] * 20, level=2) is None


def traffic(  # noqa: PLR0913  one number each
    *,
    messages: int = 100,
    answers: int = 40,
    answered: int = 30,
    both: int = 10,
    conversing: int = 20,
    unheard: int = 20,
    heaviest: tuple[int, int] = (9, 8),
) -> Conversation:
    return Conversation(messages, answers, answered, both, conversing, unheard, heaviest)


def test_conversation_counts_a_message_once() -> None:
    """Of 100 messages 30 only answer, 20 are only answered and 10 do both."""
    assert conversation_index(traffic(), contributors=25) == 0.6


def test_a_thread_by_hand() -> None:
    """Ten threads of a question, an answer and a reply to that; ten messages that nobody heeds."""
    thread = traffic(messages=40, answers=20, answered=20, both=10, unheard=10, heaviest=(5, 4))

    assert conversation_index(thread, contributors=30) == 0.75


@pytest.mark.parametrize(
    "quiet",
    [
        traffic(conversing=4),
        traffic(unheard=4),
        traffic(heaviest=(26, 0)),
        traffic(heaviest=(25, 16)),
    ],
)
def test_a_conversation_of_few_is_not_told(quiet: Conversation) -> None:
    assert conversation_index(quiet, contributors=100) is None


def test_the_edges_of_the_rules_are_told() -> None:
    edge = traffic(conversing=5, unheard=5, heaviest=(25, 15))

    assert conversation_index(edge, contributors=25) == 0.6
    assert conversation_index(edge, contributors=24) is None


def test_an_empty_unit_has_no_conversation() -> None:
    assert conversation_index(Conversation(0, 0, 0, 0, 0, 0, (0, 0)), contributors=0) is None


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"both": 31}, "more do both"),
        ({"both": -1}, "more do both"),
        ({"messages": 59}, "in conversation do not fit"),
        ({"conversing": 61}, "in conversation do not fit"),
        ({"unheard": 41}, "on their own do not fit"),
    ],
)
def test_parts_that_do_not_fit_are_refused(parts: dict[str, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        traffic(**parts)  # type: ignore[arg-type]
