"""What is withheld of a week of replies cannot be had from what is shown."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.climate.networks.matrix import ShownMatrix
from tests.models.climate.networks.replies import NAMES, People, disclosed, random_people
from tests.models.climate.networks.row_space import exposed_groups

K = 5
SEEDS = range(80)


def sums(found: ShownMatrix, n: int, *, columns: bool = False) -> NDArray[np.bool_]:
    """The cells that each shown sum is over; with the totals of *columns*, which are not shown."""
    at = [NAMES.index(unit) for unit in found.units]
    mask = np.zeros((n, n), np.bool_)
    mask[np.ix_(at, at)] = found.shown
    rows = [np.zeros((n, n), np.bool_) for _ in range(mask.sum() + len(at))]
    for row, cell in zip(rows, np.argwhere(mask), strict=False):
        row[tuple(cell)] = True
    for row, unit in zip(rows[mask.sum() :], at, strict=True):
        row[unit] = ~mask[unit]
    if columns:
        for unit in at:
            rows.append(np.zeros((n, n), np.bool_))
            rows[-1][at, unit] = True
    return np.array(rows)


def plain(people: People) -> ShownMatrix:
    """The thresholds alone, with row totals: what would be shown if nothing joined a rest."""
    counted = people.matrix()
    named = (np.diagonal(counted.senders) >= 5) & (people.contributors >= K)
    mask = (counted.senders >= 5) & (counted.senders.T >= 5) & named & named[:, None]
    block = np.ix_(named, named)
    return ShownMatrix(
        tuple(np.array(counted.units)[named].tolist()),
        np.where(mask, counted.replies, 0)[block],
        mask[block],
        np.where(mask, 0, counted.replies)[named].sum(axis=1),
        people.contributors[named],
    )


@pytest.mark.parametrize(("units", "weeks"), [(2, 80), (3, 80), (4, 40)])
def test_no_group_of_too_few_can_be_told_from_what_is_shown(units: int, weeks: int) -> None:
    told = {}
    for seed in SEEDS[:weeks]:
        people = random_people(seed, units)
        found = disclosed(people.matrix(), K)
        if found.units and (count := exposed_groups(people, sums(found, units), K)):
            told[seed] = count

    assert told == {}


def test_the_thresholds_alone_would_tell_and_the_oracle_sees_it() -> None:
    crowds = [random_people(seed, 3) for seed in SEEDS]
    found = [(people, plain(people)) for people in crowds]
    told = sum(
        exposed_groups(people, sums(shown, 3), K) > 0 for people, shown in found if shown.units
    )

    assert told > 10


def test_totals_of_columns_would_tell_too() -> None:
    crowds = [random_people(seed, 3) for seed in SEEDS]
    found = [(people, disclosed(people.matrix(), K)) for people in crowds]
    told = sum(
        exposed_groups(people, sums(shown, 3, columns=True), K) > 0
        for people, shown in found
        if shown.units
    )

    assert told > 0


def test_the_rules_leave_much_to_see() -> None:
    found = [disclosed(random_people(seed, 4).matrix(), K) for seed in SEEDS]

    assert sum(shown.pairs.sum() for shown in found) > len(SEEDS)
    assert sum((shown.rest > 0).sum() for shown in found) > len(SEEDS)
