"""What can be published has a page, words in three languages, a metric, a place in the policy."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from models.climate.catalogue import (
    AFTER_HOURS,
    BY_ID,
    CATALOGUE,
    DRIVERS,
    INDICATORS,
    NETWORK,
    SIGNALS,
    VALENCE,
    Family,
    Indicator,
    Measure,
    Scope,
)
from models.climate.cell import Cell
from models.climate.disclosure.release import PublishedCell, published_cells, published_figure
from models.climate.disclosure.released_statistic import statistic_of
from models.climate.disclosure.thresholds import FLOOR
from models.climate.networks.silo import LEAST_CONTRIBUTORS
from models.climate.windows import Cadence, week_of
from models.language.labels import Language
from services.alerts.api.catalogue import CatalogueOut
from services.alerts.console.measured import measured
from services.alerts.console.wording import wording
from services.alerts.exposition import FAMILIES, Published
from services.alerts.indicators import PublishedValue
from services.contracts import governance
from tests.services.alerts.conftest import Serve

ROOT = Path(__file__).parents[3]
METHODS = ROOT / "docs" / "methods"
MONDAY = date(2026, 9, 28)
WEEK = week_of(MONDAY)
UNKNOWN = "heroes"

entries = pytest.mark.parametrize("entry", CATALOGUE, ids=INDICATORS)


@entries
def test_every_indicator_has_a_page_with_its_formula_and_what_it_does_not_say(
    entry: Indicator,
) -> None:
    page = (METHODS / f"{entry.page}.md").read_text("utf-8")

    assert "## Formula" in page
    assert "not say" in page
    assert "## Source" in page
    assert f"({entry.page}.md)" in (METHODS / "README.md").read_text("utf-8")


@entries
@pytest.mark.parametrize("language", list(Language))
def test_every_indicator_has_a_name_and_a_meaning_in_every_language(
    entry: Indicator, language: Language
) -> None:
    words = wording(language)

    assert words.indicator(entry.id)
    assert "{" not in words.meaning(entry.id)


@pytest.mark.parametrize("language", list(Language))
def test_no_two_indicators_have_one_name(language: Language) -> None:
    names = {(one.family, wording(language).indicator(one.id)) for one in CATALOGUE}

    assert len(names) == len(CATALOGUE)


@entries
def test_every_indicator_has_a_sample_in_the_metric_of_its_measure(entry: Indicator) -> None:
    value = PublishedValue(
        entry.id, "org", Cadence.WEEK, WEEK.start, WEEK.end_exclusive, 0.5, "25-49", None
    )
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Published([value], {"org": 0}, []))
    page = generate_latest(registry).decode()

    families = {family.name: family for family in text_string_to_metric_families(page)}
    ours = {name: families[name].samples for name, _ in FAMILIES.values()}
    assert [s.labels["indicator"] for s in ours[FAMILIES[entry.measure][0]]] == [entry.id]
    assert sum(len(samples) for samples in ours.values()) == 1
    [info] = families["barograph_indicator_info"].samples
    assert info.labels["unit_of_measure"] == entry.measure.value
    assert info.labels["name_fr"] == wording(Language.FR).indicator(entry.id)


@entries
def test_a_ratio_is_a_share_and_a_range_is_one(entry: Indicator) -> None:
    assert entry.high is None or entry.low is None or entry.low < entry.high
    if entry.measure is Measure.RATIO:
        assert (entry.low, entry.high) == (0, 1)
    if entry.measure is Measure.SCORE:
        assert entry.low is None or entry.low < 0


def test_a_policy_can_list_what_the_catalogue_holds_and_nothing_else() -> None:
    demo = yaml.safe_load((ROOT / "deploy/policies/demo.yaml").read_text("utf-8"))

    everything = {**demo, "indicators": list(INDICATORS)}
    assert governance.checked(everything).indicators == INDICATORS
    with pytest.raises(governance.PolicyInvalid):
        governance.checked({**demo, "indicators": [UNKNOWN]})


def test_nothing_is_published_that_is_not_in_the_catalogue() -> None:
    with pytest.raises(ValueError, match="catalogue"):
        PublishedCell(UNKNOWN, "org", Cadence.WEEK, WEEK.start, WEEK.end_exclusive, 0.5, "25-49")


def test_a_released_cell_is_published_in_the_order_of_the_catalogue() -> None:
    full = Cell(messages=90, contributors=30, weight=90, weighted_micro=9, weight_squares=270)
    kept = tuple(one.id for one in (*SIGNALS, *DRIVERS, AFTER_HOURS))
    cells = published_cells(statistic_of("org", WEEK, full, valence=True, shares=kept, tenth=3), 10)

    assert [cell.indicator for cell in cells] == [VALENCE.id, *kept, "participation"]
    assert INDICATORS[: 2 + len(kept)] == (VALENCE.id, *kept, "participation")


@pytest.mark.parametrize("language", list(Language))
def test_the_page_lists_every_indicator_with_its_scale_and_smallest_group(
    language: Language,
) -> None:
    words = wording(language)
    listed = measured(words, 12)

    assert [one.name for one in listed] == [words.indicator(name) for name in INDICATORS]
    assert listed[0].smallest == words.say("smallest_policy", k=12)
    assert all(one.scale and one.windows and one.levels for one in listed)
    assert len({one.method for one in listed}) == len({one.page for one in CATALOGUE})


def test_the_interface_says_what_can_be_published(place: Path, serve: Serve) -> None:
    with serve(place) as client:
        found: dict[str, Any] = client.get("/v1/catalogue").json()

    assert [one["indicator"] for one in found["indicators"]] == list(INDICATORS)
    first = CatalogueOut.model_validate(found).indicators[0]
    assert (first.unit_of_measure, first.low, first.high) == (Measure.SCORE, -1, 1)
    assert first.names.nl == "Klimaat"
    assert all((ROOT / one["method"]).is_file() for one in found["indicators"])


def test_the_dashboard_asks_for_nothing_that_the_catalogue_lacks() -> None:
    board = json.loads((ROOT / "deploy/grafana/dashboards/climate.json").read_text("utf-8"))
    text = json.dumps(board)
    asked = set(re.findall(r'indicator=\\+"(\w+)\\+"', text))

    assert asked
    assert asked <= set(BY_ID)


def test_the_dashboard_names_the_signals_of_the_catalogue() -> None:
    text = (ROOT / "deploy/grafana/dashboards/climate.json").read_text("utf-8")
    listed = [names.split("|") for names in re.findall(r'indicator=~\\"([\w|]+)\\"', text)]

    assert [one.id for one in SIGNALS] in listed
    assert {name for names in listed for name in names} <= set(BY_ID)


def test_a_figure_of_replies_needs_the_contributors_that_the_catalogue_says() -> None:
    for one in NETWORK:
        fewest = one.smallest or FLOOR
        assert published_figure(one.id, "org", WEEK, 0.5, fewest).indicator == one.id
        with pytest.raises(ValueError, match="few"):
            published_figure(one.id, "org", WEEK, 0.5, fewest - 1)
    with pytest.raises(ValueError, match="decided before"):
        published_figure(VALENCE.id, "org", WEEK, 0.5, 99)
    assert {one.smallest for one in NETWORK if one.scope is Scope.REPLY_LEVEL} == {
        LEAST_CONTRIBUTORS
    }


@entries
def test_what_is_not_made_of_released_sums_is_told_of_windows_of_one_length(
    entry: Indicator,
) -> None:
    if entry.family in {Family.NETWORK, Family.COVERAGE, Family.ANSWERS}:
        assert entry.cadences == (Cadence.WEEK,)
    elif entry.family is Family.ADOPTION:
        assert entry.cadences in {(Cadence.WEEK,), (Cadence.FOUR_WEEKS,)}
        assert entry.scope is Scope.ORGANISATION
    elif entry.family is Family.PULSE:
        assert entry.cadences == ()  # an hour is no window
    else:
        assert entry.cadences == tuple(Cadence)
