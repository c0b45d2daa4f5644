"""Every figure that is told of a week of replies, from the shown part of its matrix alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.climate import catalogue
from models.climate.catalogue import Indicator
from models.climate.networks.matrix import ShownMatrix
from models.climate.networks.modularity import modularity
from models.climate.networks.reciprocity import Reciprocity, reciprocity
from models.climate.networks.silo import collaboration, effective_partners, ei_index
from models.climate.unit_tree import UnitTree


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, not rounded yet.

    Attributes:
        indicator: What it is.
        unit: Where.
        value: In the indicator's unit of measure.
        contributors: People behind it.
    """

    indicator: Indicator
    unit: str
    value: float
    contributors: int


def figures(matrix: ShownMatrix, tree: UnitTree) -> Iterator[Figure]:
    """Figures of each unit that is shown, then those of the whole organisation.

    A figure that is too small, or that cannot be worked out, is left out.

    Args:
        matrix: The week.
        tree: The organisation in that week.
    """
    for unit, contributors in zip(matrix.units, matrix.contributors.tolist(), strict=True):
        for indicator, value in _of_unit(matrix, tree, unit):
            if value is not None:
                yield Figure(indicator, unit, value, contributors)
    everybody = int(matrix.contributors.sum())
    for indicator, value in _of_organisation(matrix):
        yield Figure(indicator, tree.root, value, everybody)


def _of_unit(
    matrix: ShownMatrix, tree: UnitTree, unit: str
) -> Iterator[tuple[Indicator, float | None]]:
    yield catalogue.COLLABORATION, collaboration(matrix, unit)
    yield catalogue.PARTNERS, effective_partners(matrix, unit)
    if 0 < tree.eligible(unit) < tree.eligible(tree.root):  # else there is nothing to expect
        index = ei_index(matrix, tree, unit)
        yield catalogue.EI_INDEX, None if index is None else index.observed
        yield catalogue.EI_EXCESS, None if index is None else index.excess


def _of_organisation(matrix: ShownMatrix) -> Iterator[tuple[Indicator, float]]:
    chart = modularity(matrix)
    if chart is not None:
        yield catalogue.MODULARITY_LOW, chart.low
        yield catalogue.MODULARITY_HIGH, chart.high
    returned = _reciprocity(matrix)
    if returned is not None:
        yield catalogue.RECIPROCITY, returned.observed
        yield catalogue.RECIPROCITY_EXCESS, returned.excess


def _reciprocity(matrix: ShownMatrix) -> Reciprocity | None:
    try:
        return reciprocity(matrix)
    # Without its expectation it says nothing, and the week must not wait for it.
    except (ArithmeticError, np.linalg.LinAlgError):
        return None
