"""A10: hear the loudest through the crowd.

Who: a colleague who knows that one person writes half of what the team writes.
What they try: where every message weighs the same, the value of the team is mostly that person's.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from models.climate.disclosure.release import release
from models.climate.windows import Cadence
from tests.attacks import tables
from tests.attacks.company import Company, Season, company
from tests.attacks.figures import note
from tests.fakes.trees import WEEK, cells, crowd, tree

COMPANIES, SMALLEST, LARGEST = 4, 10, 12


def shares(some: Company) -> tuple[list[float], list[float], list[float]]:
    """Of the heaviest person of each unit of ten to twelve a week: by messages, bounded, shown."""
    by_message, bounded, shown = [], [], []
    table = tables.ours(some, SMALLEST)
    for number, week in enumerate(some.weeks):
        for leaf, cell in some.cells(week).items():
            if SMALLEST <= cell.contributors <= LARGEST:
                written = some.messages[leaf, number, False].values()
                by_message.append(max(written) / sum(written))
                bounded.append(cell.heaviest[0] / cell.weight)
    for window, units in table.items():
        bound = LARGEST if window.cadence is Cadence.WEEK else 2_000
        shown += [c.heaviest[0] / c.weight for c in units.values() if c.contributors <= bound]
    return by_message, bounded, shown


def test_where_messages_count_one_person_is_half_of_a_small_team() -> None:
    found = [shares(company(seed, Season.NORMAL)) for seed in range(COMPANIES)]
    by_message = np.concatenate([each[0] for each in found])
    bounded = np.concatenate([each[1] for each in found])
    shown = np.concatenate([each[2] for each in found])
    note(
        "A10", "largest share of one person among 10-12: mean, 90th percentile",
        without=f"{by_message.mean():.0%}, {np.quantile(by_message, 0.9):.0%}",
        ours=f"{bounded.mean():.0%}, {np.quantile(bounded, 0.9):.0%}; most {shown.max():.0%}",
    )  # fmt: skip

    assert by_message.mean() > 0.3
    assert np.quantile(by_message, 0.9) > 0.5


def test_nobody_is_a_quarter_of_a_value_that_is_shown() -> None:
    for seed in range(COMPANIES):
        *_, shown = shares(company(seed, Season.NORMAL))

        assert shown
        assert max(shown) <= 0.25


def test_a_team_of_ten_in_which_one_is_nearly_half_is_not_shown() -> None:
    """Nine who write three messages a week, and one who writes all day: bounded, and too much."""
    workdays = [WEEK.start + timedelta(days=n) for n in range(5)]
    units = tree({"o": None, "a": "o", "b": "o"})
    quiet = [*crowd("a", 9), *crowd("b", 20)]
    shown = {}
    for name, last in (("quiet", crowd("a", 1)), ("loud", crowd("a", 1, 4, days=workdays))):
        found = cells(units, [*quiet, *last], WEEK)
        released = release(
            tree=units, plan=dict.fromkeys("oab", Cadence.WEEK), window=WEEK, cells=found,
            k=SMALLEST, indicators=("valence",),
        )  # fmt: skip
        shown[name] = {published.unit for published in released.published}

    assert shown["quiet"] == {"o", "a", "b"}
    assert "a" not in shown["loud"]
