"""A week of people added up to their leaves: the sums that a cell consists of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from models.simulation.score_level.population import Flags, Floats, Integers
from models.simulation.score_level.weeks import PersonWeek

LEAST_MESSAGES: Final = 3
"""Fewest in a week that make a contributor; a test holds it to the rule of the cell."""


@dataclass(frozen=True, slots=True, eq=False)
class LeafWeek:
    """Arrays of one value a leaf.

    Attributes:
        number: Of the week, from 0.
        start: Its Monday.
        messages: Read messages.
        contributors: People with ``LEAST_MESSAGES`` or more.
        weight: Sum of the weights of everybody.
        weighted_micro: Weighted sum of valence, in millionths.
        weight_squares: Sum of squared weights of people.
        heaviest: Leaves x 2, the two largest weights of one person.
        with_signal: Contributors with a message that carries the signal.
        message_sum: Sum of the valence of all messages.
        outward: Messages that answer another leaf.
    """

    number: int
    start: date
    messages: Integers
    contributors: Integers
    weight: Integers
    weighted_micro: Integers
    weight_squares: Integers
    heaviest: Integers
    with_signal: Integers
    message_sum: Floats
    outward: Integers


def leaf_week(week: PersonWeek, leaves: int) -> LeafWeek:
    """Add *week* up to so many leaves."""

    def by_leaf(values: Integers | Flags) -> Integers:
        # In float64, exact for whole numbers below 2**53.
        return np.rint(np.bincount(week.leaf, values, leaves)).astype(np.int64)

    contributes = week.messages >= LEAST_MESSAGES
    return LeafWeek(
        number=week.number,
        start=week.start,
        messages=by_leaf(week.messages),
        contributors=by_leaf(contributes),
        weight=by_leaf(week.weight),
        weighted_micro=by_leaf(week.weighted_micro),
        weight_squares=by_leaf(week.weight**2),
        heaviest=_two_largest(week, leaves),
        with_signal=by_leaf(contributes & (week.signal_messages > 0)),
        message_sum=np.bincount(week.leaf, week.message_sum, leaves).astype(np.float64),
        outward=by_leaf(week.outward),
    )


def _two_largest(week: PersonWeek, leaves: int) -> Integers:
    """From a histogram of the few weights there are."""
    kinds = int(week.weight.max(initial=0)) + 1
    histogram = np.bincount(week.leaf * kinds + week.weight, minlength=leaves * kinds)
    at_least = np.cumsum(histogram.reshape(leaves, kinds)[:, ::-1], axis=1)
    largest: Integers = np.stack(
        [np.where(at_least[:, -1] >= place, kinds - 1 - np.argmax(at_least >= place, axis=1), 0)
         for place in (1, 2)],
        axis=1,
    )  # fmt: skip
    return largest
