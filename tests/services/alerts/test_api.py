"""What readers can have over HTTP, and that nothing else can be had."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from services.alerts import database, gateways
from services.alerts.collector import collect
from tests.fakes.scores import progress
from tests.fakes.stage import organisation
from tests.services.alerts.conftest import DUE, Serve, now

TOKEN = "a-token-of-some-length"  # noqa: S105


def soon(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_published_indicators_come_with_their_windows(published: Path, serve: Serve) -> None:
    with serve(published) as client:
        body = client.get("/v1/indicators").json()

    week = {"cadence": "week", "start": "2024-01-29", "end": "2024-02-05"}
    assert body["windows"] == [week]
    assert body["withheld"] is True
    assert body["as_of"] == "2024-02-07T12:00:00Z"
    assert {
        "indicator": "valence",
        "unit": "plant",
        "window": week,
        "value": 0.2,
        "contributors": "15-24",
        "noise": None,
    } in body["indicators"]
    assert {each["unit"] for each in body["indicators"]} == {"org", "sales", "plant"}


def test_a_window_can_be_asked_for_by_its_length_and_first_day(
    published: Path, serve: Serve
) -> None:
    with serve(published) as client:
        asked = client.get("/v1/indicators?cadence=week&window_start=2024-01-29").json()

        assert asked["indicators"] == client.get("/v1/indicators").json()["indicators"]


def test_suppressed_empty_and_unknown_look_the_same(published: Path, serve: Serve) -> None:
    questions = ("window_start=2019-01-07", "window_start=2031-01-06", "cadence=four_weeks")
    with serve(published) as client:
        bodies = [client.get(f"/v1/indicators?{question}").json() for question in questions]

    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["indicators"] == []
    assert bodies[0]["withheld"] is True


@pytest.mark.parametrize(
    "question", ["unit=sales.b", "indicator=valence", "cadence=hour", "window_start=soon", "k=1"]
)
def test_no_other_filter_is_understood_and_none_is_quoted(
    published: Path, serve: Serve, question: str
) -> None:
    with serve(published) as client:
        answer = client.get(f"/v1/indicators?{question}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert question.partition("=")[2] not in answer.text


def test_a_reader_who_has_it_is_told_so_and_nobody_stores_it(published: Path, serve: Serve) -> None:
    with serve(published) as client:
        first = client.get("/v1/indicators")
        again = client.get("/v1/indicators", headers={"If-None-Match": first.headers["etag"]})
        other = client.get("/v1/indicators", headers={"If-None-Match": '"other"'})

    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert again.content == b""
    assert first.headers["cache-control"] == "private, no-store"


def test_units_are_named_and_not_counted(published: Path, serve: Serve) -> None:
    with serve(published) as client:
        units = client.get("/v1/units").json()["units"]

    assert units[2] == {
        "id": "sales.a",
        "parent": "sales",
        "level": 2,
        "names": {"en": "sales.a (en)", "nl": "sales.a (nl)", "fr": "sales.a (fr)"},
    }
    assert len(units) == 5


def test_before_anything_is_published_there_is_an_empty_answer(place: Path, serve: Serve) -> None:
    with serve(place) as client:
        body = client.get("/v1/indicators").json()

    assert (body["indicators"], body["windows"], body["as_of"]) == ([], [], None)


@pytest.mark.parametrize(
    "path",
    ["/v1/catalogue", "/v1/indicators", "/v1/units", "/v1/alerts", "/metrics/indicators", "/"],
)
def test_with_a_token_set_nothing_is_read_without_it(
    published: Path, serve: Serve, path: str
) -> None:
    with serve(published, reader_token=TOKEN) as client:
        answers = [
            client.get(path).status_code,
            client.get(path, headers={"Authorization": "Bearer something-else"}).status_code,
            client.get(path, headers={"Authorization": f"Basic {TOKEN}"}).status_code,
            client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).status_code,
        ]

    assert answers == [401, 401, 401, 200]


def test_the_page_of_indicators_holds_published_values_without_times_or_counts(
    published: Path, serve: Serve
) -> None:
    with serve(published) as client:
        page = client.get("/metrics/indicators").text

    families = {family.name: family for family in text_string_to_metric_families(page)}
    score = families["barograph_indicator_score"].samples
    assert {(s.labels["unit"], s.labels["level"], s.value) for s in score} == {
        ("org", "0", 0.24),
        ("sales", "1", 0.27),
        ("plant", "1", 0.2),
    }
    assert [
        (s.labels["indicator"], s.value) for s in families["barograph_indicator_ratio"].samples
    ] == [("exhaustion", 0.15)]
    ends = families["barograph_indicator_window_end_timestamp_seconds"].samples
    assert {s.value for s in ends} == {1_707_091_200.0}
    names = families["barograph_indicator_info"].samples[0].labels
    assert names.keys() == {"indicator", "name_en", "name_nl", "name_fr", "unit_of_measure"}
    assert "sales.b" not in page
    assert all(s.timestamp is None for family in families.values() for s in family.samples)


def test_a_database_fault_answers_no_half_page(published: Path, serve: Serve) -> None:
    with serve(published) as client:
        engine = database.open_engine(published)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE published_cell RENAME TO away"))
        answers = [client.get(path) for path in ("/metrics/indicators", "/v1/indicators")]
        engine.dispose()

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("published_cell" not in answer.text for answer in answers)


def test_the_service_says_whether_it_lives_and_is_ready(place: Path, serve: Serve) -> None:
    with serve(place) as client:
        soon(lambda: client.get("/readyz").status_code == 200)
        health = client.get("/healthz")
        metrics = client.get("/metrics").text

    assert health.status_code == 200
    assert 'barograph_collector_records_total{outcome="late"} 0.0' in metrics
    assert "barograph_indicator_score" not in metrics
    assert "sales" not in metrics


def test_the_service_closes_windows_by_itself(place: Path, serve: Serve) -> None:
    with serve(place) as client:
        engine = database.open_engine(place)
        with database.writing(engine) as connection:
            collect(connection, organisation())
            gateways.progress(connection, progress(DUE, now()))
        engine.dispose()
        soon(lambda: bool(client.get("/v1/indicators").json()["indicators"]))


def test_every_operation_in_the_api_document_is_described(place: Path, serve: Serve) -> None:
    with serve(place) as client:
        document = client.get("/openapi.json").json()

    operations = [each for path in document["paths"].values() for each in path.values()]
    assert all(each.get("summary") and each.get("description") for each in operations)
    assert "/v1/alerts" in document["paths"]
