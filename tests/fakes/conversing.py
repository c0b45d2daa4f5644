"""A week of an organisation that answers itself: every kind of indicator has a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import numpy as np

from models.language.labels import Driver, Language, Signal
from services.contracts.envelope import Kind
from services.contracts.scores import ScoreV1
from tests.fakes.scores import MONDAY, score

FEW = 8
"""People of each unit who are exhausted, write of their workload, and once outside hours."""


def conversing(first: date, people: Mapping[str, int]) -> list[ScoreV1]:
    """Everybody posts on three days and answers their own unit more than the others.

    Args:
        first: Monday of the week.
        people: By leaf, how many.
    """
    return [
        one
        for leaf, count in people.items()
        for person in range(count)
        for one in (*_posts(first, leaf, person), *_answers(first, leaf, person, list(people)))
    ]


def _posts(first: date, leaf: str, person: int) -> Iterator[ScoreV1]:
    for day in range(3):
        yield score(
            0.2,
            message=f"{leaf} {person} {first} {day}",
            person=_name(first, leaf, person),
            leaf=leaf,
            language=list(Language)[person % 3],
            after_hours=person < FEW and day == 0,
            local_day=first + timedelta(days=day),
            signals=(Signal.EXHAUSTION,) if person < FEW else (),
            drivers=(Driver.WORKLOAD,) if person < FEW else (),
        )


def _answers(first: date, leaf: str, person: int, leaves: list[str]) -> Iterator[ScoreV1]:
    draw = np.random.default_rng((person, leaves.index(leaf)))
    for other in leaves:
        often = draw.poisson(4.0 if other == leaf else draw.uniform(0.3, 0.9))
        for number in range(int(often)):
            yield score(
                0.2,
                kind=Kind.REPLY,
                message=f"{leaf} {person} {first} {other} {number}",
                person=_name(first, leaf, person),
                leaf=leaf,
                other_leaf=other,
                answer_bucket=person % 3,
                language=list(Language)[person % 3],
                local_day=first + timedelta(days=number % 3),
            )


def _name(first: date, leaf: str, person: int) -> str:
    return f"{leaf} {person} {(first - MONDAY).days // 28}"
