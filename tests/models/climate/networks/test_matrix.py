"""Which cells of a week of replies are shown, and what becomes of the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.networks.matrix import ReplyMatrix, ShownMatrix, disclose
from tests.fakes.trees import tree
from tests.models.climate.networks.replies import NAMES, disclosed, flat, random_people

K = 5
SEEDS = range(80)


def week(senders: list[list[int]], contributors: list[int] | None = None) -> ReplyMatrix:
    counted = np.array(senders)
    n = len(counted)
    return ReplyMatrix(NAMES[:n], 2 * counted, counted, np.array(contributors or [12] * n))


def cells(found: ShownMatrix) -> set[str]:
    """Names of the cells that are shown, such as ``u00u01``."""
    return {
        found.units[row] + found.units[column]
        for row, column in zip(*np.nonzero(found.shown), strict=True)
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_is_all_that_the_unit_sent(seed: int) -> None:
    counted = random_people(seed, 4).matrix()

    found = disclosed(counted, K)

    at = [counted.units.index(unit) for unit in found.units]
    assert found.sent.tolist() == counted.replies[at].sum(axis=1).tolist()
    assert (found.shown == found.shown.T).all()
    assert np.diagonal(found.shown).all()
    assert not found.replies[~found.shown].any()


def test_all_is_shown_where_all_is_enough() -> None:
    found = disclosed(week([[9, 6], [6, 9]]))

    assert cells(found) == {"u00u00", "u00u01", "u01u00", "u01u01"}
    assert found.rest.tolist() == [0, 0]
    assert found.sent_outside.tolist() == [12, 12]


def test_a_thin_direction_hides_both_and_each_side_takes_its_smallest_pair_along() -> None:
    found = disclosed(
        week(
            [
                [9, 4, 6, 9],
                [9, 9, 9, 8],
                [7, 9, 9, 9],
                [9, 8, 9, 9],
            ]
        )
    )

    pairs = {cell for cell in cells(found) if cell[:3] < cell[3:]}
    assert pairs == {"u00u03", "u01u02", "u02u03"}
    assert found.rest.tolist() == [2 * (4 + 6), 2 * (9 + 8), 2 * 7, 2 * 8]


def test_a_rest_of_enough_people_takes_nothing_along() -> None:
    thin_back = week(
        [
            [9, 9, 9, 9],
            [3, 9, 9, 9],
            [2, 9, 9, 9],
            [9, 9, 9, 9],
        ]
    )

    assert "u00u03" in cells(disclosed(thin_back))
    assert disclosed(thin_back).rest[0] == 2 * (9 + 9)


def test_cover_comes_from_those_who_got_a_reply_only() -> None:
    """Else the silent would make one thin cell look like a sum of several."""
    matrix = week(
        [
            [9, 9, 0, 9],
            [3, 9, 9, 9],
            [4, 9, 9, 9],
            [9, 9, 9, 9],
        ]
    )

    assert "u00u03" not in cells(disclosed(matrix))


def test_a_unit_of_too_few_is_nowhere_but_in_rests() -> None:
    full = week([[9] * 3] * 3, contributors=[12, 12, 9])

    assert disclosed(full, k=10).units == ("u00", "u01")
    assert disclosed(full, k=9).units == ("u00", "u01", "u02")


def test_what_a_small_unit_receives_hides_in_a_larger_rest() -> None:
    rows = [[9] * 4] * 4
    found = disclosed(week(rows, contributors=[12, 12, 12, 9]))

    assert found.units == ("u00", "u01", "u02")
    assert found.rest.min() >= 2 * (9 + 9)


def test_a_unit_with_few_who_answer_each_other_is_left_out() -> None:
    rows = np.full((5, 5), 9)
    rows[4, 4] = 4

    assert "u04" not in disclosed(week(rows.tolist())).units


def test_a_unit_whose_rest_cannot_be_made_fit_is_left_out() -> None:
    rows = np.full((4, 4), 9)
    rows[0, 1:] = 3

    found = disclosed(week(rows.tolist()))

    assert "u00" not in found.units


@given(st.integers(0, 1_000), st.permutations(range(4)))
def test_order_does_not_matter(seed: int, order: list[int]) -> None:
    counted = random_people(seed, 4).matrix()
    moved = ReplyMatrix(
        tuple(counted.units[row] for row in order),
        counted.replies[np.ix_(order, order)],
        counted.senders[np.ix_(order, order)],
        counted.contributors[order],
    )

    found, again = disclosed(counted, K), disclose(moved, flat(counted.units), k=K)

    assert cells(found) == cells(again)
    assert dict(zip(found.units, found.rest.tolist(), strict=True)) == dict(
        zip(again.units, again.rest.tolist(), strict=True)
    )


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [0, 2, 1, 4, 3], [4, 3, 2, 1, 0]])
def test_of_equal_pairs_the_first_by_name_joins(order: list[int]) -> None:
    senders = np.full((5, 5), 9)
    senders[0, 1] = 4
    counted = week(senders.tolist())
    moved = ReplyMatrix(
        tuple(counted.units[row] for row in order),
        counted.replies[np.ix_(order, order)],
        counted.senders[np.ix_(order, order)],
        counted.contributors,
    )

    withheld = {f"u{a:02}u{b:02}" for a in range(5) for b in range(a)} - cells(disclosed(moved))

    assert withheld == {"u01u00", "u02u00", "u02u01"}


def test_an_empty_week_shows_nothing() -> None:
    assert disclosed(week([[0, 0], [0, 0]], contributors=[0, 0])).units == ()
    nobody = np.zeros((0, 0), np.int64)
    assert disclosed(ReplyMatrix((), nobody, nobody, np.zeros(0, np.int64))).units == ()


@pytest.mark.parametrize(
    ("replies", "senders", "contributors", "says"),
    [
        ([[1, 0]], [[1, 0]], [5, 5], "a matrix does not fit"),
        ([[1, 0], [0, 1]], [[1, 0], [0, 1]], [5], "contributors do not fit"),
        ([[1, 0], [0, 1]], [[1, 0], [0, 1]], [5, -1], "contributors do not fit"),
        ([[0, 0], [0, 0]], [[0, 1], [0, 0]], [5, 5], "a sender has no reply"),
        ([[0, 1], [0, 0]], [[0, -1], [0, 0]], [5, 5], "a sender has no reply"),
        ([[0, 21], [0, 0]], [[0, 1], [0, 0]], [5, 5], "replies exceed"),
    ],
)
def test_counts_that_no_replies_have_are_refused(
    replies: list[list[int]], senders: list[list[int]], contributors: list[int], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        ReplyMatrix(("a", "b"), np.array(replies), np.array(senders), np.array(contributors))


def test_a_unit_listed_twice_is_refused() -> None:
    zero = np.zeros((2, 2), np.int64)

    with pytest.raises(ValueError, match="a unit is listed twice"):
        ReplyMatrix(("a", "a"), zero, zero, np.zeros(2, np.int64))


def test_units_that_could_share_people_are_refused() -> None:
    deep = tree({"org": None, "u00": "org", "u01": "u00"})
    matrix = week([[9, 9], [9, 9]])

    with pytest.raises(ValueError, match="not of one level"):
        disclose(matrix, deep, k=K)
    with pytest.raises(ValueError, match="a unit is unknown"):
        disclose(matrix, flat(["u00", "other"]), k=K)


def test_a_policy_below_the_floor_is_refused() -> None:
    with pytest.raises(ValueError, match="k must be at least 5"):
        disclosed(week([[9]]), k=4)
