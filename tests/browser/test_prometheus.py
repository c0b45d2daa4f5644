"""A real Prometheus with our scrape configuration answers whatever the dashboard asks."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from tests.broker.kafka import free_port
from tests.browser.conftest import program

ROOT = Path(__file__).parents[2]
DASHBOARD: dict[str, Any] = json.loads(
    (ROOT / "deploy/grafana/dashboards/climate.json").read_text("utf-8")
)
QUERIES = sorted({target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]})
CONFIGURATION = ROOT / "deploy/prometheus/prometheus.yml"
SCRAPED_WITHIN_S = 30


@pytest.fixture(scope="module")
def prometheus(service: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Prometheus that has scraped the service."""
    folder, port = tmp_path_factory.mktemp("prometheus"), free_port(1)
    configuration = yaml.safe_load(CONFIGURATION.read_text("utf-8"))
    for job in configuration["scrape_configs"]:
        job["static_configs"] = [{"targets": [service]}]
        job["scrape_interval"] = "1s"
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    address = f"127.0.0.1:{port}"
    arguments = [
        program("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(arguments, stdout=quiet, stderr=quiet) as process:
        try:
            until_scraped(address)
            yield address
        finally:
            process.kill()


def until_scraped(address: str) -> None:
    deadline = time.monotonic() + SCRAPED_WITHIN_S
    targets: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        try:
            targets = get(address, "targets")["activeTargets"]
        except httpx2.HTTPError:
            targets = []
        if targets and all(target["health"] == "up" for target in targets):
            return
        time.sleep(0.2)
    raise TimeoutError([target["lastError"] for target in targets])


def get(address: str, path: str, **query: str) -> Any:
    answer = httpx2.get(f"http://{address}/api/v1/{path}", params=query, trust_env=False)
    answer.raise_for_status()
    return answer.json()["data"]


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_of_the_dashboard_has_an_answer(prometheus: str, query: str) -> None:
    found = get(prometheus, "query", query=query.replace("$unit", ".*"))

    assert found["result"]


def test_the_units_to_choose_from_are_those_that_are_shown(prometheus: str) -> None:
    [variable] = [v for v in DASHBOARD["templating"]["list"] if v["name"] == "unit"]
    series = variable["query"]["query"].removeprefix("label_values(").rpartition(",")[0]

    units = get(prometheus, "label/unit/values", **{"match[]": series})

    shown = get(prometheus, "query", query=series)["result"]
    assert sorted(units) == sorted({one["metric"]["unit"] for one in shown})
    assert len(units) > 1


@pytest.mark.parametrize("path", ["/metrics", "/metrics/indicators"])
def test_what_is_exposed_is_as_prometheus_wants_it(service: str, path: str) -> None:
    text = httpx2.get(f"http://{service}{path}", trust_env=False).content

    checked = subprocess.run(
        [program("promtool"), "check", "metrics"], input=text, capture_output=True, check=False
    )

    assert (checked.returncode, checked.stderr) == (0, b"")


def test_the_scrape_configuration_is_valid() -> None:
    arguments = [program("promtool"), "check", "config", str(CONFIGURATION)]

    assert subprocess.run(arguments, capture_output=True, check=False).returncode == 0
