"""A mistake in a registry is named, with the entry that it is in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from models.language import registry
from models.language.registry_entry import (
    ENCODER_FILES,
    ClassifierEntry,
    EntryInvalid,
    ProbeEntry,
    entries,
)

SHIPPED = tomllib.loads((registry.FOLDER.parent / registry.FILE).read_text("utf-8"))
COMMIT = "0123456789abcdef" * 2 + "01234567"
PROBE = {"kind": "probe", "version": "p-1", "licence": "MIT", "heads": "h", "sha256": "0"}
CLASSIFIER = {
    "kind": "classifier",
    "version": "c-1",
    "licence": "MIT",
    "source": "mine",
    "labels": {"LABEL_0": "negative", "LABEL_1": "ignored"},
}


def mine(raw: Mapping[str, Any]) -> ProbeEntry | ClassifierEntry:
    return entries(SHIPPED, {"models": {"mine": raw}}).models["mine"]


def without(raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if name != key}


def test_what_ships_states_its_licences() -> None:
    found = entries(SHIPPED, {})

    assert found.encoder.licence == "MIT"
    assert found.encoder.sha256.keys() == set(ENCODER_FILES)
    assert {entry.licence for entry in found.models.values()} == {"Apache-2.0"}
    assert found.default in found.models


def test_an_entry_says_what_its_file_says() -> None:
    assert mine(PROBE | {"layers": "l", "layers_sha256": "1"}) == ProbeEntry(
        "mine", "p-1", "MIT", "h", "l", {"h": "0", "l": "1"}
    )
    own = {"revision": COMMIT, "sha256": {"f": "2"}, "threshold": 0.7, "companion": "frozen"}
    assert mine(CLASSIFIER | own) == ClassifierEntry(
        "mine", "c-1", "MIT", "mine", COMMIT, {"f": "2"},
        {"LABEL_0": "negative", "LABEL_1": "ignored"}, 0.7, "frozen",
    )  # fmt: skip
    assert mine(CLASSIFIER) == ClassifierEntry(
        "mine", "c-1", "MIT", "mine", None, {},
        {"LABEL_0": "negative", "LABEL_1": "ignored"}, 0.5, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "key"),
    [(PROBE, key) for key in PROBE] + [(CLASSIFIER, key) for key in CLASSIFIER],
)
def test_what_is_missing_is_named(raw: dict[str, Any], key: str) -> None:
    with pytest.raises(EntryInvalid, match=f"^model 'mine': {key} is needed"):
        mine(without(raw, key))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (PROBE | {"kind": "oracle"}, "kind is probe or classifier, and not 'oracle'"),
        (PROBE | {"version": 1}, "version is needed, as text"),
        (PROBE | {"licence": " "}, "licence is needed, as text"),
        (PROBE | {"layers": "l"}, "layers_sha256 is needed, as text"),
        (PROBE | {"threshold": 0.5}, "unknown key threshold"),
        (CLASSIFIER | {"treshold": 0.5}, "unknown key treshold"),
        (CLASSIFIER | {"labels": {}}, "labels is needed, as a table"),
        (CLASSIFIER | {"labels": ["negative"]}, "labels is needed, as a table"),
        (CLASSIFIER | {"labels": {"A": 3}}, "labels: A is needed, as text"),
        (CLASSIFIER | {"labels": {"A": "anger"}}, "labels maps to anger, which is no label here"),
        (CLASSIFIER | {"sha256": "0"}, "sha256 is needed, as a table"),
        (CLASSIFIER | {"sha256": {"f": 0}}, "sha256: f is needed, as text"),
        (CLASSIFIER | {"revision": "main"}, "revision is a commit of 40 hexadecimal digits"),
        (CLASSIFIER | {"companion": ""}, "companion is needed, as text"),
        *(
            (CLASSIFIER | {"threshold": wrong}, "threshold is a probability, 0 to 1")
            for wrong in (-0.1, 1.1, float("nan"), True, "0.5")
        ),
    ],
)
def test_what_cannot_be_is_named(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(EntryInvalid, match=f"^model 'mine': {re.escape(said)}$"):
        mine(raw)


@pytest.mark.parametrize("threshold", [0, 0.5, 1])
def test_a_threshold_may_be_any_probability(threshold: float) -> None:
    found = mine(CLASSIFIER | {"threshold": threshold})

    assert isinstance(found, ClassifierEntry)
    assert found.threshold == threshold


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"models": "mine"}, "registry.toml: models is needed, as a table"),
        ({"models": {"mine": 1}}, "registry.toml: models: mine is needed, as a table"),
        ({"default": 3}, "registry.toml: default is needed, as text"),
        ({"model": {}}, "registry.toml: unknown key model"),
        *(
            ({"encoder": without(SHIPPED["encoder"], key)}, f"encoder: {key} is needed, as text")
            for key in ("licence", *ENCODER_FILES)
        ),
    ],
)
def test_a_registry_that_lacks_a_part_is_refused(own: dict[str, Any], said: str) -> None:
    with pytest.raises(EntryInvalid, match=f"^{re.escape(said)}$"):
        entries(SHIPPED, own)


def test_a_registry_of_ones_own_adds_to_what_ships() -> None:
    found = entries(SHIPPED, {"default": "mine", "models": {"mine": PROBE}})

    assert found.default == "mine"
    assert found.models.keys() == {*SHIPPED["models"], "mine"}


def test_the_entry_in_the_guide_is_one() -> None:
    guide = Path(__file__).parents[3] / "docs" / "bring-your-own-model.md"
    block = re.search(r"```toml\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    assert block is not None
    found = entries(SHIPPED, tomllib.loads(block[1])).models["mine"]

    assert isinstance(found, ClassifierEntry)
    assert found.sha256.keys() == {"config.json", "model.safetensors", "tokenizer.json"}
