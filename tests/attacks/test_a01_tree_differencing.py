"""A1: take the parts that are shown away from the whole.

Who: anyone who may read the page and has a spreadsheet.  They know the organisation chart.
What they try: a department has five teams, and four of them are shown.  The value of the
department, less those of the four, is the value of the fifth: three people who were not to be
shown.  A computer does this with everything that was ever published at once.
"""

from __future__ import annotations

from tests.attacks import recoverable
from tests.attacks.company import Season
from tests.attacks.figures import note
from tests.attacks.recoverable import KS, WITH_OPT_OUTS, mean, measured


def test_a_threshold_alone_gives_tens_of_small_groups_away_every_month() -> None:
    groups = [mean(season, k, "threshold, weeks") for season in Season for k in KS]
    found = mean(Season.NORMAL, 10, "threshold, weeks")
    note("A1", "groups below k told a normal month (k=10)", without=f"{found:.1f}")

    assert found > 20
    assert min(groups) > 3


def test_what_is_worked_out_is_the_truth() -> None:
    """No estimate: the sums behind the values of the small groups, to the last digit."""
    leaks = [leak for found in measured().values() for leak in found]

    assert sum(leak.groups for leak in leaks) > 1_000
    assert max(leak.off for leak in leaks) < 0.5  # sums are whole numbers of millionths


def test_from_what_barograph_publishes_no_group_below_k_can_be_worked_out() -> None:
    ours = [
        leak
        for (_, _, name), found in measured().items()
        if name in {"ours", WITH_OPT_OUTS}
        for leak in found
    ]
    note("A1", "groups below k told a normal month (k=10)", ours=f"{sum(o.groups for o in ours)}")

    assert len(ours) == 2 * 2 * 2 * recoverable.RUNS
    assert [leak for leak in ours if leak.groups] == []


def test_the_rules_do_not_win_by_showing_nothing() -> None:
    shown = {
        (season, k): min(leak.shown for leak in measured()[season, k, "ours"])
        for season in Season
        for k in KS
    }

    assert min(shown[Season.NORMAL, k] for k in KS) > 0.75
    assert min(shown[Season.SUMMER, k] for k in KS) > 0.6
