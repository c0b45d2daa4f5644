"""The section that asks whether measuring changes how people write."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape

import pytest

from models.climate.catalogue import BY_ID, CATALOGUE, PARTICIPATION, Scope
from models.language.labels import Language
from services.alerts.console.chilling_effect import WATCHED, Row, rows
from services.alerts.console.routes import Facts, render
from services.alerts.console.view import OpenAlerts, view
from services.alerts.console.wording import wording
from tests.services.alerts.console.test_page import UNITS, week

LATEST = date(2026, 9, 28)
EN = wording(Language.EN)
FACTS = Facts(k=10, purpose="a test", text_life_hours=24)


def weekly(latest: float | None, *before: float, first: int = 1) -> dict[date, float]:
    """The values of the weeks before, newest first, and the latest if there is one."""
    found = {LATEST - timedelta(weeks=first + n): value for n, value in enumerate(before)}
    return found if latest is None else found | {LATEST: latest}


def said(latest: float, *before: float, first: int = 1) -> tuple[Row, ...]:
    return rows({"participation": weekly(latest, *before, first=first)}, LATEST, EN)


STEADY = (0.3, 0.4) * 6 + (0.5,)


@pytest.mark.parametrize(
    ("latest", "key"),
    [(0.2, "below"), (0.3, "within"), (0.5, "within"), (0.6, "above")],
)
def test_each_figure_stands_beside_its_own_thirteen_weeks(latest: float, key: str) -> None:
    assert said(latest, *STEADY) == (
        Row("Participation, from", EN.percent(latest), "30 % to 50 %",
            EN.say(f"chilling_{key}", weeks=13)),
    )  # fmt: skip


def test_the_fourteenth_week_before_no_longer_counts() -> None:
    assert said(0.2, *STEADY, 0.1)[0].said == EN.say("chilling_below", weeks=13)


def test_weeks_that_are_not_published_are_left_out_and_too_many_of_them_say_nothing() -> None:
    assert said(0.2, *STEADY[:10], first=4)[0].said == EN.say("chilling_below", weeks=10)
    assert said(0.2, *STEADY[:9], first=5) == (
        Row("Participation, from", "20 %", "-", EN.say("chilling_too_few")),
    )


def test_a_figure_that_is_not_published_has_no_row() -> None:
    assert rows({"participation": weekly(None, *STEADY), "valence": {}}, LATEST, EN) == ()


def test_each_figure_is_spelled_in_its_measure() -> None:
    series = {"valence": weekly(-0.1), "messages_per_contributor": weekly(7.5)}

    assert [row.latest for row in rows(series, LATEST, EN)] == ["-0.10", "7.5"]


def test_it_watches_figures_of_the_week_that_the_catalogue_has() -> None:
    assert len(set(WATCHED)) == len(WATCHED)
    assert set(WATCHED) <= {one.id for one in CATALOGUE}
    assert all(BY_ID[name].scope is not Scope.REPLY_LEVEL for name in WATCHED)
    assert WATCHED[0] == PARTICIPATION.id


@pytest.mark.parametrize("language", list(Language))
def test_the_page_shows_the_section_and_what_is_not_counted(language: Language) -> None:
    words = wording(language)
    found = rows({"participation": weekly(0.2, *STEADY)}, LATEST, words)
    shown = view([week(0)], UNITS, [], "", words)
    html = unescape(render(shown, OpenAlerts([], []), words, FACTS, chilling=found))

    assert words.say("chilling_title") in html
    assert f"<td>{found[0].said}</td>" in html
    assert words.say("chilling_note") in html
    assert words.say("chilling_not_counted") in html
    assert words.say("chilling_title") not in render(shown, OpenAlerts([], []), words, FACTS)
