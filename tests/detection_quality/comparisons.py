"""Teams side by side over four weeks, alike or truly different."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from models.climate.detection.comparison import Standing, compare
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import four_weeks_of
from models.simulation.score_level.calibration import CAL, PLAIN, STRESS, Calibration
from models.simulation.score_level.leaf_week import LEAST_MESSAGES
from models.simulation.score_level.population import (
    USUAL_BRANCHING,
    Flags,
    Floats,
    Integers,
    populate,
)
from models.simulation.score_level.truth import Truth
from models.simulation.score_level.weeks import play
from tests.detection_quality.claims import Observation
from tests.detection_quality.worlds import FIRST, PEOPLE, K

SPREAD: Final = 0.03
"""Of the true differences between teams (design study)."""
CLEAR: Final = 0.05
SLIGHT: Final = 0.01
WEEKS: Final = 4
MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class FourWeeks:
    """Sums of each person over one block.

    Attributes:
        leaf: Where.
        leaves: How many there are.
        messages: How many.
        message_sum: Of their valence.
        weight: Of the person.
        micro: Weighted valence in millionths.
    """

    leaf: Integers
    leaves: int
    messages: Integers
    message_sum: Floats
    weight: Integers
    micro: Integers

    def by_leaf(self, values: Integers | Floats | Flags) -> Floats:
        """Summed."""
        return np.bincount(self.leaf, values, self.leaves).astype(np.float64)


def marked(seed: int) -> list[tuple[str, Observation]]:
    """Everything that one block of one world says, alike and different, both presets."""
    marks: list[tuple[str, Observation]] = []
    for prefix, calibration in (("comparison", CAL), ("stress comparison", STRESS)):
        generator = np.random.default_rng(seed)
        block = _played(calibration, seed)
        effects = SPREAD * generator.standard_normal(block.leaves)
        if prefix == "comparison":
            alike = _compared(block, np.zeros(block.leaves))
            flagged = int(np.count_nonzero(alike.standing))
            marks += [
                ("comparison/flagged", Observation(flagged, alike.standing.size)),
                ("comparison/months", Observation(float(flagged > 0))),
            ]
            marks += _differences(block, effects)
        found = _compared(block, effects)
        held = (found.low <= found.truth) & (found.truth <= found.high)
        marks.append((f"{prefix}/cover", Observation(int(held.sum()), held.size)))
    return marks


def _played(calibration: Calibration, seed: int) -> FourWeeks:
    population = populate(PEOPLE, USUAL_BRANCHING, calibration, PLAIN, np.random.default_rng(seed))
    weeks = list(islice(play(population, calibration, Truth(), FIRST, seed), WEEKS + 2))[2:]
    return FourWeeks(
        leaf=population.leaf,
        leaves=population.leaves.size,
        messages=sum((week.messages for week in weeks), np.zeros_like(population.leaf)),
        message_sum=sum((week.message_sum for week in weeks), np.zeros(population.leaf.size)),
        weight=sum((week.weight for week in weeks), np.zeros_like(population.leaf)),
        micro=sum((week.weighted_micro for week in weeks), np.zeros_like(population.leaf)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Arrays of one value a compared team.

    Attributes:
        teams: Which leaves.
        standing: -1, 0 or 1.
        estimate: Shrunk valence.
        low: Lower end of its interval.
        high: Upper end.
        truth: What it should have been.
        level: Mean of everybody, had all teams been alike.
    """

    teams: Integers
    standing: Integers
    estimate: Floats
    low: Floats
    high: Floats
    truth: Floats
    level: float


def _compared(block: FourWeeks, effects: Floats) -> Result:
    """Run the comparison over teams of ten contributors whose people feel *effects*."""
    weight = block.by_leaf(block.weight)
    valence = block.micro / MICRO / np.maximum(block.weight, 1) + effects[block.leaf]
    contributors = block.by_leaf(block.messages >= LEAST_MESSAGES)
    n_eff = weight**2 / np.maximum(block.by_leaf(block.weight**2), 1)
    mean = block.by_leaf(block.weight * valence) / np.maximum(weight, 1)
    squares = block.by_leaf(block.weight * valence**2) / np.maximum(weight, 1)
    teams = np.flatnonzero(contributors >= K)
    between = (squares - mean**2)[teams] * n_eff[teams] / (n_eff[teams] - 1)
    names = [f"t{team:03}" for team in teams.tolist()]
    window = four_weeks_of(FIRST)
    statistics = [
        ReleasedStatistic(
            name, window, int(weight[team]), round(MICRO * weight[team] * mean[team]),
            int(contributors[team]), float(n_eff[team]),
        )
        for name, team in zip(names, teams.tolist(), strict=True)
    ]  # fmt: skip
    found = compare(statistics, dict(zip(names, between.tolist(), strict=True)))
    level = float(block.micro.sum() / MICRO / block.weight.sum())
    sign = {Standing.BELOW: -1, Standing.INDISTINGUISHABLE: 0, Standing.ABOVE: 1}
    return Result(
        teams=teams,
        standing=np.array([sign[one.standing] for one in found]),
        estimate=np.array([one.estimate for one in found]),
        low=np.array([one.low for one in found]),
        high=np.array([one.high for one in found]),
        truth=level + effects[teams],
        level=level,
    )


def _differences(block: FourWeeks, effects: Floats) -> list[tuple[str, Observation]]:
    """Errors of what is told apart, and of three estimates of what a team is."""
    found = _compared(block, effects)
    off = effects[found.teams]
    told = found.standing != 0
    wrong = told & ((np.abs(off) < SLIGHT) | (np.sign(off) != found.standing))
    clear = np.abs(off) > CLEAR
    weight, messages = block.by_leaf(block.weight), block.by_leaf(block.messages)
    people = block.by_leaf(block.micro) / MICRO / np.maximum(weight, 1)
    said = block.by_leaf(block.message_sum) / np.maximum(messages, 1)
    typical = float(block.message_sum.sum() / block.messages.sum())
    errors = {
        "estimate": found.estimate - found.truth,
        "person": people[found.teams] - found.level,
        "message": said[found.teams] - typical,
    }
    return [
        ("comparison/fdr", Observation(int(wrong.sum()), int(told.sum()))),
        ("comparison/power", Observation(int((told & clear).sum()), int(clear.sum()))),
        *(
            (f"comparison/rmse {name}", Observation(float(np.sqrt(np.mean(error**2)))))
            for name, error in errors.items()
        ),
    ]
