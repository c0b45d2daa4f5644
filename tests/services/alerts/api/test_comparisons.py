"""What readers learn of units side by side, from the running service."""

from __future__ import annotations

import time
from pathlib import Path

from models.language.labels import Language
from services.alerts import database, ledger
from tests.fakes.quarter import LOWEST, QUARTER, fill, plant
from tests.services.alerts.conftest import Serve

SECTION = 'id="compared"'


def close_a_quarter(place: Path) -> None:
    engine = database.open_engine(place)
    with engine.begin() as connection:
        plant(connection)
        fill(connection, {"d1.t2": -0.15, "d0.t0": 0.15})
    engine.dispose()


def test_the_service_compares_the_quarter_that_ended_and_answers_it(
    place: Path, serve: Serve
) -> None:
    close_a_quarter(place)
    with serve(place) as client:
        deadline = time.monotonic() + 30
        while not client.get("/v1/comparisons").json()["quarters"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        listed = client.get("/v1/comparisons").json()
        answer = client.get(f"/v1/comparisons/{QUARTER}")
        again = client.get(
            f"/v1/comparisons/{QUARTER}", headers={"If-None-Match": answer.headers["etag"]}
        )
        page = client.get("/", params={"lang": "nl"}).text

    found = answer.json()["finding"]
    by_unit = {one["unit"]: one for one in found["units"]}
    assert listed == {"quarters": [QUARTER]}
    assert list(by_unit) == list(LOWEST)
    assert by_unit["d1.t2"]["standing"] == "clearly_below"
    assert by_unit["d0.t0"]["standing"] == "clearly_above"
    assert set(by_unit["d9"]) == {"unit", "standing", "estimate", "low", "high"}
    assert (found["compared"], found["wrong_share"]) == (9, 0.1)
    assert set(answer.json()["sentences"]) == {str(language) for language in Language}
    assert again.status_code == 304
    assert SECTION in page
    assert "duidelijk onder de andere" in page
    assert ledger.verify(place).holds


def test_a_quarter_that_was_not_compared_is_not_found(place: Path, serve: Serve) -> None:
    with serve(place) as client:
        statuses = [
            client.get(f"/v1/comparisons/{quarter}").status_code for quarter in (QUARTER, "2026")
        ]
        page = client.get("/").text

    assert statuses == [404, 422]
    assert SECTION not in page


def test_only_readers_are_answered(place: Path, serve: Serve) -> None:
    with serve(place, reader_token="a-token-of-some-length") as client:  # noqa: S106
        paths = ("/v1/comparisons", f"/v1/comparisons/{QUARTER}")
        assert [client.get(path).status_code for path in paths] == [401, 401]
