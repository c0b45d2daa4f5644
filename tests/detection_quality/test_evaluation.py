"""Every claim of the table is marked, the same way every time, and the page keeps its words."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.detection_quality import report
from tests.detection_quality.__main__ import main
from tests.detection_quality.claims import CLAIMS, Observation
from tests.detection_quality.playing import done, jobs, scored


@pytest.fixture(scope="module")
def marks() -> list[tuple[str, Observation]]:
    return [one for job in jobs(1, 3) for one in done(job)]


def test_every_claim_is_marked_and_nothing_else(marks: list[tuple[str, Observation]]) -> None:
    marked = {key for key, _ in marks}

    assert marked <= CLAIMS.keys()
    # One world need not have a unit of every size, and what nothing is found of has no name.
    assert {key for key in CLAIMS if "/named" not in key and "weekly team" not in key} <= marked


def test_a_job_depends_on_its_seed_alone() -> None:
    assert done(("comparison", 5)) == done(("comparison", 5)) != done(("comparison", 6))


def test_no_two_jobs_share_a_seed() -> None:
    seeds = [seed for _, seed in jobs(100, 7)]

    assert len(set(seeds)) == len(seeds)


def test_only_what_lies_between_the_markers_is_rewritten() -> None:
    page = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"

    assert report.written(page, "new") == f"before\n{report.BEGIN}\n\nnew\n{report.END}\nafter\n"
    with pytest.raises(ValueError, match="no markers"):
        report.written("a page", "new")


def test_the_page_has_its_markers() -> None:
    assert report.written(report.PAGE.read_text("utf-8"), "x")


def test_the_table_names_every_claim_with_a_target() -> None:
    observed = [one for kind in ("comparison", "outcomes") for one in done((kind, 1))]
    scores = scored(observed)

    lines = list(report.verdicts(scores))

    assert len(lines) == sum(one.claim.target is not None for one in scores.values())
    assert all(line.startswith(("met", "missed")) for line in lines)


def test_help_says_what_it_does() -> None:
    result = CliRunner().invoke(main, ["--help"])

    assert result.exit_code == 0
    assert "--strict" in result.output
    assert CliRunner().invoke(main, ["--years", "0"]).exit_code == 2
