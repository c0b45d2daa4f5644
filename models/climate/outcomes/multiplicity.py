"""What is left of several p-values once it is counted how many were looked at."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import (  # type: ignore[import-untyped] # ships no types
    false_discovery_control,
)


def adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """Each p-value as the smallest share of false findings at which it would still be one.

    Args:
        p_values: Of all hypotheses that were looked at, above 0 and at most 1; possibly none.

    Returns:
        In the same order, none below the p-value itself and none above 1.

    Source:
        Benjamini & Hochberg, "Controlling the false discovery rate" (1995), Journal of the Royal
        Statistical Society B 57.  It also holds for p-values that go up and down together, as
        those of units with a common history may (Benjamini & Yekutieli, 2001, Annals of
        Statistics 29).

    >>> adjusted([0.01, 0.04, 0.03])
    (0.03, 0.04, 0.04)
    """
    if not p_values:
        return ()
    return tuple(float(p) for p in false_discovery_control(list(p_values), method="bh"))
