"""Figures are told where they can be, and nothing stops the others where one cannot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.climate import catalogue
from models.climate.catalogue import Scope
from models.climate.networks.figures import Figure, figures
from models.climate.networks.matrix import ReplyMatrix
from models.climate.networks.modularity import modularity
from models.climate.networks.reciprocity import reciprocity
from models.climate.networks.silo import collaboration, effective_partners, ei_index
from tests.fakes.trees import tree
from tests.models.climate.networks.replies import (
    NAMES,
    disclosed,
    flat,
    random_people,
    shown,
)
from tests.models.climate.networks.row_space import exposed_groups
from tests.models.climate.networks.test_matrix_disclosure import sums

K = 5
WEEK = np.random.default_rng(5).integers(20, 90, (9, 9)) + 200 * np.eye(9, dtype=np.int64)


def by_name(found: list[Figure]) -> dict[tuple[str, str], float]:
    return {(figure.indicator.id, figure.unit): figure.value for figure in found}


def test_every_figure_of_the_catalogue_is_told_and_is_that_of_its_formula() -> None:
    matrix, chart = shown(WEEK, hidden=[(0, 1)]), flat(NAMES[:9])
    told = by_name(list(figures(matrix, chart)))
    parts, returned, index = modularity(matrix), reciprocity(matrix), ei_index(matrix, chart, "u03")

    assert {name for name, _ in told} == {one.id for one in catalogue.NETWORK}
    assert parts is not None
    assert parts.low < parts.high
    assert returned is not None
    assert index is not None
    assert told["modularity_low", "org"] == parts.low
    assert told["modularity_high", "org"] == parts.high
    assert told["reciprocity", "org"] == returned.observed
    assert told["reciprocity_excess", "org"] == returned.excess
    assert told["ei_index", "u03"] == index.observed
    assert told["ei_excess", "u03"] == index.excess
    assert told["collaboration", "u03"] == collaboration(matrix, "u03")
    assert told["effective_partners", "u03"] == effective_partners(matrix, "u03")


def test_every_value_lies_in_the_range_that_the_catalogue_gives() -> None:
    for hidden in ([], [(0, 1), (2, 5)]):
        for figure in figures(shown(WEEK, hidden=hidden, rest=3), flat(NAMES[:9])):
            one = figure.indicator
            assert one.low is None or one.low <= figure.value
            assert one.high is None or figure.value <= one.high


def test_figures_of_units_are_of_units_and_those_of_the_whole_of_the_root() -> None:
    for figure in figures(shown(WEEK), flat(NAMES[:9])):
        assert (figure.unit == "org") == (figure.indicator.scope is Scope.ORGANISATION)
        assert figure.contributors == (270 if figure.unit == "org" else 30)


def test_a_small_unit_has_none_and_few_units_make_no_figure_of_the_whole() -> None:
    told = by_name(list(figures(shown(WEEK[:5, :5], contributors=[24, 25, 25, 25, 25]),
                                flat(NAMES[:5]))))  # fmt: skip

    assert {unit for _, unit in told} == set(NAMES[1:5])
    assert {name for name, _ in told} == {"ei_index", "ei_excess", "collaboration"}


@pytest.mark.parametrize(
    "eligible", [{"org": 0}, {"org": 1}, {"org": 270}, {"org": 270, "u00": 270}]
)
def test_a_tree_without_people_outside_a_unit_expects_nothing_and_stops_nothing(
    eligible: dict[str, int],
) -> None:
    chart = tree(
        {"org": None} | dict.fromkeys(NAMES[:9], "org"), dict.fromkeys(NAMES[:9], 0) | eligible
    )
    told = by_name(list(figures(shown(WEEK), chart)))

    assert ("ei_index", "u00") not in told
    assert ("collaboration", "u00") in told


def test_where_the_null_model_fails_the_other_figures_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.climate.networks.reciprocity.MOST_STEPS", 1)
    told = by_name(list(figures(shown(WEEK), flat(NAMES[:9]))))

    assert "reciprocity" not in {name for name, _ in told}
    assert ("modularity_low", "org") in told


@pytest.mark.parametrize("units", [3, 4])
def test_counting_a_unit_as_one_without_contributors_lets_nobody_be_told(units: int) -> None:
    names_shown = 0
    for seed in range(40):
        people = random_people(seed, units)
        whole = people.matrix()
        fewer = whole.contributors.copy()
        fewer[seed % units] = 0
        counted: ReplyMatrix = replace(whole, contributors=fewer)
        found = disclosed(counted, K)
        assert NAMES[seed % units] not in found.units
        if found.units:
            names_shown += 1
            assert exposed_groups(people, sums(found, units), K) == 0

    assert names_shown > 10
