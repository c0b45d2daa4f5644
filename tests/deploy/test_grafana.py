"""The dashboard is valid, and shows nothing that the metrics page does not hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.climate.catalogue import CATALOGUE, Indicator
from services.alerts.exposition import FAMILIES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DASHBOARD: dict[str, Any] = json.loads(
    (DEPLOY / "grafana" / "dashboards" / "climate.json").read_text("utf-8")
)


def queries() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from (
        variable["query"]["query"]
        for variable in DASHBOARD["templating"]["list"]
        if variable["type"] == "query"
    )


def test_every_metric_of_the_dashboard_exists() -> None:
    sources = [ROOT / "services" / "alerts" / "exposition.py"]
    sources += (ROOT / "services" / "telemetry" / "metrics").glob("*.py")
    exported = "".join(path.read_text("utf-8") for path in sources)
    asked = {name for query in queries() for name in re.findall(r"barograph_\w+", query)}

    assert asked
    assert {name for name in asked if f'"{name}' not in exported} == set()


def asked_for(indicator: Indicator) -> bool:
    """Whether a panel asks for *indicator* in the metric that holds it."""
    metric, _ = FAMILIES[indicator.measure]
    return any(
        found["metric"] == metric and re.fullmatch(found["named"], indicator.id)
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
        for found in re.finditer(
            r'(?P<metric>\w+)\{[^}]*\bindicator=~?"(?P<named>[^"]+)"', target["expr"]
        )
    )


@pytest.mark.parametrize("indicator", CATALOGUE, ids=lambda one: one.id)
def test_every_indicator_has_a_panel(indicator: Indicator) -> None:
    assert asked_for(indicator)


def test_no_query_looks_back_over_withdrawn_cells() -> None:
    banned = re.compile(r"\[[^\]]+\]|\boffset\b|_over_time|@")

    assert [query for query in queries() if banned.search(query)] == []


def test_panels_have_their_own_number_a_description_and_no_overlap() -> None:
    panels = DASHBOARD["panels"]
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["description"] for panel in panels)
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24


def test_provisioning_and_scraping_are_valid_yaml_with_the_same_source() -> None:
    sources = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/datasources/barograph.yaml").read_text("utf-8")
    )
    scrape = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
    [variable] = [v for v in DASHBOARD["templating"]["list"] if v["type"] == "datasource"]
    jobs = {job["job_name"]: job for job in scrape["scrape_configs"]}

    assert variable["current"]["value"] == sources["datasources"][0]["uid"]
    assert jobs["barograph-indicators"]["honor_timestamps"] is False
