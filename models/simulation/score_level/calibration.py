"""How people write and feel: the figures that a simulated organisation is drawn from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from models.language.labels import Language


@dataclass(frozen=True, slots=True)
class Calibration:
    """Spreads are standard deviations on the scale of valence, -1 to 1.

    Attributes:
        messages_a_day: Mean of a person on an ordinary working day.
        activity: Standard deviation of the logarithm of what people write in the long run.
        activity_week: The same of one person's weeks.
        message: Spread of the messages of one person in one week.
        person: Spread of people's long-run means.
        person_week: Spread of a person's weeks around that.
        memory: Correlation of a person's consecutive weeks.
        unit_week: Spread of what happens to a whole unit in a week, at every level alike.
        everybody_week: Spread of what happens to the whole organisation in a week.
        shock_degrees: Degrees of freedom of the shocks of units, above 2; infinite is normal.
        attrition: Share of people who leave in a year when nothing is wrong.
        leaver_rate: Share of a leaver's messages that carry the signal, for ``LEAVING_WEEKS``.
        false_positives: Share of everybody else's messages that are taken for the signal.
        false_positive_shape: Shape of the gamma distribution of that share over people.
    """

    messages_a_day: float
    activity: float
    activity_week: float
    message: float
    person: float
    person_week: float
    memory: float
    unit_week: float
    everybody_week: float
    shock_degrees: float
    attrition: float
    leaver_rate: float
    false_positives: float
    false_positive_shape: float


@dataclass(frozen=True, slots=True)
class Composition:
    """Who writes beside the people that count, and how well what they write is understood.

    Attributes:
        languages: Share of people who write in each.
        irony: Share of the messages in each whose valence is read the wrong way round.
        opted_out: Share of people who are not read at all.
        bots: Accounts that are taken for people, as a share of people.
    """

    languages: Mapping[Language, float]
    irony: Mapping[Language, float]
    opted_out: float
    bots: float


LEAVING_WEEKS: Final = 8
"""How long somebody who leaves writes about it (design study)."""
USUAL: Final = 0.1
"""Mean valence of the whole organisation; nothing depends on it."""
WEEKDAY_MOOD: Final = (-0.02, -0.005, 0.0, 0.005, 0.02, 0.01, -0.01)
"""From Monday; days differ by 0.014 to 0.045 in the archives (design study)."""

CAL: Final = Calibration(
    messages_a_day=12.0,
    activity=1.40,
    activity_week=0.4,
    message=0.33,
    person=0.06,
    person_week=0.05,
    memory=0.5,
    unit_week=0.007,
    everybody_week=0.02,
    shock_degrees=math.inf,
    attrition=0.12,
    leaver_rate=0.02,
    false_positives=0.001,
    false_positive_shape=0.15,
)
"""The calibration case of the design study.  It names no spread of activity, unit shocks and false
positives over people; these reproduce what it measured: a weekly Gini of 0.70, the deviations of
weekly residuals, and 77 of 2,000 people with the signal in an ordinary week."""
STRESS: Final = replace(
    CAL,
    person=2 * CAL.person,
    person_week=2 * CAL.person_week,
    unit_week=2 * CAL.unit_week,
)
"""Twice the spread of people, their weeks and the shocks of units: the case to plan with."""
HEAVY_TAILS: Final = replace(CAL, shock_degrees=3.0)
"""Shocks of units as t3: mostly quiet, now and then large."""
PLAIN: Final = Composition(
    languages={Language.EN: 1.0},
    irony={Language.EN: 0.0},
    opted_out=0.0,
    bots=0.0,
)
"""The organisation of the design study: one language, perfectly read people, nobody else."""
MIXED: Final = Composition(
    languages={Language.EN: 0.3, Language.NL: 0.4, Language.FR: 0.3},
    irony={Language.EN: 0.04, Language.NL: 0.06, Language.FR: 0.08},
    opted_out=0.05,
    bots=0.01,
)
"""Three languages read unequally well, one in twenty opted out, a bot for a hundred people."""
