"""Four weeks of people added up and released through the door, for units of that cadence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from models.climate.cell import Cell
from models.climate.disclosure.release import VALENCE, ClosedWindow, Release, release
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, four_weeks_of
from models.simulation.score_level.leaf_week import LeafWeek, leaf_week
from models.simulation.score_level.population import Flags, Floats, Integers
from models.simulation.score_level.weeks import PersonWeek

WEEKS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """U units x B blocks; weights and valences are the sums of four weeks.

    Attributes:
        contributors: ``n`` of the four weeks.
        n_eff: Effective contributors.
        released: Whether the valence left: of units that are published every four weeks.
    """

    contributors: Integers
    n_eff: Floats
    released: Flags


def together(weeks: Sequence[PersonWeek], leaves: int) -> LeafWeek:
    """What people wrote in these weeks, as if it were one window."""
    added = {
        name: sum(getattr(week, name) for week in weeks[1:]) + getattr(weeks[0], name)
        for name in (
            "messages",
            "weight",
            "weighted_micro",
            "message_sum",
            "signal_messages",
            "outward",
        )
    }
    return leaf_week(replace(weeks[0], **added), leaves)


def released_block(
    tree: UnitTree,
    plan: Mapping[str, Cadence],
    cells: Mapping[str, Cell],
    finer: Sequence[ClosedWindow],
    k: int,
) -> Release:
    """What the door lets out of four weeks after each of them has closed."""
    return release(
        tree=tree,
        plan=plan,
        window=four_weeks_of(finer[0].window.start),
        cells=cells,
        k=k,
        indicators=(VALENCE,),
        finer=finer,
    )


def blocks(below: Flags, listed: Sequence[LeafWeek], released: Flags) -> Blocks:
    """Sums of all units from those of leaves."""
    up = below.astype(np.int64)
    weight, squares, contributors = (
        up @ np.stack([getattr(block, name) for block in listed], axis=1)
        for name in ("weight", "weight_squares", "contributors")
    )
    return Blocks(contributors, weight**2 / np.maximum(squares, 1), released)
