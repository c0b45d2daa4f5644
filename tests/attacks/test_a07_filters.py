"""A7: cut a group until one person is left.

Who: an analyst with a dashboard that has filters.
What they try: a team of fourteen; then the same without those who write French.  Both groups are
large enough to be shown.  Their difference is the one who writes French.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from models.simulation.organisation import Person, organise
from tests.attacks.figures import note
from tests.services.alerts.conftest import Serve

K = 10
QUESTIONS = (
    "unit=plant", "indicator=valence", "language=fr", "country=be", "gender=f", "since=2024-01-01",
    "exclude=fr", "group_by=language", "q=quit", "min=1", "k=1", "limit=1", "window_end=2024-02-05",
    "from=2024-01-01", "after_hours=true", "cadence=hour", "cadence=day&unit=plant", "%00=1",
)  # fmt: skip


def isolated() -> set[str]:
    """People whom a unit, less one language or country, gives away where each is at least k."""
    found: set[str] = set()
    company = organise(2_000, seed=1, first_day=date(2026, 11, 2))
    groups: defaultdict[str, list[Person]] = defaultdict(list)
    for person in company.people:
        for unit in company.lineage(person.unit):
            groups[unit].append(person)
    for people in groups.values():
        for value in {p.language for p in people} | {p.second for p in people}:
            for trait in ("language", "second"):
                cut = [p for p in people if getattr(p, trait) is not value]
                if len(cut) >= K and len(people) - len(cut) == 1:
                    found |= {p.id for p in people} - {p.id for p in cut}
    return found


def test_filters_over_a_threshold_isolate_people() -> None:
    found = isolated()
    note("A7", "of 2,000 people isolated by one language filter", without=f"{len(found)}")

    assert len(found) > 20


@pytest.mark.parametrize("question", QUESTIONS)
def test_barograph_has_no_filter_to_cut_with(published: Path, serve: Serve, question: str) -> None:
    with serve(published) as client:
        answer = client.get(f"/v1/indicators?{question}")
    note("A7", "of 2,000 people isolated by one language filter", ours="0: refused with 422")

    assert answer.status_code == 422
    assert "indicators" not in answer.json()


def test_where_a_parameter_is_not_refused_it_changes_nothing(published: Path, serve: Serve) -> None:
    paths = ("/v1/units", "/metrics/indicators")
    with serve(published) as client:
        for path in paths:
            plain = client.get(path)
            for question in QUESTIONS:
                asked = client.get(f"{path}?{question}")
                assert asked.status_code == plain.status_code == 200
                assert asked.content == plain.content


def test_the_page_draws_no_other_unit_than_one_that_is_shown_anyway(
    published: Path, serve: Serve
) -> None:
    with serve(published) as client:
        shown, withheld, unknown = (
            client.get(f"/?lang=en&unit={unit}") for unit in ("plant", "sales.b", "no.such")
        )

    assert shown.text != withheld.text.replace("sales.b", "plant")
    assert withheld.text.replace("sales.b", "") == unknown.text.replace("no.such", "")
