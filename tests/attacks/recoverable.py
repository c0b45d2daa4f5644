"""The main measurement: how many groups below k a month gives away, exactly, with which rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np

from tests.attacks import tables
from tests.attacks.company import Season, company
from tests.attacks.elimination import combined, known_groups

RUNS: Final = 12
KS: Final = (5, 10)
OPT_OUTS: Final = 5
"""People who opt out between the last week and the four weeks, in a line of their own."""
COMPOSITIONS: Final[Mapping[str, tables.Composition]] = {
    "threshold, weeks": tables.threshold_by_week,
    "threshold, weeks and month": tables.threshold_by_week_and_month,
    "complementary, weeks": tables.complementary_by_week,
    "complementary, weeks and month apart": tables.complementary_by_week_and_month,
    "ours": tables.ours,
}
WITH_OPT_OUTS: Final = "ours, five people opting out"
Setting = tuple[Season, int, str]


@dataclass(frozen=True, slots=True)
class Leak:
    """What one month gives away.

    Attributes:
        groups: Groups of fewer than k contributors whose mean can be worked out, of which no
            part can.
        persons: Those that are one person.
        off: Largest difference between what the attacker worked out and the truth, over the sums
            of all groups, in millionths of a message.
        shown: Share of the staff whose team has a value, weekly or monthly.
    """

    groups: int
    persons: int
    off: float
    shown: float


@cache
def measured() -> Mapping[Setting, Sequence[Leak]]:
    """Every composition on every company and month."""
    found: dict[Setting, list[Leak]] = {}
    for season in Season:
        for seed in range(RUNS):
            some = company(seed, season, opt_outs=OPT_OUTS)
            everybody = replace(some, gone=frozenset())
            for k in KS:
                for name, composition in COMPOSITIONS.items():
                    leak = _leak(tables.Attacker(everybody, composition(everybody, k)), k)
                    found.setdefault((season, k, name), []).append(leak)
                leak = _leak(tables.Attacker(some, tables.ours(some, k)), k)
                found.setdefault((season, k, WITH_OPT_OUTS), []).append(leak)
    return found


def _leak(attacker: tables.Attacker, k: int) -> Leak:
    groups = known_groups(attacker.public, k)
    off = 0.0
    if groups:
        truth = np.array([attacker.truth(group) for group in groups], np.float64)
        off = float(np.abs(combined(attacker.public, groups, attacker.sums) - truth).max())
    return Leak(
        groups=len(groups),
        persons=sum(len(attacker.public.people(group)) == 1 for group in groups),
        off=off,
        shown=attacker.shown,
    )


def mean(season: Season, k: int, name: str) -> float:
    """Groups a month, over all runs."""
    return float(np.mean([leak.groups for leak in measured()[season, k, name]]))


def lines() -> list[str]:
    """The table: groups below k a month, single persons among them, staff whose team is shown."""
    rows = [f"{'month':8} {'k':>2}  {'composition':38} {'groups':>7} {'persons':>8} {'shown':>6}"]
    for (season, k, name), leaks in measured().items():
        groups = np.mean([leak.groups for leak in leaks])
        persons = np.mean([leak.persons for leak in leaks])
        shown = np.mean([leak.shown for leak in leaks])
        rows.append(f"{season:8} {k:>2}  {name:38} {groups:7.1f} {persons:8.1f} {shown:6.0%}")
    return rows
