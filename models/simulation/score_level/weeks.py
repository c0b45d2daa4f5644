"""Week after week of one organisation: what every person wrote, in bounded sums."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from models.simulation.calendar import school_holiday, working
from models.simulation.score_level.absence import Absence
from models.simulation.score_level.calibration import (
    LEAVING_WEEKS,
    USUAL,
    WEEKDAY_MOOD,
    Calibration,
)
from models.simulation.score_level.contribution import bounded
from models.simulation.score_level.population import COUNTRIES, Floats, Integers, Population
from models.simulation.score_level.staging import Stage, Staging
from models.simulation.score_level.truth import Truth

DAYS: Final = 7
WORKING_DAYS: Final = 5
OUTWARD: Final = 0.3
"""Share of messages that answer somebody of another leaf.  Ours: nothing detected depends on it."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonWeek:
    """Arrays of one value a person; who is not read has nothing but noughts.

    Attributes:
        number: Of the week, from 0.
        start: Its Monday.
        leaf: Where the person belongs in it.
        messages: How many were read.
        weight: Messages up to four a day, up to 20 a week.
        weighted_micro: Weight times mean valence, in millionths.
        message_sum: Sum of the valence of all messages: what must not be used.
        signal_messages: Those that carry the signal.
        outward: Those that answer another leaf.
    """

    number: int
    start: date
    leaf: Integers
    messages: Integers
    weight: Integers
    weighted_micro: Integers
    message_sum: Floats
    signal_messages: Integers
    outward: Integers


def play(
    population: Population, calibration: Calibration, truth: Truth, first: date, seed: int
) -> Iterator[PersonWeek]:
    """Weeks without end, one at a time; a week is forgotten when the next is asked for.

    Every kind of chance has a stream of its own, so that with the same *seed* two truths differ
    by what is planted and by nothing else.

    Args:
        population: Who writes.
        calibration: How people write and feel.
        truth: What is planted.
        first: Monday of the first week.
        seed: Of all chance.

    Raises:
        ValueError: *first* is no Monday, or something is planted in no unit.
    """
    if first.weekday():
        raise ValueError("a week begins on a Monday")
    chance = [np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(8)]
    activity, counts, noise, moods, shocks, signals, replies, planted = chance
    people, above = population.leaf.size, population.below.T.astype(np.float64)
    stage = Staging(population, truth, planted)
    absence = Absence(people, activity)
    leaving = np.where(
        signals.random(people) < calibration.attrition * LEAVING_WEEKS / 52,
        signals.integers(1, LEAVING_WEEKS + 1, people),
        0,
    )
    mood = calibration.person_week * moods.standard_normal(people)
    number = 0
    while True:
        start = first + timedelta(weeks=number)
        now = stage.of(number)
        present = absence.present(holidays=school_holiday(start)) & population.read
        expected = _expected(population, calibration, start, activity) * present[:, np.newaxis]
        usual = counts.poisson(expected)
        written = _as_planted(usual, expected / population.rate[:, np.newaxis], now, planted)
        shared = above @ (calibration.unit_week * _shocks(above.shape[1], calibration, shocks))
        shared += USUAL + calibration.everybody_week * shocks.standard_normal() + now.shift
        mean = shared[now.leaf] + np.where(population.bot, 0.0, population.effect + mood)
        mean = (mean + now.own_valence) * (1 - 2 * population.misread)
        yield _person_week(
            number,
            start,
            now,
            written,
            _day_means(mean, written, calibration, noise),
            usual=usual.sum(axis=1),
            rate=np.where(
                leaving > 0,
                np.maximum(calibration.leaver_rate, population.false_positive),
                population.false_positive,
            ),
            leaver_rate=calibration.leaver_rate,
            streams=(signals, replies, planted),
        )
        memory = calibration.memory
        fresh = math.sqrt(1 - memory**2) * calibration.person_week
        mood = memory * mood + fresh * moods.standard_normal(people)
        begins = (signals.random(people) < calibration.attrition / 52) & (leaving == 0)
        leaving = np.where(begins, LEAVING_WEEKS, np.maximum(leaving - 1, 0))
        number += 1


def _expected(
    population: Population,
    calibration: Calibration,
    start: date,
    generator: np.random.Generator,
) -> Floats:
    """People x 7: messages that are expected of each on each day, were all present."""
    days = [start + timedelta(day) for day in range(DAYS)]
    share = np.array([[working(day, country) for day in days] for country in COUNTRIES])
    spread = calibration.activity_week
    burst = np.exp(spread * generator.standard_normal(population.leaf.size) - spread**2 / 2)
    week = WORKING_DAYS * population.rate * burst
    expected: Floats = week[:, np.newaxis] * share[population.country]
    return expected


def _as_planted(
    usual: Integers, share: Floats, now: Stage, planted: np.random.Generator
) -> Integers:
    """People x 7: some messages left out, or written instead, of those concerned only.

    Whatever else is drawn for anybody is left alone: a draw of another mean would shift all the
    draws after it.
    """
    written = usual.copy()
    left = now.activity[now.leaf]
    quiet, loud = left < 1, now.own_rate > 0
    written[quiet] = planted.binomial(usual[quiet], left[quiet, np.newaxis])
    written[loud] = planted.poisson(now.own_rate[loud, np.newaxis] * share[loud])
    return written


def _shocks(units: int, calibration: Calibration, generator: np.random.Generator) -> Floats:
    """One a unit, with variance 1."""
    degrees = calibration.shock_degrees
    if math.isinf(degrees):
        return generator.standard_normal(units)
    return generator.standard_t(degrees, units) * math.sqrt((degrees - 2) / degrees)


def _day_means(
    mean: Floats, written: Integers, calibration: Calibration, generator: np.random.Generator
) -> Floats:
    """People x 7: mean valence of the messages of each day."""
    own = generator.standard_normal(written.shape) / np.sqrt(np.maximum(written, 1))
    days = mean[:, np.newaxis] + np.array(WEEKDAY_MOOD) + calibration.message * own
    bounded_means: Floats = np.clip(days, -1.0, 1.0)
    return bounded_means


def _person_week(  # noqa: PLR0913  one call, what chance has drawn and two streams
    number: int,
    start: date,
    now: Stage,
    written: Integers,
    day_means: Floats,
    *,
    usual: Integers,
    rate: Floats,
    leaver_rate: float,
    streams: tuple[np.random.Generator, np.random.Generator, np.random.Generator],
) -> PersonWeek:
    signals, replies, planted = streams
    messages = written.sum(axis=1)
    signal = signals.binomial(usual, np.minimum(rate, 1.0))
    outward = replies.binomial(usual, OUTWARD)
    other = (messages != usual) | now.leaving
    rate = np.where(now.leaving, np.maximum(rate, leaver_rate), rate)
    signal[other] = planted.binomial(messages[other], np.minimum(rate[other], 1.0))
    kept = now.outward[now.leaf]
    other = (messages != usual) | (kept < 1)
    outward[other] = planted.binomial(messages[other], OUTWARD * kept[other])
    weight, weighted_micro = bounded(written, day_means)
    return PersonWeek(
        number=number,
        start=start,
        leaf=now.leaf,
        messages=messages,
        weight=weight,
        weighted_micro=weighted_micro,
        message_sum=(written * day_means).sum(axis=1),
        signal_messages=signal,
        outward=outward,
    )
