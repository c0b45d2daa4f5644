"""What is played for so many years, one job at a time, in whichever process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from tests.detection_quality import changes, comparisons, outcomes, waves
from tests.detection_quality.claims import CLAIMS, Observation
from tests.detection_quality.scores import Score, score

COMPARISONS: Final = 2
"""Blocks that are compared for a simulated year; each takes a thirtieth of a second."""
OUTCOMES: Final = 5
"""Pairs of lines for a simulated year."""
Job = tuple[str, int]


def done(job: Job) -> list[tuple[str, Observation]]:
    """One job, anywhere: it depends on nothing but its kind and seed."""
    kind, seed = job
    if kind == "wave":
        return waves.marked(seed)
    if kind == "comparison":
        return comparisons.marked(seed)
    if kind == "outcomes":
        return outcomes.marked(seed)
    return changes.marked(kind, seed)


def jobs(years: int, seed: int) -> list[Job]:
    """Everything that is played for so many years; seeds of different kinds never meet."""
    counts = {
        "cal": years,
        "stress": years,
        "heavy": max(1, years // 2),
        "wave": years,
        "comparison": COMPARISONS * years,
        "outcomes": OUTCOMES * years,
    }
    return [
        (kind, seed * 1_000_000 + 100_000 * place + number)
        for place, (kind, count) in enumerate(counts.items())
        for number in range(count)
    ]


def scored(observations: Iterable[tuple[str, Observation]]) -> dict[str, Score]:
    """Every claim that anything was observed of, in the order of the table."""
    by_claim: dict[str, list[Observation]] = defaultdict(list)
    for key, one in observations:
        by_claim[key].append(one)
    return {key: score(claim, by_claim[key]) for key, claim in CLAIMS.items() if key in by_claim}
