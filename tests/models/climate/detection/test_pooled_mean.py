"""Weeks of a unit make one mean, and never look like more people than there were."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.detection.pooled_mean import pooled_means
from models.climate.disclosure.released_statistic import ReleasedStatistic
from models.climate.windows import Cadence, Window, four_weeks_of
from tests.fakes.trees import FOUR_WEEKS, WEEKS

people = st.integers(2, 8).flatmap(
    lambda n: st.lists(
        st.lists(st.tuples(st.integers(1, 20), st.integers(-10, 10)), min_size=n, max_size=n),
        min_size=4,
        max_size=4,
    )
)


def released(window: Window, unit: str, written: Sequence[tuple[int, int]]) -> ReleasedStatistic:
    """The window of people with these weights and valences in tenths."""
    weight = sum(w for w, _ in written)
    return ReleasedStatistic(
        unit,
        window,
        weight,
        sum(w * v for w, v in written) * 100_000,
        len(written),
        weight**2 / sum(w * w for w, _ in written),
    )


@given(people)
def test_it_is_the_mean_of_everything_and_of_at_most_as_many_people(
    weeks: list[list[tuple[int, int]]],
) -> None:
    (found,) = pooled_means([released(w, "a", p) for w, p in zip(WEEKS, weeks, strict=True)])

    by_person = [sum(week[i][0] for week in weeks) for i in range(len(weeks[0]))]
    exact = sum(by_person) ** 2 / sum(w * w for w in by_person)
    total = sum(w * v for week in weeks for w, v in week) / sum(by_person) / 10
    assert found.valence == pytest.approx(total)
    assert found.n_eff <= exact * (1 + 1e-9)


@given(people)
def test_of_people_who_write_alike_every_week_it_knows_exactly(
    weeks: list[list[tuple[int, int]]],
) -> None:
    first = weeks[0]

    (found,) = pooled_means([released(week, "a", first) for week in WEEKS])

    assert found.n_eff == pytest.approx(released(WEEKS[0], "a", first).n_eff)


def test_four_weeks_at_once_are_taken_as_they_are() -> None:
    whole = released(FOUR_WEEKS, "b", [(20, 1), (10, 4)])

    (found,) = pooled_means([whole])

    assert found.unit == "b"
    assert found.valence == pytest.approx(0.2)
    assert found.n_eff == pytest.approx(whole.n_eff)


@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(rng: Random) -> None:
    listed = [released(w, unit, [(5, 1), (n, 2)]) for n, w in enumerate(WEEKS, 1) for unit in "ba"]

    assert pooled_means(rng.sample(listed, len(listed))) == pooled_means(listed)


def test_windows_that_overlap_are_refused() -> None:
    week = released(WEEKS[1], "a", [(5, 1)])
    whole = released(FOUR_WEEKS, "a", [(5, 1)])
    following = four_weeks_of(FOUR_WEEKS.end_exclusive).split(Cadence.WEEK)[0]

    for wrong in ([week, week], [week, whole]):
        with pytest.raises(ValueError, match="overlap"):
            pooled_means(wrong)
    assert len(pooled_means([whole, released(following, "a", [(5, 1)])])) == 1
    assert pooled_means([]) == ()
