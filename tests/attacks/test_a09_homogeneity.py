"""A9: learn about each by learning about all.

Who: anyone who reads that every one of fifteen people wrote about exhaustion.
What they try: large numbers protect nobody where all are alike.  "All" and "nobody" are said of
each of them; so is an "all" that follows from what is shown of the department and of its other
teams.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from models.climate.cell import Cell
from models.climate.disclosure.complementary import complementary
from models.climate.disclosure.release import INDICATORS, release
from models.climate.disclosure.thresholds import Primary, primary
from models.climate.person_day import NO_SIGNALS
from models.climate.unit_tree import Unit, UnitTree
from models.climate.windows import Cadence
from tests.attacks.company import MONTHS
from tests.attacks.figures import note

K, LEAST, RUNS = 10, 5, 40
SIGNAL = INDICATORS[1]
WEEK = MONTHS["normal"].split(Cadence.WEEK)[0]
UNITS = {"o": None, **{f"o.{n}": "o" for n in range(5)}}
UNITS |= {f"o.{n}.{m}": f"o.{n}" for n in range(5) for m in range(5)}
TREE = UnitTree(Unit(unit, parent, 50) for unit, parent in UNITS.items())


def weeks() -> Iterator[dict[str, Cell]]:
    """Weeks of 25 teams of 8 to 30; in one of six all are exhausted, in one of six nobody is."""
    chance = np.random.default_rng(9)
    for _ in range(RUNS):
        leaves = {}
        for leaf in TREE.leaves:
            people = int(chance.integers(8, 31))
            rate = chance.choice([0.0, 1.0, 0.3], p=[1 / 6, 1 / 6, 2 / 3])
            inside = int(chance.binomial(people, rate))
            leaves[leaf] = Cell(
                messages=3 * people,
                contributors=people,
                weight=3 * people,
                weight_squares=9 * people,
                heaviest=(3, 3),
                signal_contributors=(inside, *NO_SIGNALS[1:]),
            )
        yield TREE.roll_up(leaves)


def one_sided(shown: Mapping[str, Cell]) -> list[str]:
    """Units whose share, or what is left of it without the children's, has a side below five.

    In one window every sum that can be told is made of these, so there is nothing else to try.
    """
    found = []
    for unit, cell in shown.items():
        below = [child for child in TREE.children(unit) if child in shown]
        for parts in [[], below] if below else [[]]:
            people = cell.contributors - sum(shown[child].contributors for child in parts)
            inside = cell.signal_contributors[0]
            inside -= sum(shown[child].signal_contributors[0] for child in parts)
            if people and min(inside, people - inside) < LEAST:
                found.append(unit)
    return found


def by_size(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """Shares of every group of at least k, where what is left over has k people too."""

    def sound(hidden: Cell) -> bool:
        return hidden.is_empty or primary(hidden, k=K) is Primary.PASSES

    shown = {"o"}
    for parent in TREE.top_down():
        if parent in shown:
            children = {child: cells[child] for child in TREE.children(parent)}
            fit = [c for c, cell in children.items() if cell.contributors >= K]
            shown |= complementary(children, fit, sound)
    return {unit: cells[unit] for unit in shown}


def by_own_share(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The same, less those that are one-sided by themselves: what is left over is not asked."""
    return {
        unit: cell
        for unit, cell in by_size(cells).items()
        if min(s := cell.signal_contributors[0], cell.contributors - s) >= LEAST
    }


def ours(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """What Barograph shows."""
    released = release(
        tree=TREE,
        plan=dict.fromkeys(TREE.top_down(), Cadence.WEEK),
        window=WEEK,
        cells=cells,
        k=K,
        indicators=INDICATORS[:2],
    )
    return {p.unit: cells[p.unit] for p in released.published if p.indicator == SIGNAL}


def test_a_threshold_on_people_shows_groups_in_which_all_are_alike() -> None:
    plain = sum(len(one_sided(by_size(cells))) for cells in weeks()) / RUNS
    own = sum(len(one_sided(by_own_share(cells))) for cells in weeks()) / RUNS
    note(
        "A9", "groups told in which (nearly) all are alike, of 25 teams a week",
        without=f"{plain:.1f}; {own:.1f} if each asks for itself",
    )  # fmt: skip

    assert plain > 5
    assert own > 0.5


def test_barograph_shows_both_sides_or_nothing() -> None:
    shown = [ours(cells) for cells in weeks()]
    told = sum(len(one_sided(each)) for each in shown)
    note("A9", "groups told in which (nearly) all are alike, of 25 teams a week", ours=f"{told}")

    assert told == 0
    assert sum(map(len, shown)) > 5 * RUNS
