"""The same organisation with nothing happening: chance alone, week by week and unit by unit."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from models.climate.detection.panel import Floats, Panel
from models.climate.detection.weekly_chance import WeeklyChance
from models.climate.unit_tree import UnitTree


def null_panel(
    panel: Panel, tree: UnitTree, chance: WeeklyChance, generator: np.random.Generator
) -> Panel:
    """The weeks, sizes and gaps of *panel* with valences drawn by chance alone.

    What people add is drawn once and summed up the tree, so that a unit shares the chance of its
    children; the variance of its mean is then ``kappa^2 / n_eff`` exactly, whatever its shape.
    What happens to whole units (``tau``) is drawn for each by itself.  Of either a part is a
    first-order autoregression and the rest is new every week.  People of a unit who are in no
    child that was released that week are drawn as one more child.

    Args:
        panel: U units x T weeks of the tenant.
        tree: The organisation of its rows.
        chance: Of the tenant's weeks.
        generator: Where the chance comes from.

    Source:
        Parametric bootstrap under the null hypothesis: Davison & Hinkley 1997, chapter 4.
    """
    row_of = {unit: row for row, unit in enumerate(panel.units)}
    squares = np.where(panel.weight > 0, panel.weight**2 / panel.n_eff, 0.0)
    by_themselves = squares.copy()
    for unit, row in row_of.items():
        for child in tree.children(unit):
            by_themselves[row] -= squares[row_of[child]]
    people = chance.kappa * np.sqrt(np.maximum(by_themselves, 0.0))
    sums = people * _weeks(panel.net.shape, chance, generator)
    for unit in reversed(panel.units):
        parent = tree.parent(unit)
        if parent is not None:
            sums[row_of[parent]] += sums[row_of[unit]]
    whole = chance.tau * _weeks(panel.net.shape, chance, generator)
    seen = np.isfinite(panel.net)
    net = np.full_like(panel.net, np.nan)
    np.divide(sums, panel.weight, out=net, where=seen)
    return replace(panel, net=net + whole)


def _weeks(shape: tuple[int, ...], chance: WeeklyChance, generator: np.random.Generator) -> Floats:
    """Stationary, with variance 1; weeks are the last axis."""
    lasting, new = generator.standard_normal(shape), generator.standard_normal(shape)
    memory = chance.memory
    for week in range(1, shape[-1]):
        fresh = sqrt(1 - memory**2) * lasting[..., week]
        lasting[..., week] = memory * lasting[..., week - 1] + fresh
    drawn: Floats = sqrt(chance.lasting) * lasting + sqrt(1 - chance.lasting) * new
    return drawn
