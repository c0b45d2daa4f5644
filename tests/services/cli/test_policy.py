"""``barograph policy`` says what would happen at the start, in words and in its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli.policy import MEANING, policy
from services.contracts.policy_document import REASONS

EXAMPLE = Path(__file__).parents[3] / "deploy" / "policies" / "example.yaml"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(policy, [str(one) for one in arguments])


@pytest.fixture(name="files")
def _files(tmp_path: Path) -> tuple[Path, Path, Path]:
    private, public, file = tmp_path / "a.key", tmp_path / "a.pub", tmp_path / "governance.yaml"
    assert run("keygen", "--private-key", private, "--public-key", public).exit_code == 0
    file.write_text(EXAMPLE.read_text())
    return private, public, file


Files = tuple[Path, Path, Path]


def check(file: Path, public: Path, day: str = "2026-11-25") -> Result:
    return run("check", file, "--public-key", public, "--on", day)


def test_a_signed_policy_is_valid(files: Files) -> None:
    private, public, file = files
    signed = run("sign", file, "--private-key", private)

    checked = check(file, public)

    assert (signed.exit_code, checked.exit_code) == (0, 0)
    assert "k = 10" in checked.stdout
    assert signed.stdout.split()[-1] == checked.stdout.split()[-1], "the same fingerprint"
    assert "# Why messages are read at all" in file.read_text()


def test_an_invalid_policy_is_refused_with_its_reason_and_1(files: Files) -> None:
    private, public, file = files
    assert "unsigned" in check(file, public).stderr
    run("sign", file, "--private-key", private)
    assert "expired" in check(file, public, "2027-10-02").stderr
    file.write_text(file.read_text().replace("k: 10", "k: 9"))

    altered = check(file, public)

    assert (altered.exit_code, "altered" in altered.stderr) == (1, True)


def test_what_could_never_be_loaded_is_not_signed(files: Files) -> None:
    private, _, file = files
    text = file.read_text().replace("general", "vakbond")
    file.write_text(text)

    refused = run("sign", file, "--private-key", private)

    assert refused.exit_code == 1
    assert "/labels/0: trade_union" in refused.stderr
    assert file.read_text() == text


def test_a_signature_can_go_into_another_file(files: Files, tmp_path: Path) -> None:
    private, public, file = files
    before = file.read_text()

    run("sign", file, "--private-key", private, "--output", tmp_path / "signed.yaml")

    assert file.read_text() == before
    assert check(tmp_path / "signed.yaml", public).exit_code == 0


def test_a_key_is_never_overwritten(files: Files) -> None:
    private, public, _ = files
    before = private.read_bytes()

    again = run("keygen", "--private-key", private, "--public-key", public)

    assert (again.exit_code, private.read_bytes()) == (2, before)


def test_a_wrong_call_is_2_and_help_explains(files: Files) -> None:
    assert run("check", files[2]).exit_code == 2
    assert run("sign", files[2], "--private-key", files[0], "--output", "/none/x").exit_code == 2
    assert "in force" in run("check", "--help").stdout


def test_every_reason_has_words() -> None:
    assert set(MEANING) == set(REASONS)
