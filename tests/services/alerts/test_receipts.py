"""A receipt in words and over HTTP says counts, rules and readers, and no unit or reason."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.climate.disclosure.receipt import Receipt
from models.climate.windows import week_of
from models.language.labels import Language
from services.alerts.console.receipt_text import sentences
from services.alerts.console.wording import wording
from services.cli.receipt import receipt as command
from tests.fakes.scores import MONDAY
from tests.fakes.stage import PARENTS
from tests.services.alerts.conftest import Serve

RECEIPT = Receipt(
    policy="f" * 64,
    models=("known-1", "own-2"),
    weights={"known-1": {"heads.safetensors": "d" * 64}, "own-2": {}},
    code="0.1.0",
    window=week_of(MONDAY),
    quarter="2024Q1",
    input_digest="e" * 64,
    decisions={"dominated_by_one": 1, "published": 3, "too_few": 4},
    published=17,
    withheld=5,
    k=10,
    recipients=("interface", "metrics", "page", "webhook:ep_1"),
)
REASONS = ("few", "dominat", "weinig", "peu de", "e" * 64)
TOKEN = "a-token-of-some-length"  # noqa: S105


def asked(place: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["--database", str(place), *arguments])


def newest(place: Path) -> str:
    return asked(place).output.split()[2]


@pytest.mark.parametrize("language", list(Language))
def test_the_sentences_say_what_a_works_council_asks_and_no_reason(language: Language) -> None:
    text = "\n".join(sentences("a" * 64, RECEIPT, wording(language)))

    for fact in ("17", "5", "3", "10", "f" * 64, "known-1", "own-2", "d" * 64, "0.1.0", "2024Q1",
                 "ep_1", "barograph replay " + "a" * 64, "barograph verify-ledger"):  # fmt: skip
        assert fact in text
    assert wording(language).day(MONDAY) in text
    assert not any(reason in text.lower() for reason in REASONS)
    assert not re.search(r"\{\w+\}", text)


@pytest.mark.parametrize("language", list(Language))
def test_what_is_not_known_or_is_off_has_a_sentence_of_its_own(language: Language) -> None:
    words = wording(language)
    old = replace(RECEIPT, models=(), weights={}, recipients=(), format=1)
    noisy = replace(RECEIPT, budget_spent=0.125, budget_left=0.875)

    before, after = ("\n".join(sentences("a", one, words)) for one in (old, noisy))

    for key in ("no_model", "readers_unknown", "noise_off"):
        assert words.words["receipt"][key] in before
        assert words.words["receipt"][key] not in after
    assert "0.125" in after
    assert "0.875" in after


def test_the_command_lists_receipts_and_tells_one_in_each_language(published: Path) -> None:
    listed = asked(published)
    name = newest(published)
    told = {code: asked(published, name, "--language", code) for code in ("en", "nl", "fr")}

    assert listed.output.startswith("2024-01-29  week")
    assert {found.exit_code for found in (listed, *told.values())} == {0}
    assert len({found.output for found in told.values()}) == 3
    assert "3 are published and 1 are not; 4 values" in told["en"].output
    assert "fake-1" in told["fr"].output


def test_the_command_names_what_it_cannot_tell(published: Path, tmp_path: Path) -> None:
    assert asked(published, "0" * 64).exit_code == 1
    assert asked(tmp_path / "none.db", "0" * 64).exit_code == 2
    assert asked(published, "--language", "de").exit_code == 2
    assert asked(published, "--help").exit_code == 0


def test_the_interface_answers_a_receipt_without_units_reasons_and_sums(
    published: Path, serve: Serve
) -> None:
    name = newest(published)
    with serve(published) as client:
        found = client.get(f"/v1/receipts/{name}")
        body = found.json()

    assert found.status_code == 200
    assert body["id"] == name
    assert body["window"] == {"cadence": "week", "start": "2024-01-29", "end": "2024-02-05"}
    assert (body["units_published"], body["units_withheld"], body["values_published"]) == (3, 1, 4)
    assert body["models"] == [{"name": "fake-1", "weights": {}}]
    assert body["recipients"] == ["interface", "metrics", "page"]
    assert (body["k"], body["budget_spent"], body["budget_left"]) == (10, None, None)
    assert not any(f'"{unit}"' in found.text for unit in PARENTS)
    assert not {"decisions", "input", "input_digest"} & body.keys()


@pytest.mark.parametrize(("name", "status"), [("0" * 64, 404), ("x" * 64, 422), ("a", 422)])
def test_an_unknown_receipt_is_a_problem_that_quotes_nothing(
    published: Path, serve: Serve, name: str, status: int
) -> None:
    with serve(published) as client:
        found = client.get(f"/v1/receipts/{name}")

    assert found.status_code == status
    assert found.headers["content-type"] == "application/problem+json"
    assert name not in found.text or len(name) == 1


def test_a_receipt_is_read_with_the_reader_s_token_alone(published: Path, serve: Serve) -> None:
    path = f"/v1/receipts/{newest(published)}"
    with serve(published, reader_token=TOKEN) as client:
        without = client.get(path).status_code
        given = client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).status_code

    assert (without, given) == (401, 200)


def test_the_page_links_to_the_receipt_of_the_latest_week(published: Path, serve: Serve) -> None:
    with serve(published) as client:
        page = client.get("/").text

    assert f'<a href="/v1/receipts/{newest(published)}">Receipt of the latest week</a>' in page


def test_before_anything_is_published_the_page_links_to_none(place: Path, serve: Serve) -> None:
    with serve(place) as client:
        page = client.get("/").text

    assert "/v1/receipts/" not in page
