"""A13: turn the rules down.

Who: an administrator who is asked for "a little more detail, only this once".
What they try: they edit the policy: groups of three instead of ten, one more indicator, a later
end.  Then they sign it with a key of their own, or call the program around the policy.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.climate.disclosure.release import release
from models.climate.windows import Cadence, week_of
from services.alerts import database
from services.contracts import governance, policy_document
from services.contracts.governance import PolicyInvalid
from tests.attacks.figures import note
from tests.fakes.scores import MONDAY, policy
from tests.fakes.stage import ELIGIBLE, PARENTS, Stage, organisation
from tests.fakes.trees import FOUR_WEEKS, cells, crowd, tree
from tests.services.alerts.conftest import DUE

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
TODAY = MONDAY
DOCUMENT: dict[str, Any] = policy(k=10).model_dump(
    mode="json", exclude_unset=True, exclude={"signature"}
)
FEW = {"sales.a": 20, "sales.b": 3, "plant": 15}
EDITS: dict[str, dict[str, Any]] = {
    "groups of three": {"k": 3},
    "groups of five": {"k": 5},
    "one more indicator": {"indicators": ["valence", "exhaustion", "leaving"]},
    "an end that never comes": {"expires": "2099-01-01"},
    "another source": {"sources": ["demo", "slack"], "channels": ["demo:*", "slack:*"]},
    "a works council that never met": {
        "works_council": {"decision": "consent", "date": "2024-01-01", "reference": "x"}
    },
}


def edited(folder: Path, changes: dict[str, Any], resigned_by: Ed25519PrivateKey | None) -> Path:
    """The signed policy in a file, then changed; signed again by whoever has a key."""
    content = policy_document.sign(DOCUMENT, KEY) | changes
    if resigned_by is not None:
        content = policy_document.sign(content, resigned_by)  # asks nothing of the content
    path = folder / "governance.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def by_threshold(k: int) -> set[str]:
    """What a service that believes its file shows of a week: every unit of at least k."""
    units = tree(PARENTS, ELIGIBLE)
    people = [person for leaf, count in FEW.items() for person in crowd(leaf, count)]
    found = cells(units, people, FOUR_WEEKS.split(Cadence.WEEK)[0])
    return {unit for unit, cell in found.items() if cell.contributors >= k}


def test_a_service_that_believes_its_file_shows_a_group_of_three(tmp_path: Path) -> None:
    believed = yaml.safe_load(edited(tmp_path, EDITS["groups of three"], None).read_text())
    note("A13", "a policy edited to groups of three", without="a team of 3 is shown")

    assert "sales.b" in by_threshold(believed["k"])
    assert "sales.b" not in by_threshold(10)


@pytest.mark.parametrize("changes", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize(
    ("signer", "reason"), [(None, "altered"), (OTHER, "other_key")], ids=["unsigned", "other key"]
)
def test_an_edited_policy_is_refused_whoever_signs_it_but_the_one_we_trust(
    tmp_path: Path, changes: dict[str, Any], signer: Ed25519PrivateKey | None, reason: str
) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        governance.load(edited(tmp_path, changes, signer), PUBLIC, TODAY)

    assert refused.value.reason == reason


def test_below_five_not_even_the_right_key_helps(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalid, match="below_floor"):
        governance.load(edited(tmp_path, {"k": 3}, KEY), PUBLIC, TODAY)
    with pytest.raises(PolicyInvalid, match="below_floor"):
        governance.sign({**DOCUMENT, "k": 3}, KEY)


def test_a_service_started_on_an_edited_policy_ends_before_it_opens_anything(
    tmp_path: Path,
) -> None:
    path = edited(tmp_path, {"k": 3}, None)
    (tmp_path / "policy.pub").write_bytes(PUBLIC)
    told = {
        "BAROGRAPH_ALERTS_DATABASE": str(tmp_path / "climate.db"),
        "BAROGRAPH_ALERTS_GOVERNANCE": str(path),
        "BAROGRAPH_ALERTS_POLICY_PUBLIC_KEY": str(tmp_path / "policy.pub"),
        "BAROGRAPH_ALERTS_ENDPOINT_KEY": str(tmp_path / "endpoints.key"),
        "BAROGRAPH_ALERTS_PORT": "0",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "services.alerts.main"],
        env={**os.environ, **told}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    note(
        "A13", "a policy edited to groups of three", ours="does not start (exit 78); floor in code"
    )

    assert (ended.returncode, ended.stderr.strip()) == (78, "altered")
    assert not (tmp_path / "climate.db").exists()


def test_the_floor_is_in_the_code_behind_the_policy(place: Path) -> None:
    """Somebody builds a policy around every check: the door itself refuses, and nothing leaves."""
    forged = policy().model_copy(update={"k": 3})
    engine = database.open_engine(place)
    stage = Stage(engine, forged)
    stage.send(organisation(people=FEW))
    closed = stage.reach(DUE)
    engine.dispose()

    assert forged.k == 3
    assert closed == []
    assert stage.values(week_of(MONDAY)) == {}
    units = tree({"o": None})
    for k in (1, 3, 4):
        with pytest.raises(ValueError, match="at least 5"):
            release(
                tree=units, plan={"o": Cadence.FOUR_WEEKS}, window=FOUR_WEEKS, k=k,
                cells=cells(units, crowd("o", 30), FOUR_WEEKS), indicators=("valence",),
            )  # fmt: skip


def test_an_indicator_that_nobody_listed_cannot_be_asked_of_the_door(place: Path) -> None:
    forged = policy().model_copy(update={"indicators": ("valence", "anger")})
    engine = database.open_engine(place)
    stage = Stage(engine, forged)
    stage.send(organisation())
    closed = stage.reach(DUE + timedelta(minutes=1))
    engine.dispose()

    assert closed == []
    assert stage.values(week_of(MONDAY)) == {}
