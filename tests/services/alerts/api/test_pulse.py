"""What readers learn of the pulse, from the running service."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Connection

from models.climate.disclosure.release import HourStatistic
from models.language.labels import Language
from services.alerts import database, exposition, indicators
from services.alerts.console.wording import wording
from services.alerts.ledger import hours
from tests.fakes.scores import MONDAY
from tests.services.alerts.conftest import DUE, Serve

TERMS = hours.Terms(policy="0" * 64, k=10, quarter="2024Q1", models=("fake-1",))
TUESDAY = MONDAY + timedelta(days=1)
SHOWN = [(MONDAY - timedelta(days=1), 9), (MONDAY, 9), (MONDAY, 10), (TUESDAY, 9)]
SECTION = 'id="pulse"'


def fill(connection: Connection, shown: list[tuple[date, int]]) -> None:
    for number, (day, hour) in enumerate(shown):
        found = HourStatistic(day, hour, 300, 300 * 100_000 * number, 300)
        hours.record(connection, found, "org", TERMS, DUE)


@pytest.fixture
def pulsing(published: Path) -> Path:
    """A week that has closed, and four hours of three days."""
    engine = database.open_engine(published)
    with database.writing(engine) as connection:
        fill(connection, SHOWN)
    engine.dispose()
    return published


def starts(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [one["start"] for one in answer["hours"]]


def test_the_interface_answers_the_last_48_hours_oldest_first(pulsing: Path, serve: Serve) -> None:
    with serve(pulsing) as client:
        answer = client.get("/v1/pulse")
        again = client.get("/v1/pulse", headers={"If-None-Match": answer.headers["etag"]})

    # Forty-eight hours before the end of the newest one begin on Sunday at ten.
    assert starts(answer.json()) == [
        "2024-01-29T09:00:00Z",
        "2024-01-29T10:00:00Z",
        "2024-01-30T09:00:00Z",
    ]
    assert answer.json()["hours"][-1] == {
        "unit": "org", "start": "2024-01-30T09:00:00Z", "end": "2024-01-30T10:00:00Z",
        "value": 0.3, "contributors": "100+",
    }  # fmt: skip
    assert again.status_code == 304


def test_one_day_can_be_asked_for_and_nothing_smaller(pulsing: Path, serve: Serve) -> None:
    with serve(pulsing) as client:
        sunday = client.get("/v1/pulse?day=2024-01-28").json()
        silent = client.get("/v1/pulse?day=2024-02-28").json()
        refused = [client.get(f"/v1/pulse?{q}").status_code for q in ("unit=plant", "hour=9")]

    assert starts(sunday) == ["2024-01-28T09:00:00Z"]
    assert silent == {"revision": 0, "hours": []}
    assert refused == [422, 422]


def test_a_token_is_asked_for_as_for_everything_else(pulsing: Path, serve: Serve) -> None:
    with serve(pulsing, reader_token="t" * 32) as client:
        assert client.get("/v1/pulse").status_code == 401


def test_the_metric_is_the_newest_hour_and_says_when_it_ended(pulsing: Path) -> None:
    engine = database.open_engine(pulsing)
    with database.reading(engine).begin() as connection:
        page = exposition.page(connection).decode()
    engine.dispose()

    assert 'barograph_indicator_score{indicator="pulse",level="0",unit="org"} 0.3' in page
    (end,) = re.findall(r'window_end_timestamp_seconds{indicator="pulse"} (\S+)', page)
    assert float(end) == datetime(2024, 1, 30, 10, tzinfo=UTC).timestamp()
    assert 'barograph_indicator_info{indicator="pulse"' in page


@pytest.mark.parametrize("language", list(Language))
def test_the_page_has_a_line_and_a_table_of_48_hours(
    pulsing: Path, serve: Serve, language: Language
) -> None:
    words = wording(language)
    with serve(pulsing) as client:
        html = unescape(client.get("/", params={"lang": language.value}).text)

    _, section = html.split(SECTION, 1)
    section = section.split("</section>", 1)[0]
    assert section.count("<circle") == 3
    assert section.count('<th scope="row">') == 48
    assert section.count(f">{words.say('not_shown')}</span>") == 45
    assert words.say("pulse_help") in section
    assert words.say("pulse_caption", count=48) in section
    assert f"<td>{words.score(0.3)}</td>" in section
    newest, oldest = re.findall(r'<th scope="row">([^<]+)<', section)[::47]
    assert (newest, oldest) == (
        words.hour(datetime(2024, 1, 30, 9, tzinfo=UTC)),
        words.hour(datetime(2024, 1, 28, 10, tzinfo=UTC)),
    )
    assert html.count('id="chart-d"') == html.count('id="pulse-d"') == 1


def test_the_page_shows_it_before_the_first_week_has_closed(place: Path, serve: Serve) -> None:
    engine = database.open_engine(place)
    with database.writing(engine) as connection:
        fill(connection, SHOWN)
    engine.dispose()
    with serve(place) as client:
        page = client.get("/").text

    assert SECTION in page
    assert wording(Language.EN).say("empty_title") in page


def test_without_a_pulse_there_is_no_section_metric_or_hour(published: Path, serve: Serve) -> None:
    with serve(published) as client:
        page, metrics = client.get("/").text, client.get("/metrics/indicators").text
        answer = client.get("/v1/pulse").json()

    assert SECTION not in page
    assert "pulse" not in metrics
    assert answer["hours"] == []


def test_a_full_day_is_not_cut_off(published: Path) -> None:
    engine = database.open_engine(published)
    with database.writing(engine) as connection:
        fill(connection, [(MONDAY, hour) for hour in range(24)] + [(TUESDAY, h) for h in range(24)])
        fill(connection, [(MONDAY - timedelta(days=1), 23)])
    with database.reading(engine).begin() as connection:
        found = indicators.hours(connection)
        one = indicators.hours(connection, MONDAY)
    engine.dispose()

    assert (len(found), len(one)) == (48, 24)
    assert found[0].start == datetime(2024, 1, 29, tzinfo=UTC)
    assert [each.start.hour for each in one] == list(range(24))
