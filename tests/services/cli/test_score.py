"""``barograph score`` says what it found, and never repeats what it could not read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.language import explanation, registry
from models.language.labels import Driver, Sentiment, Signal
from services.cli.score import score

CANARY = "kanarievogel"


def lines(*rows: object) -> bytes:
    return b"".join(
        (row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows
    )


def test_a_text_gets_a_table() -> None:
    result = CliRunner().invoke(score, ["Ik ben echt trots op dit team, topdag gehad!"])

    assert result.exit_code == 0
    for word in ("nl", "positive", "commitment", "drivers"):
        assert word in result.stdout


def test_a_feeling_that_is_likely_enough_is_named_alone() -> None:
    result = CliRunner().invoke(score, ["Ik ben echt trots op dit team, topdag gehad!"])

    assert "not sure" not in result.stdout
    assert not {"negative", "neutral"} & set(result.stdout.split())


def test_of_a_doubtful_text_every_feeling_is_told_with_its_probability() -> None:
    result = CliRunner().invoke(score, ["???"])
    told = dict(re.findall(r"(\w+) +│ (\d\.\d\d)", result.stdout))

    assert result.exit_code == 0
    assert "not sure" in result.stdout
    assert set(Sentiment) <= set(told)
    assert sum(float(told[feeling]) for feeling in Sentiment) == pytest.approx(1, abs=0.02)


def test_an_explanation_names_the_words_that_moved_a_label() -> None:
    text = "Good soup today [red] but I am handing in my resignation"
    plain = CliRunner().invoke(score, [text])
    told = CliRunner().invoke(score, [text, "--explain"])

    assert told.exit_code == plain.exit_code == 0
    assert "resignation +" in told.stdout
    assert "resignation" not in plain.stdout
    marked = CliRunner().invoke(score, ["I am handing in my [/bold]resignation", "--explain"])
    assert "[/bold]resignation +" in marked.stdout


def test_an_explanation_says_that_it_looked_at_the_beginning_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(explanation, "MOST_WORDS", 3)
    long = CliRunner().invoke(score, ["I am handing in my resignation", "--explain"])
    short = CliRunner().invoke(score, ["I am resigning", "--explain"])
    plain = CliRunner().invoke(score, ["I am handing in my resignation"])

    assert "Only the first 3 of 6 words" in " ".join(long.stdout.split())
    assert "Only the first" not in short.stdout + plain.stdout


def test_an_explanation_shows_on_a_terminal_how_far_it_is() -> None:
    arguments = ["I am resigning", "--explain"]
    terminal = CliRunner().invoke(score, arguments, env={"FORCE_COLOR": "1"})
    file = CliRunner().invoke(score, arguments)

    assert "words left out" in terminal.stderr
    assert "3/3" in terminal.stderr
    assert not file.stderr


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("ascii", "é"),
        ("utf-8", b"\xe9".decode("utf-8", "surrogateescape")),
    ],  # as argv hands it over
)
def test_what_a_terminal_cannot_write_is_replaced(encoding: str, mark: str) -> None:
    runner = CliRunner(charset=encoding)

    result = runner.invoke(score, [f"I am handing in my {mark}resignation", "--explain"])

    assert result.exit_code == 0, result.exception
    assert "?resignation +" in result.stdout


def test_an_explanation_of_a_file_is_refused() -> None:
    result = CliRunner().invoke(score, ["--jsonl", "-", "--explain"], input=b"")

    assert result.exit_code == 2
    assert "--explain takes a TEXT" in result.stderr


def test_each_line_gets_a_line_in_order(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(lines(*({"id": str(n), "text": f"ok {n}"} for n in range(520))))
    result = CliRunner().invoke(score, ["--jsonl", str(path)])

    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [row["id"] for row in found] == [str(n) for n in range(520)]
    assert set(found[0]["sentiment_p"]) == set(Sentiment)
    assert set(found[0]["signals_p"]) == set(Signal)
    assert set(found[0]["drivers_p"]) == set(Driver)
    assert all(isinstance(found[0][name], list) for name in ("signals", "drivers"))
    assert found[0]["sentiment"] == "neutral"
    assert found[0]["sure"] is True


def test_standard_input_and_blank_lines_are_read() -> None:
    data = lines(
        {"id": "a", "text": "fine"},
        b"",
        {"id": "b", "text": "", "more": 1},
        {"id": 7, "text": "\ud83d"},
    )
    result = CliRunner().invoke(score, ["--jsonl", "-"], input=data)

    assert result.exit_code == 0
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in found] == ["a", "b", 7]
    assert found[1]["sure"] is False


def test_a_malformed_line_is_named_by_number_and_the_rest_is_scored() -> None:
    data = lines(
        {"id": "a", "text": "fine"},
        f'{{"id": "b", "text": "{CANARY}'.encode(),
        {"id": "c", "text": [CANARY]},
        {"id": None, "text": CANARY},
        CANARY.encode() + b"\xff",
        [CANARY],
        {"id": "d"},
        {"id": "z", "text": "fine too"},
    )
    result = CliRunner().invoke(score, ["--jsonl", "-"], input=data)

    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "z"]
    for number in range(2, 8):
        assert f"line {number}:" in result.stderr
    assert CANARY not in result.output


def test_a_text_and_a_file_together_are_refused() -> None:
    for arguments in (["hello", "--jsonl", "-"], []):
        result = CliRunner().invoke(score, arguments)

        assert result.exit_code == 2
        assert "not both" in result.stderr


@pytest.mark.parametrize("place", ["missing.jsonl", "."])
def test_a_file_that_is_none_is_a_wrong_use_and_no_model_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(registry, "load", lambda *_args, **_named: pytest.fail("a model was read"))

    result = CliRunner().invoke(score, ["--jsonl", str(tmp_path / place)])

    assert result.exit_code == 2
    assert "--jsonl" in result.stderr


def test_a_folder_of_models_that_is_not_there_is_never_the_shipped_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(score, ["hello", "--weights", str(tmp_path / "missing")])

    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_an_unknown_model_is_a_clear_error() -> None:
    result = CliRunner().invoke(score, ["hello", "--model", "nobody"])

    assert result.exit_code == 1
    assert "no model is called" in result.stderr
