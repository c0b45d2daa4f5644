"""The page says what is published, the same for everything that is not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.climate.windows import Cadence
from models.language.labels import Language
from services.alerts.console import wording as words_module
from services.alerts.console.chart import Line, chart
from services.alerts.console.routes import Facts, render
from services.alerts.console.view import OpenAlert, OpenAlerts, View, as_tree, shade, view
from services.alerts.console.wording import preferred, wording
from services.alerts.indicators import ClosedWindow, PublishedValue, UnitInfo

MONDAY = date(2026, 9, 28)
FACTS = Facts(k=10, purpose="a test", text_life_hours=24)
UNITS = [
    UnitInfo("acme", None, {"en": "Acme", "nl": "Acme", "fr": "Acme"}, 0),
    UnitInfo("acme.sales", "acme", {"en": "Sales", "nl": "Verkoop", "fr": "Ventes"}, 1),
    UnitInfo("acme.legal", "acme", {"en": "Legal", "nl": "Juridisch", "fr": "Juridique"}, 1),
]


def week(number: int) -> ClosedWindow:
    start = MONDAY + timedelta(weeks=number)
    end = start + timedelta(weeks=1)
    closed = datetime(end.year, end.month, end.day, tzinfo=UTC) + timedelta(days=2)
    return ClosedWindow(Cadence.WEEK, start, end, "2026Q4", 7, 3, 0, 0, 0, closed)


def value(unit: str, number: int, amount: float, indicator: str = "valence") -> PublishedValue:
    start = MONDAY + timedelta(weeks=number)
    return PublishedValue(
        indicator, unit, Cadence.WEEK, start, start + timedelta(weeks=1), amount, "25-49", None
    )


def shown(values: Sequence[PublishedValue], language: Language = Language.EN) -> View | None:
    return view([week(0), week(1)], UNITS, values, "", wording(language))


NOTHING = OpenAlerts([], [])
VALUES = [value("acme", 0, 0.1), value("acme", 1, -0.05), value("acme.sales", 1, 0.2)]


@pytest.mark.parametrize("language", list(Language))
def test_a_page_holds_every_published_value_and_its_language(language: Language) -> None:
    html = render(shown(VALUES, language), NOTHING, wording(language), FACTS)

    assert f'<html lang="{language}"' in html
    assert UNITS[1].names[language] in html
    comma = "." if language is Language.EN else ","
    assert f"+0{comma}20" in html
    assert not re.search(r"\{\w+\}", html)


@pytest.mark.parametrize("language", list(Language))
def test_an_alert_points_the_way_of_its_change_and_chance_is_spoken_of(language: Language) -> None:
    alerts = [OpenAlert("down", "Alert", rises=False, held=False),
              OpenAlert("up", "Alert", rises=True, held=True)]  # fmt: skip
    words = wording(language)

    html = unescape(render(shown(VALUES), OpenAlerts(alerts, ["By chance."]), words, FACTS))

    assert re.search(r"▼</span> Alert</strong> down</li>", html)
    assert re.search(r"▲</span> Alert</strong> up \(" + re.escape(words.say("alert_held")), html)
    assert "By chance." in html


@pytest.mark.parametrize("language", list(Language))
def test_before_the_first_week_the_page_says_what_will_come(language: Language) -> None:
    html = unescape(render(None, NOTHING, wording(language), FACTS))

    assert wording(language).say("empty_title") in html


@pytest.mark.parametrize("language", list(Language))
def test_a_frozen_language_is_said_on_the_page(language: Language) -> None:
    facts = replace(FACTS, frozen_languages=[Language.FR])
    words = wording(language)
    html = unescape(render(None, NOTHING, words, facts))

    assert words.say("frozen_fr") in html
    assert words.say("frozen_nl") not in html


@pytest.mark.parametrize("purpose", ["a test", "a test."])
@pytest.mark.parametrize("language", list(Language))
def test_the_purpose_ends_with_one_full_stop(language: Language, purpose: str) -> None:
    html = unescape(render(None, NOTHING, wording(language), replace(FACTS, purpose=purpose)))

    assert wording(language).say("footer_policy", k=10, purpose="a test") in html
    assert "a test.." not in html


def test_suppressed_empty_and_unknown_units_look_the_same() -> None:
    page = shown(VALUES)
    assert page is not None

    assert [row.unit for row in page.weeks.rows] == ["acme", "acme.sales"]
    assert page.weeks.rows[1].cells[0] is None
    assert view([week(0), week(1)], UNITS, VALUES, "acme.legal", wording(Language.EN)) == view(
        [week(0), week(1)], UNITS, VALUES, "acme.legal", wording(Language.EN)
    )
    unknown = view([week(0), week(1)], UNITS, VALUES, "nobody", wording(Language.EN))
    withheld = view([week(0), week(1)], UNITS, VALUES, "acme.legal", wording(Language.EN))
    assert unknown is not None
    assert withheld is not None
    assert unknown.line == withheld.line


def test_a_unit_stands_above_its_children_whatever_the_order_of_the_directory() -> None:
    names = dict.fromkeys(("en", "nl", "fr"), "x")
    parents = {"a": None, "a.b": "a", "a.c": "a", "a.b.d": "a.b", "a.c.e": "a.c"}
    units = [UnitInfo(name, up, names, name.count(".")) for name, up in parents.items()]

    assert [unit.id for unit in as_tree(units)] == ["a", "a.b", "a.b.d", "a.c", "a.c.e"]


@pytest.mark.parametrize(("amount", "text"), [(0.004, "0.00"), (-0.004, "0.00"), (0.1, "+0.10")])
def test_zero_has_no_sign(amount: float, text: str) -> None:
    assert wording(Language.EN).score(amount) == text


def test_the_change_is_told_between_neighbouring_weeks_only() -> None:
    page = shown(VALUES)
    alone = shown([value("acme", 1, -0.05)])
    assert page is not None
    assert page.now is not None
    assert alone is not None
    assert alone.now is not None

    assert "-0.15" in page.now.against
    assert alone.now.against == wording(Language.EN).say("not_before")


def test_a_signal_without_a_value_is_in_the_usual_range_or_not_shown() -> None:
    page = shown([*VALUES, value("acme", 1, 0.12, "exhaustion")])
    assert page is not None

    assert page.signals[0].text == "12 %"
    assert {share.text for share in page.signals[1:]} == {
        wording(Language.EN).say("normal_or_hidden")
    }


def keys(tree: object) -> object:
    if isinstance(tree, dict):
        return {key: keys(branch) for key, branch in tree.items()}
    if isinstance(tree, list):
        return [keys(branch) for branch in tree]
    return sorted(re.findall(r"\{\w+\}", str(tree)))


def test_every_language_has_the_same_sentences_with_the_same_places() -> None:
    folder = Path(words_module.__file__).with_name("words")
    found = [keys(tomllib.loads(path.read_text("utf-8"))) for path in folder.glob("*.toml")]

    assert len(found) == len(Language)
    assert found[0] == found[1] == found[2]


def test_no_page_names_an_emotion() -> None:
    folder = Path(words_module.__file__).with_name("words")
    text = " ".join(path.read_text("utf-8").lower() for path in folder.glob("*.toml"))
    emotions = "anger angry fear sad joy boos bang verdriet colère peur tristesse joie emotion"

    assert [word for word in emotions.split() if re.search(rf"\b{word}\b", text)] == []


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        ("fr", "nl", Language.FR),
        ("", "de, nl-BE;q=0.8, en;q=0.7", Language.NL),
        ("xx", None, Language.EN),
        ("", "fr;q=broken", Language.EN),
        ("", "en;q=0.1,fr;q=0.9", Language.FR),
    ],
)
def test_the_reader_s_choice_comes_first(
    asked: str, accepted: str | None, expected: Language
) -> None:
    assert preferred(asked, accepted) is expected


@given(st.lists(st.one_of(st.none(), st.floats(-1, 1)), min_size=1, max_size=30))
def test_a_chart_places_every_value_inside_its_frame(values: list[float | None]) -> None:
    drawn = chart([str(n) for n in range(len(values))], [Line("x", values, "circle", "first")])

    [line] = drawn.drawn
    assert [p.value for p in line.points] == [v for v in values if v is not None]
    assert all(drawn.left <= p.x <= drawn.right and 0 <= p.y <= drawn.floor for p in line.points)


def test_a_gap_stays_a_gap() -> None:
    values = [0.1, 0.2, None, 0.1]
    [line] = chart(list("abcd"), [Line("x", values, "circle", "first")]).drawn

    assert [len(run) for run in line.runs] == [2, 1]
    assert len(line.paths) == 1


@given(st.floats(-1, 1))
def test_every_value_has_a_shade_of_the_style_sheet(amount: float) -> None:
    style = (Path(words_module.__file__).parent / "static" / "page.css").read_text("utf-8")

    assert f".{shade(amount)} " in style


def of_day(number: int, amount: float) -> PublishedValue:
    start = MONDAY + timedelta(days=number)
    end = start + timedelta(days=1)
    return PublishedValue("valence", "acme", Cadence.DAY, start, end, amount, "100+", None)


def day(number: int) -> ClosedWindow:
    start = MONDAY + timedelta(days=number)
    end = start + timedelta(days=1)
    closed = datetime(end.year, end.month, end.day, 12, 15, tzinfo=UTC)
    return ClosedWindow(Cadence.DAY, start, end, "2026Q4", 1, 0, 0, 0, 0, closed)


@pytest.mark.parametrize("language", list(Language))
def test_a_large_unit_has_a_table_of_days_beside_its_weeks(language: Language) -> None:
    words = wording(language)
    values = [of_day(0, 0.1), of_day(1, 0.25), value("acme", 1, 0.2), value("acme.sales", 1, 0.3)]
    page = view([day(0), day(1), week(0), week(1)], UNITS, values, "", words)
    assert page is not None
    html = unescape(render(page, NOTHING, words, FACTS))

    assert [row.unit for row in page.days.rows] == ["acme"]
    assert [row.unit for row in page.weeks.rows] == ["acme", "acme.sales"]
    assert page.now is not None
    assert page.now.value == words.score(0.2)
    assert words.say("table_day_title") in html


def test_without_a_unit_by_the_day_there_is_no_table_of_days() -> None:
    words = wording(Language.EN)
    page = view([week(0), week(1)], UNITS, [value("acme", 1, 0.2)], "", words)
    assert page is not None

    assert words.say("table_day_title") not in render(page, NOTHING, words, FACTS)


@pytest.mark.parametrize("language", list(Language))
def test_figures_of_replies_are_shown_as_they_are_published(language: Language) -> None:
    words = wording(language)
    figures = [
        value("acme.sales", 1, 0.41, "collaboration"),
        value("acme.sales", 1, -0.18, "ei_index"),
        value("acme", 1, 0.31, "modularity_low"),
        value("acme.legal", 0, 0.99, "collaboration"),
    ]
    seen = shown([*VALUES, *figures], language)
    html = unescape(render(seen, NOTHING, words, FACTS))

    assert seen is not None
    assert [row.name for row in seen.networks.rows] == [UNITS[1].names[language]]
    assert seen.networks.rows[0].figures == (words.score(-0.18), None, words.percent(0.41), None)
    assert seen.networks.whole == ((words.indicator("modularity_low"), words.score(0.31)),)
    assert words.say("networks_title") in html
    assert words.percent(0.41) in html
    assert words.percent(0.99) not in html


def test_without_figures_of_replies_the_page_has_no_section_of_them() -> None:
    words = wording(Language.EN)

    assert words.say("networks_title") not in render(shown(VALUES), NOTHING, words, FACTS)


@pytest.mark.parametrize("language", list(Language))
def test_shares_of_languages_are_shown_as_they_are_published(language: Language) -> None:
    words = wording(language)
    figures = [
        value("acme", 1, 0.62, "language_nl"),
        value("acme", 1, 0.03, "unscored"),
        value("acme", 0, 0.97, "language_en"),
    ]
    html = unescape(render(shown([*VALUES, *figures], language), NOTHING, words, FACTS))

    assert words.say("coverage_title") in html
    assert words.percent(0.62) in html
    assert html.count(words.indicator("language_nl")) > html.count(words.indicator("language_en"))
    assert words.percent(0.97) not in html
    assert words.say("coverage_title") not in render(shown(VALUES), NOTHING, words, FACTS)


@pytest.mark.parametrize("indicator", ["return_rate", "ghost_towns"])
@pytest.mark.parametrize("language", list(Language))
def test_figures_of_the_latest_four_weeks_stand_beside_those_of_the_latest_week(
    language: Language, indicator: str
) -> None:
    words = wording(language)
    fours = [replace(week(n), cadence=Cadence.FOUR_WEEKS) for n in (-4, 0)]
    figures = [
        replace(
            value(unit, number, amount, indicator),
            cadence=Cadence.FOUR_WEEKS,
        )
        for unit, number, amount in [("acme", 0, 0.7), ("acme", -4, 0.9), ("acme.sales", 0, 0.3)]
    ]
    windows = [week(0), week(1), *fours]
    seen = view(windows, UNITS, [*VALUES, *figures], "", words)
    html = unescape(render(seen, NOTHING, words, FACTS))

    assert seen is not None
    assert seen.adoption == ((words.indicator(indicator), words.percent(0.7)),)
    assert words.say("adoption_title") in html
    assert words.percent(0.9) not in html
    assert words.say("adoption_title") not in render(shown(VALUES), NOTHING, words, FACTS)
