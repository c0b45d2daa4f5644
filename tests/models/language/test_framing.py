"""What can be read of a text, by the vocabulary that ships."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from models.language import framing
from models.language.corpus import loader
from models.language.evaluation import functional
from models.language.labels import Language
from models.language.weights import build

TOKENIZER = Tokenizer.from_file(str(build.FOLDER / "tokenizer.json"))


def legible(*texts: str) -> list[bool]:
    found = framing.legible(TOKENIZER, framing.encoded(TOKENIZER, texts))
    return [bool(one) for one in found]


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "👍",
        "😡😡😡",
        "???",
        "🤷🏽\u200d♀️",
        "42",
        "ugh",
        "proud 🥹",
        "ab კგ",
        "œuvre à faire",
        "∑ = 3 µm",
    ],
)
def test_words_signs_and_emoji_can_be_read(text: str) -> None:
    assert legible(text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "\x00",
        "▁▁▁",
        "שלום",
        "안녕하세요 반갑습니다",
        "日本語の文章です",
        "🥹",
        "ok კგდ",
        "שלום!",
        "Всё хорошо, спасибо",
        "Καλημέρα σε όλους",
        "ありがとうございます",
    ],
)
def test_what_is_mostly_unknown_cannot(text: str) -> None:
    assert legible(text) == [False]


def test_no_message_of_the_corpus_or_the_suites_is_silenced() -> None:
    corpus = [example.text for example in [*loader.load(), *loader.load(loader.GROWN)]]
    suites = [case.text for language in Language for case in functional.cases(language)]

    assert all(legible(*corpus, *suites))


@given(st.lists(st.text(st.sampled_from("ok 👍🥹שლ日の\x00▁"), max_size=8), max_size=5))
def test_it_does_not_matter_who_comes_with_it(texts: list[str]) -> None:
    assert legible(*texts) == [one for text in texts for one in legible(text)]


def test_the_tokens_are_those_of_the_pieces() -> None:
    texts = ["half a pair: \ud83d", "", "שלום ok"]

    pieces = framing.encoded(TOKENIZER, texts)

    assert framing.cut(TOKENIZER, texts) == [one.ids for one in pieces]
