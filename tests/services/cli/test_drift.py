"""``barograph drift`` tells a program what it tells people, and quotes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.language import registry
from models.language.corpus import loader, split
from models.language.labels import Language
from services.cli.drift import FROZEN, drift

CANARY = "kanarievogel"


def lines(texts: list[str]) -> str:
    return "".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts))


def test_a_feed_like_the_reference_stays(tmp_path: Path) -> None:
    texts = [e.text for e in loader.load() if split.held_out(e.id) and e.language is Language.FR]
    path = tmp_path / "feed.jsonl"
    path.write_text(lines(texts[:250]))

    result = CliRunner().invoke(drift, [str(path)])

    assert result.exit_code == 0
    assert "fr" in result.stdout
    assert "within" in result.stdout


def test_a_feed_that_the_model_cannot_read_is_frozen_and_never_quoted() -> None:
    strange = [f"{CANARY} prijs {n} korting bestel nu kapot blij" for n in range(220)]

    result = CliRunner().invoke(drift, ["-", "--json"], input=lines(strange) + "no line\n")

    found = {one["language"]: one for one in json.loads(result.stdout)}
    assert result.exit_code in {FROZEN, 2}
    assert found["nl"]["texts"] > 200
    assert (found["nl"]["verdict"] == "frozen") == (result.exit_code == FROZEN)
    assert bool(found["nl"]["reasons"]) == (found["nl"]["verdict"] == "frozen")
    assert "line 221" in result.stderr
    assert CANARY not in result.output


def test_text_in_a_language_that_the_model_does_not_know_is_frozen_and_the_reason_is_told() -> None:
    chinese = [f"{n} 今天的会议又延期了 我不知道这个项目什么时候能完成" for n in range(240)]
    runner = CliRunner()

    programs = runner.invoke(drift, ["-", "--json"], input=lines(chinese))
    people = runner.invoke(drift, ["-"], input=lines(chinese), env={"COLUMNS": "80"})

    [most] = [one for one in json.loads(programs.stdout) if one["texts"] >= 200]
    assert programs.exit_code == people.exit_code == FROZEN
    assert "new words" in most["reasons"]
    assert "frozen" in people.stdout
    assert "- new words" in people.stdout


def test_a_feed_with_nothing_to_read_is_frozen_and_no_figure_is_made_up() -> None:
    empty = ["", "...", "👍"] * 80
    runner = CliRunner()

    programs = runner.invoke(drift, ["-", "--json"], input=lines(empty))
    people = runner.invoke(drift, ["-"], input=lines(empty), env={"COLUMNS": "80"})

    found = json.loads(programs.stdout)
    assert all(one["confidence"] is None and one["unreadable"] == 1 for one in found)
    assert people.exit_code == programs.exit_code
    assert "100.0%" in people.stdout.replace("\n", "")


@pytest.mark.parametrize("place", ["missing.jsonl", "."])
def test_a_file_that_is_none_is_a_wrong_use(tmp_path: Path, place: str) -> None:
    result = CliRunner().invoke(drift, [str(tmp_path / place)])

    assert result.exit_code == 2
    assert "FILE" in result.stderr


def test_a_folder_of_models_that_is_not_there_is_never_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "load", lambda *_args, **_named: pytest.fail("a model was read"))
    arguments = ["-", "--weights", str(tmp_path / "missing")]

    result = CliRunner().invoke(drift, arguments, input=lines(["hello"]))

    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_nothing_to_compare_is_a_clear_error() -> None:
    result = CliRunner().invoke(drift, ["-"], input="\n")

    assert result.exit_code == 1
    assert "there is no text to compare" in result.stderr
