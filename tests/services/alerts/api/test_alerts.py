"""What readers learn of alerts, and that the running service tells its endpoints of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.alerts import database
from services.alerts.delivery import signature
from services.cli.endpoints import add_endpoint
from tests.fakes.notices import SECRET
from tests.fakes.published import Published, monday
from tests.fakes.receiver import Receiver, serving
from tests.services.alerts.conftest import Serve, now

PLANT = "south.plant"


def drop(place: Path, weeks_after: int = 0) -> None:
    """Usual weeks, three in which one department falls, and some in which it recovers."""
    engine = database.open_engine(place)
    with engine.begin() as connection:
        weeks = Published(connection)
        for valence in (*[{}] * 14, *[{PLANT: -0.1}] * 3, *[{}] * weeks_after):
            weeks.week(valence)
    engine.dispose()


def soon(found: Callable[[], Any]) -> Any:
    """What *found* finds, once it does."""
    deadline = time.monotonic() + 30
    while not (result := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return result


def test_an_open_alert_says_where_and_since_when_and_of_nobody_how_many(
    place: Path, serve: Serve
) -> None:
    drop(place)
    with serve(place) as client:
        soon(lambda: client.get("/v1/alerts").json()["episodes"])
        body = client.get("/v1/alerts").json()

    (alert,) = body["alerts"]
    assert (alert["unit"], alert["rule"], alert["state"]) == (PLANT, "sustained_drop", "firing")
    assert alert["since"] == str(monday(17 - alert["change"]["weeks"]))
    assert alert["window_start"] == str(monday(16))
    assert alert["change"]["contributors"] == "25-49"
    assert alert["change"]["interval_90"][1] < 0
    assert alert["names"]["nl"] == "Aanhoudende daling"
    assert set(alert) == {
        "fingerprint", "episode", "rule", "names", "unit", "severity", "state", "cadence", "since",
        "window_start", "change", "wave",
    }  # fmt: skip
    (episode,) = body["episodes"]
    assert (episode["id"], episode["ended"]) == (alert["episode"], None)


def test_an_alert_that_is_over_is_an_episode_alone(place: Path, serve: Serve) -> None:
    drop(place, weeks_after=9)
    with serve(place) as client:
        body = soon(lambda: _resolved(client.get("/v1/alerts").json()))
        none = client.get("/v1/alerts", params={"episodes": 0}).json()

    assert body["alerts"] == []
    (episode,) = body["episodes"]
    assert (episode["outcome"], episode["fired"]) == ("resolved", str(monday(16)))
    assert (none["alerts"], none["episodes"]) == ([], [])


def _resolved(body: dict[str, Any]) -> dict[str, Any] | None:
    return body if body["episodes"] and not body["alerts"] else None


def test_a_filter_that_nobody_reviewed_is_refused(place: Path, serve: Serve) -> None:
    with serve(place) as client:
        assert client.get("/v1/alerts", params={"unit": "x"}).status_code == 422
        assert client.get("/v1/alerts", params={"episodes": 201}).status_code == 422


def test_the_service_tells_its_endpoint_of_a_planted_drop_and_of_nothing_else(
    place: Path, serve: Serve
) -> None:
    drop(place)
    receiver = Receiver()
    with serving(receiver.app()) as port:
        key = place.with_name("endpoints.key")
        add_endpoint(place, key, url=f"http://127.0.0.1:{port}/", secret=SECRET, now=now())
        with serve(place, own_networks="127.0.0.0/8") as client:
            soon(lambda: receiver.seen)
            time.sleep(2)  # nothing else may follow
            metrics = client.get("/metrics").text

    (seen,) = receiver.seen
    at = int(now().timestamp())
    assert signature.check(seen.headers, seen.body, [SECRET], at) is None
    document = json.loads(seen.body)
    assert document["type"] == "alert.firing"
    assert [alert["labels"]["unit"] for alert in document["data"]["alerts"]] == [PLANT]
    assert 'barograph_delivery_attempts_total{outcome="delivered"}' in metrics


def test_a_webhook_never_goes_to_this_machine_unless_it_is_allowed(
    place: Path, serve: Serve
) -> None:
    drop(place)
    receiver = Receiver()
    with serving(receiver.app()) as port:
        key = place.with_name("endpoints.key")
        add_endpoint(place, key, url=f"http://127.0.0.1:{port}/", secret=SECRET, now=now())
        refused = 'barograph_delivery_attempts_total{outcome="configuration"} '
        with serve(place) as client:
            before = client.get("/metrics").text.partition(refused)[2].partition("\n")[0]
            soon(lambda: f"{refused}{float(before) + 1}" in client.get("/metrics").text)

    assert receiver.seen == []
