"""The corpus is whole, and nothing held out leaks into training."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from itertools import pairwise

import pytest
from safetensors import safe_open
from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped] # ships no types

from models.language import registry
from models.language.corpus import doubles, loader, split
from models.language.corpus.loader import Example
from models.language.labels import Driver, Language, Sentiment, Signal
from models.language.training import folding, rows
from models.language.training.folding import FOLDS

HELD_OUT = "46bf99bdc3112c916cb1c1e7ebe688e629ee3566345ed9a17576c8253f70f3ec"
IN_FOLDS = "5f6ab259d869e10a39bfd6bcc9c1f376e81166f6fd52def5a2c41ef223f70ec3"
REAL_ROWS = "1ab93bfcc3dea516b9905d4159e582675114dec52c3b8482f311599d3235a9a7"


def digest(ids: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return loader.load()


def test_every_language_and_label_is_there(examples: list[Example]) -> None:
    for language in Language:
        own = [example for example in examples if example.language is language]

        assert len(own) == 3600
        assert {example.sentiment for example in own} == set(Sentiment)
        assert frozenset[Signal]().union(*(example.signals for example in own)) == set(Signal)
        assert frozenset[Driver]().union(*(example.drivers for example in own)) == set(Driver)


def test_every_id_is_given_once(examples: list[Example]) -> None:
    assert len({example.id for example in examples}) == len(examples)


def test_one_in_ten_is_held_out_in_each_language(examples: list[Example]) -> None:
    for language in Language:
        own = [split.held_out(e.id) for e in examples if e.language is language]

        assert 0.08 < sum(own) / len(own) < 0.12


def test_twins_are_never_parted(examples: list[Example]) -> None:
    twins = [example.id for example in examples if split.group(example.id) != example.id]

    assert len(twins) == 2700
    for one, next_one in pairwise(twins):
        if split.group(one) == split.group(next_one):
            assert split.held_out(one) == split.held_out(next_one)
            assert split.fold(one, 5) == split.fold(next_one, 5)


def test_no_text_is_both_held_out_and_trained_on(examples: list[Example]) -> None:
    kept = {doubles.normalised(e.text) for e in examples if split.held_out(e.id)}
    trained = {doubles.normalised(e.text) for e in split.training(examples)}

    assert kept & trained == set()


def test_hardly_anything_is_lost_to_near_doubles(examples: list[Example]) -> None:
    rest = [example for example in examples if not split.held_out(example.id)]
    trained = split.training(examples)

    assert not any(split.held_out(example.id) for example in trained)
    assert 0.99 * len(rest) < len(trained) < len(rest)


def test_one_word_more_is_still_the_same_text() -> None:
    text = "the release is at four today and I am so tired"

    assert doubles.near([text, "lunch?"], [f"{text} too"]) == {0}


def test_the_split_is_the_one_that_shipped_models_were_trained_with(
    examples: list[Example],
) -> None:
    """Another split would hand a model that was trained before what it is then measured on."""
    kept = sorted(example.id for example in examples if split.held_out(example.id))
    folds = [f"{example.id} {split.fold(example.id, FOLDS)}" for example in examples]

    assert (len(kept), digest(kept)) == (1_151, HELD_OUT)
    assert digest(folds) == IN_FOLDS


def test_what_the_shipped_folds_never_saw_is_all_that_may_be_trained_on(
    examples: list[Example],
) -> None:
    with safe_open(registry.FOLDER / folding.FILE, framework="numpy") as file:
        ids = file.metadata()["ids"].split()
    real = sorted(one for one in ids if one.startswith(rows.REAL))
    here = {row.id for row in rows.gathered() if row.real}

    assert len(set(ids)) == len(ids)
    assert set(ids) - set(real) == {example.id for example in split.training(examples)}
    assert (len(real), digest(real)) == (2_724, REAL_ROWS)
    assert here in (set(), set(real))


def test_an_addition_is_of_the_closed_lists_and_says_nothing_anew() -> None:
    additions, given = loader.load(loader.GROWN), loader.load()

    assert len({one.id for one in additions}) == len(additions)
    for language in Language:
        assert sum(one.language is language for one in additions) >= 1_500
    assert not {one.id for one in additions} & {one.id for one in given}
    assert not doubles.near([one.text for one in additions], [one.text for one in given])


def test_two_annotators_agree_as_the_card_says() -> None:
    """The second one saw the texts alone."""
    first = {example.id: example for example in loader.load(loader.GROWN)}
    second = [
        json.loads(line)
        for language in Language
        for line in (loader.FOLDER / "second" / f"{language}.jsonl").read_text().splitlines()
    ]
    pairs = [(first[row["id"]], row) for row in second]

    def kappa(family: str, label: str) -> float:
        sides = [(label in getattr(one, family), label in row[family]) for one, row in pairs]
        return float(cohen_kappa_score(*zip(*sides, strict=True)))

    sentiment = {
        language: cohen_kappa_score(
            [one.sentiment for one, _ in pairs if one.language is language],
            [row["sentiment"] for one, row in pairs if one.language is language],
        )
        for language in Language
    }
    signals = [kappa("signals", label) for label in Signal]
    drivers = {label: kappa("drivers", label) for label in Driver}

    assert len({row["id"] for row in second}) == len(second) == 3_474
    assert {k: round(v, 2) for k, v in sentiment.items()} == {"en": 0.91, "nl": 0.93, "fr": 0.93}
    assert (round(min(signals), 2), round(max(signals), 2)) == (0.87, 0.99)
    assert round(drivers[Driver.COMMUNICATION], 2) == round(min(drivers.values()), 2) == 0.74
    assert round(drivers[Driver.REWARD], 2) == round(max(drivers.values()), 2) == 0.93
