"""Business figures over HTTP: who may send them, what is refused, and what readers see."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from pydantic import SecretStr

from models.climate.outcomes.wording import faults
from models.language.labels import Language
from services.alerts import database, migrations
from services.alerts.main import create_app
from services.alerts.outcomes import keys
from services.alerts.outcomes.importing import Importing
from services.alerts.outcomes.refreshing import Refreshing
from services.alerts.settings import AlertsSettings
from services.contracts.access import Scope, generate
from services.contracts.governance import Policy
from services.telemetry import logs
from tests.fakes import business
from tests.fakes.business import LEAVERS, NOW, ROSTER, SCORE, registering

READER = "a-token-of-some-length"
POLICY = registering(LEAVERS, SCORE, events=[ROSTER])
GOOD = business.file("leavers", ["north", "south"], business.noise(7, 48, 1.0))
CANARY = "8127.4625"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "climate.db"
    engine = database.open_engine(path)
    migrations.upgrade(engine)
    with database.writing(engine) as connection:
        business.tree(connection)
        lines = {u: business.noise(n, 218, 0.02) for n, u in enumerate(business.SIZES)}
        business.weeks(connection, lines)
    engine.dispose()
    return path


@pytest.fixture
def token(place: Path) -> str:
    token, key = generate([Scope.OUTCOMES_WRITE], NOW + timedelta(days=1), created=NOW)
    engine = database.open_engine(place)
    with database.writing(engine) as connection:
        keys.add(connection, key)
    engine.dispose()
    return token


@pytest.fixture
def imported(place: Path) -> None:
    """Four years of figures, and what is found of them, before the service starts."""
    engine = database.open_engine(place)
    Importing(engine, {each.id: each for each in POLICY.outcomes}, lambda: NOW).take(GOOD, "-")
    Refreshing(engine, POLICY, lambda: NOW).tick()
    engine.dispose()


Serve = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def serve(place: Path) -> Serve:
    @contextmanager
    def started(policy: Policy = POLICY) -> Iterator[TestClient]:
        settings = AlertsSettings(
            database=str(place),
            governance=place,
            policy_public_key=place,
            endpoint_key=place.with_name("endpoints.key"),
            reader_token=SecretStr(READER),
        )
        app = create_app(settings, policy, lambda: NOW)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield client

    return started


@pytest.fixture
def client(serve: Serve) -> Iterator[TestClient]:
    with serve() as client:
        yield client


Send = Callable[..., Any]


@pytest.fixture
def send(client: TestClient, token: str) -> Send:
    def posted(content: bytes, token: str = token, **headers: str) -> Any:
        head = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"} | headers
        return client.post("/v1/outcomes", content=content, headers=head)

    return posted


def get(client: TestClient, path: str) -> Any:
    return client.get(path, headers={"Authorization": f"Bearer {READER}"})


def test_figures_come_in_once_and_corrections_are_counted(send: Send) -> None:
    first, again = send(GOOD), send(GOOD)
    other = send(GOOD.replace(b",9\n", b",8\n", 1))

    assert first.json() == {"new": 96, "corrected": 0, "unchanged": 0}
    assert again.json() == {"new": 0, "corrected": 0, "unchanged": 96}
    assert other.json() == {"new": 0, "corrected": 1, "unchanged": 95}


def test_bad_rows_are_named_and_nothing_is_kept_or_quoted(send: Send) -> None:
    rows = GOOD.decode().splitlines()
    rows[5] = f"leavers,north,2024-05,{CANARY},49,9"
    rows[9] = f"leavers,canary-unit,2024-09,{CANARY},200,9"
    answer = send("\n".join(rows).encode())

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/rows/6", "detail": "people_below_50"},
        {"pointer": "/rows/10", "detail": "unit_not_registered"},
    ]
    assert "2 rows" in answer.json()["detail"]
    assert CANARY not in answer.text
    assert "canary" not in answer.text
    assert send(GOOD).json()["new"] == 96


def test_of_very_many_bad_rows_a_hundred_are_named(send: Send) -> None:
    rows = "\n".join(["outcome,unit,month,value,people,events", *["x,y,z,1,2,3"] * 150])
    answer = send(rows.encode()).json()

    assert len(answer["errors"]) == 100
    assert answer["detail"].startswith("150 rows")


def test_only_a_key_for_figures_lets_them_in(client: TestClient, send: Send, token: str) -> None:
    other, _ = generate([Scope.OUTCOMES_WRITE], NOW + timedelta(days=1))
    answers = [
        send(GOOD, READER).status_code,
        send(GOOD, other).status_code,
        send(GOOD, token, Authorization=f"Basic {token}").status_code,
        client.post("/v1/outcomes", content=GOOD).status_code,
    ]

    assert answers == [401] * 4
    assert (
        client.get("/v1/outcomes", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    )


def test_what_is_no_plain_csv_of_reasonable_size_is_refused(send: Send) -> None:
    answers = [
        send(GOOD, **{"Content-Type": "application/json"}).status_code,
        send(GOOD, **{"Content-Encoding": "gzip"}).status_code,
        send(b"x" * (1024 * 1024 + 1)).status_code,
        send(b"").status_code,
    ]

    assert answers == [415, 415, 413, 422]


@pytest.mark.usefixtures("imported")
def test_readers_see_lines_coefficient_and_sentences(serve: Serve) -> None:
    with serve() as client:
        listed = get(client, "/v1/outcomes").json()
        body = get(client, "/v1/outcomes/leavers").json()

    assert [each["id"] for each in listed["outcomes"]] == ["leavers", "score"]
    assert [each["id"] for each in listed["interventions"]] == ["roster"]
    north = body["finding"]["units"][0]
    assert (north["unit"], north["known"], len(north["months"])) == ("north", 48, 48)
    assert north["association"]["low"] <= north["association"]["coefficient"]
    assert north["association"]["hypotheses"] == 2
    assert set(body["sentences"]) == {"en", "nl", "fr"}
    assert "third cause" in body["sentences"]["en"][0]


@pytest.mark.usefixtures("imported")
def test_readers_see_the_change_around_an_event(serve: Serve) -> None:
    with serve() as client:
        body = get(client, "/v1/interventions/roster").json()

    assert body["finding"]["units"][0]["effect"]["placebos"] >= 19
    assert body["finding"]["beforehand"] is False
    assert "another cause" in body["sentences"]["en"][0]


@pytest.mark.usefixtures("imported")
def test_what_is_not_registered_is_not_there(serve: Serve) -> None:
    with serve() as client:
        answers = [
            get(client, path).status_code
            for path in ("/v1/outcomes/none", "/v1/interventions/leavers")
        ]

    assert answers == [404, 404]


@pytest.mark.parametrize(
    "path", ["/v1/outcomes", "/v1/outcomes/leavers", "/v1/interventions/roster"]
)
def test_nothing_is_read_without_the_reader_s_token(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("language", list(Language))
def test_the_page_says_what_the_interface_says_and_claims_nothing_more(
    serve: Serve, language: Language
) -> None:
    with serve() as client:
        page = unescape(get(client, f"/?lang={language}").text)
        said = get(client, "/v1/outcomes/leavers").json()["sentences"][language]
        said += get(client, "/v1/interventions/roster").json()["sentences"][language]
    the = {"en": "The", "nl": "De", "fr": "Le"}[language]

    for sentence in said:
        assert re.sub(r"^(north|south)", rf"{the} \1", sentence) in page
    sections = re.findall(
        r'<section class="card" aria-labelledby="(?:outcomes|events)">.*?</section>',
        page,
        re.DOTALL,
    )
    assert len(sections) == 2
    text = re.sub(r"<[^>]+>", ".\n", "".join(sections))
    assert faults(text, language) == ()
    assert text.count("2024") >= 12


def test_a_page_without_registered_figures_has_no_section(serve: Serve) -> None:
    with serve(registering()) as client:
        page = get(client, "/").text

    assert "</html>" in page
    assert 'id="outcomes"' not in page
    assert 'id="events"' not in page


def test_no_value_is_in_a_log_or_a_metric(client: TestClient, send: Send) -> None:
    head = "outcome,unit,month,value,people,events"
    with structlog.testing.capture_logs() as lines:
        stored = send(f"{head}\nscore,org,2026-09,{CANARY},500,".encode()).json()
        refused = send(f"{head}\nscore,org,2026-09,{CANARY},5,".encode()).status_code
        soon(lambda: CANARY in get(client, "/v1/outcomes/score").text)
        metrics = client.get("/metrics").text + get(client, "/metrics/indicators").text

    assert (stored["new"], refused) == (1, 422)
    assert {"outcomes.imported", "outcomes.computed"} <= {line["event"] for line in lines}
    assert all(line.keys() <= logs.KEYS | {"log_level"} for line in lines)
    assert CANARY not in f"{lines}{metrics}"


def soon(holds: Callable[[], bool]) -> None:
    """Wait until it holds: the service computes every few seconds."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)
