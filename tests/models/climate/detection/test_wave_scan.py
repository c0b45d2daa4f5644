"""The scan, beside its formula unit by unit and week by week."""

from __future__ import annotations

import numpy as np
import pytest

from models.climate.detection.wave_baseline import signal_baseline
from models.climate.detection.wave_scan import surges
from tests.models.climate.detection.signals import WEEKS, chance, panel


def test_z_is_the_formula() -> None:
    weeks = panel(chance(1, 5.0))
    baseline = signal_baseline(weeks)
    scale = np.array([1.0, 1.1, 1.2, 1.3])

    found = surges(weeks, scale).z

    for row in range(1, len(weeks.units)):
        for week in range(20, WEEKS):
            candidates = [0.0]
            for length, s in zip((1, 2, 4, 8), scale, strict=True):
                window = slice(week - length + 1, week + 1)
                shown = np.isfinite(weeks.count[row, window])
                if shown[-1] and shown.mean() >= 0.75:
                    off = (weeks.count - baseline.usual_if_shown)[row, window][shown].sum()
                    doubt = baseline.doubt[row, window][shown].sum()
                    variance = baseline.variance[row, window][shown].sum() + doubt**2
                    candidates.append(off / variance**0.5 / s)
            assert found[row, week] == pytest.approx(max(candidates))


def test_the_scale_of_independent_people_is_that_of_a_baseline_that_is_known_a_little_less() -> (
    None
):
    weeks = panel(chance(2, 12.0))

    scale = surges(weeks).scale

    assert scale == pytest.approx(1.1, abs=0.12)


def test_people_who_repeat_themselves_widen_the_long_windows() -> None:
    generator = np.random.default_rng(3)
    counts = {unit: generator.poisson(np.repeat(generator.poisson(12, 10), 8))
              for unit in chance(1)}  # fmt: skip

    scale = surges(panel(counts)).scale

    assert scale[3] > 1.5 * scale[0] > 1.5


def test_the_whole_organisation_is_compared_with_nobody() -> None:
    counts = chance(4, 12.0)
    for count in counts.values():
        count[50:] *= 3

    assert surges(panel(counts)).z[0].max() == 0


def test_a_shorter_history_than_a_baseline_judges_nothing() -> None:
    assert surges(panel(chance(5, 12.0, weeks=16))).z.max() == 0
