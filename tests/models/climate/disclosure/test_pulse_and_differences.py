"""The pulse against every sum and difference of what is published, not of whole groups alone.

The sum of one person less that of another tells the second all of the first.  So here people may be
counted any number of times, and less than nought times too: k of them must be, or nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.climate.disclosure import pulse as module
from tests.fakes.pulsed_block import CLOSING, HOURS, Moment
from tests.models.climate.disclosure.played_block import LEAST, K, Played
from tests.models.climate.disclosure.row_space import leaves_of
from tests.models.climate.disclosure.test_pulse_and_what_is_taken_back import every, small

Groups = list[tuple[str, int, int, Moment | None]]
NINE, CLOSED = (0, HOURS.index(9)), (1, CLOSING)
EXCHANGED: Groups = [("a", 1, 9, None), ("a", 30, 8, None), ("b", 30, 9, None), ("b", 1, 8, None)]
"""The hour less the day of b is the one of a who was in it, less the one of b who was not."""

groups = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from((1, 3, 9)),
        st.sampled_from(HOURS),
        st.sampled_from((None, None, NINE, CLOSED)),
    ),
    min_size=3,
    max_size=7,
)


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LEAST", LEAST)
        yield


def touched(played: Played) -> int:
    """The fewest people that any combination of what was published touches."""
    block, organisation = played.block, played.block.organisation
    kinds: Counter[frozenset[object]] = Counter()
    for author in range(len(organisation.people)):
        one = next(each for each in block.messages if each.author == author)
        leaf = organisation.people[author].leaf
        kinds[
            frozenset(
                [(w, unit) for w, units in played.published().items() if block.in_window(one, w)
                 for unit in units if leaf in leaves_of(organisation, unit)]
                + [hour for hour in played.hours if block.in_hour(one, *hour)]
            )
        ] += 1  # fmt: skip
    del kinds[frozenset()]
    sums = sorted(set(chain.from_iterable(kinds)), key=repr)
    rows = np.array([[one in kind for kind in kinds] for one in sums], float)
    rank = _rank(rows)
    people = list(kinds.values())
    return min(
        (
            sum(people[kind] for kind in some)
            for size in range(1, len(people) + 1)
            for some in combinations(range(len(people)), size)
            if _rank(np.delete(rows, some, axis=1)) < rank
        ),
        default=0,
    )


def _rank(rows: NDArray[np.float64]) -> int:
    return int(np.linalg.matrix_rank(rows)) if rows.size else 0


@given(st.sampled_from(("ddd", "dww", "www")), groups)
@example("ddd", EXCHANGED)
def test_no_combination_touches_fewer_than_k_people_of_an_hour(plan: str, who: Groups) -> None:
    played = Played(small(plan, *who), every)

    if played.hours:
        assert touched(played) >= K


def test_an_hour_passes_while_the_fewer_of_each_leaf_are_k_together() -> None:
    sides: Groups = [("a", 3, 9, None), ("a", 9, 8, None), ("b", 9, 9, None), ("b", 2, 8, None)]
    played = Played(small("ddd", *sides), every)

    assert played.hours
    assert touched(played) == 3 + 2
