"""Noise is drawn once: whoever asks a thousand times learns what they learned the first time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.climate.windows import week_of
from models.language.labels import Language
from services.alerts import database, migrations
from services.alerts.console.wording import wording
from services.contracts.governance import Policy
from tests.fakes.scores import MONDAY, policy
from tests.fakes.stage import PARENTS, Stage, organisation
from tests.services.alerts.conftest import DUE, Serve

READS = 1_000
LARGE = {"org": 400, "sales": 200, "sales.a": 60, "sales.b": 12, "plant": 160}


def closed(place: Path, rules: Policy) -> Stage:
    """A week of an organisation that is large enough for weeks."""
    engine = database.open_engine(place)
    stage = Stage(engine, rules, PARENTS, LARGE)
    stage.send(organisation())
    stage.reach(DUE)
    engine.dispose()
    return stage


@pytest.fixture
def noisy(place: Path) -> Path:
    """A week with noise."""
    closed(place, policy(differential_privacy="on"))
    return place


def test_a_thousand_reads_are_one_read(noisy: Path, serve: Serve) -> None:
    with serve(noisy) as client:
        bodies = {client.get("/v1/indicators").content for _ in range(READS)}

    (body,) = bodies
    found = json.loads(body)["indicators"]
    assert {each["unit"] for each in found} == {"org", "sales", "plant"}


def test_a_restart_draws_no_new_noise(noisy: Path, serve: Serve) -> None:
    with serve(noisy) as client:
        before = client.get("/v1/indicators").json()
    closed(noisy, policy(differential_privacy="on"))
    with serve(noisy) as client:
        after = client.get("/v1/indicators").json()

    assert after == before


def test_the_interface_says_how_large_the_noise_is_and_only_that_enough_people_wrote(
    noisy: Path, serve: Serve
) -> None:
    with serve(noisy) as client:
        found = client.get("/v1/indicators").json()["indicators"]

    assert all(each["noise"] >= 0.01 for each in found)
    assert {each["contributors"] for each in found} == {"10+"}
    assert {each["indicator"] for each in found} == {"valence"}


def test_without_noise_there_is_no_size_of_it(published: Path, serve: Serve) -> None:
    with serve(published) as client:
        found = client.get("/v1/indicators").json()["indicators"]
        page = client.get("/?lang=en").text

    assert {each["noise"] for each in found} == {None}
    assert "±" not in page


@pytest.mark.parametrize("language", list(Language))
def test_the_page_says_that_there_is_noise_and_how_large(
    noisy: Path, serve: Serve, language: Language
) -> None:
    with serve(noisy) as client:
        found = client.get("/v1/indicators").json()["indicators"]
        page = client.get(f"/?lang={language}").text

    words = wording(language)
    for each in found:
        shown = words.noisy(each["value"], each["noise"])
        assert "±" in shown
        assert shown in page
    assert words.say("noise").partition(".")[0].replace("'", "&#39;") in page


def test_the_same_week_twice_gets_other_noise(tmp_path: Path) -> None:
    """What is drawn is chance, not a function of the data that could be worked out."""
    week, found = week_of(MONDAY), []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.db"
        engine = database.open_engine(path)
        migrations.upgrade(engine)
        engine.dispose()
        found.append(closed(path, policy(differential_privacy="on")).values(week))

    assert found[0].keys() == found[1].keys()
    assert found[0] != found[1]
