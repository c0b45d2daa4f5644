"""Where leaving comes up, from the running service: the interface, the page, and the policy."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.language.labels import Language
from services.alerts import database, migrations
from services.alerts.console.wording import wording
from services.alerts.main import create_app
from services.alerts.rules import catalogue
from services.alerts.settings import AlertsSettings
from tests.database.test_wave_rule import CREATED, DEPARTMENT, RULE, START, waved
from tests.fakes.leaving import CLOSED, Leaving, block
from tests.fakes.scores import policy
from tests.services.alerts.api.test_alerts import soon

PERMITS = {"indicators": ("valence", "turnover_intent"), "demo": True}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A year of usual weeks, four in which a department is not, and a rule that was calibrated."""
    path = tmp_path / "climate.db"
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    with engine.begin() as connection:
        catalogue.install(connection, [RULE], CREATED)
        written = Leaving(connection, waved(1))
        written.plant()
        written.close(0, START + 1)
    engine.dispose()
    return path


def client(place: Path, *, on: bool) -> TestClient:
    settings = AlertsSettings(
        database=str(place), governance=place, policy_public_key=place,
        endpoint_key=place.with_name("endpoints.key"),
    )  # fmt: skip
    asked = policy().model_copy(update={**PERMITS, "resignation_wave": on})
    return TestClient(create_app(settings, asked, lambda: CLOSED + timedelta(hours=1)))


def test_an_open_wave_is_one_word_on_the_page_and_in_the_interface(place: Path) -> None:
    with client(place, on=True) as reader:
        body: dict[str, Any] = soon(lambda: _with_episode(reader.get("/v1/alerts").json()))
        pages = {
            language: unescape(reader.get("/", params={"lang": language.value}).text)
            for language in Language
        }

    (alert,) = body["alerts"]
    assert (alert["unit"], alert["rule"], alert["wave"], alert["state"]) == (
        DEPARTMENT, "resignation_wave", "clearly_raised", "firing",
    )  # fmt: skip
    assert (alert["cadence"], alert["change"]) == ("four_weeks", None)
    assert alert["since"] == str(block(START).start)
    rule = {one["uid"]: one for one in body["rules"]}["resignation_wave"]
    assert (rule["threshold"], rule["false_alarms_a_year"], rule["direction"]) == (4.4, 0.6, "rise")
    for language, page in pages.items():
        words = wording(language)
        said = words.say(
            "alert_wave_clearly_raised",
            unit={"en": "The b2", "nl": "De b2", "fr": "Le b2"}[language.value],
            since=words.day(block(START).start),
        )
        assert said in page
        assert words.say("alert_held") not in page


def test_where_the_policy_does_not_ask_for_it_there_is_no_rule_and_no_alert(place: Path) -> None:
    with client(place, on=True) as reader:
        soon(lambda: _with_episode(reader.get("/v1/alerts").json()))
    with client(place, on=False) as reader:
        body, page = reader.get("/v1/alerts").json(), reader.get("/").text

    assert body["alerts"] == []
    assert "resignation_wave" not in [one["uid"] for one in body["rules"]]
    assert "leaving comes up" not in page


def _with_episode(body: dict[str, Any]) -> dict[str, Any] | None:
    return body if body["episodes"] else None
