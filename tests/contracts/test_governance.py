"""Nothing starts without a policy that is signed, in force and allowed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from services.contracts import governance, policy_document
from services.contracts.failures import Fault
from services.contracts.governance import Policy, PolicyInvalid, fingerprint

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
TODAY = date(2026, 11, 25)
POLICIES = Path(__file__).parents[2] / "deploy" / "policies"
DOCUMENT: dict[str, Any] = {
    "version": 1,
    "organisation": "Acme",
    "purpose": "Workload",
    "sources": ["slack", "feed"],
    "channels": ["slack:T0/C1", "feed:open-*"],
    "indicators": ["valence", "exhaustion", "driver_workload"],
    "works_council": {"decision": "consent", "date": date(2026, 10, 1), "reference": "minutes 9"},
    "expires": date(2027, 10, 1),
}


def written(folder: Path, document: dict[str, Any], *, signed: bool = True) -> Path:
    path = folder / "governance.yaml"
    content = policy_document.sign(document, KEY) if signed else document
    path.write_text(yaml.safe_dump(content))
    return path


def _key_file(folder: Path) -> Path:
    policy_document.write_keys(folder / "policy.key", folder / "policy.pub")
    return folder / "policy.key"


def refusal(path: Path, key: bytes | Path = PUBLIC, today: date = TODAY) -> PolicyInvalid:
    with pytest.raises(PolicyInvalid) as caught:
        governance.load(path, key, today)
    return caught.value


def test_a_signed_policy_loads_with_the_defaults_of_the_architecture(tmp_path: Path) -> None:
    policy = governance.load(written(tmp_path, DOCUMENT), PUBLIC, TODAY)

    assert (policy.k, policy.text_life, policy.demo) == (10, timedelta(hours=24), False)


@pytest.mark.parametrize(
    ("written_as", "mode"),
    [("on", "on"), ("off", "off"), ("'on'", "on"), ("strict", "strict"), ("yes", "on")],
)
def test_noise_may_be_asked_for_in_plain_yaml(tmp_path: Path, written_as: str, mode: str) -> None:
    path = tmp_path / "governance.yaml"
    path.write_text(f"{yaml.safe_dump(DOCUMENT)}\ndifferential_privacy: {written_as}\n")

    governance.sign_file(path, path, _key_file(tmp_path))

    assert governance.load(path, tmp_path / "policy.pub", TODAY).differential_privacy == mode


@pytest.mark.parametrize("mode", ["weak", 3, 1, None, ["on"]])
def test_noise_of_another_kind_is_refused(tmp_path: Path, mode: object) -> None:
    found = refusal(written(tmp_path, {**DOCUMENT, "differential_privacy": mode}))

    assert found.reason == "malformed"
    assert found.faults[0].pointer.startswith("/differential_privacy")


def test_noise_is_off_unless_asked_for(tmp_path: Path) -> None:
    silent = governance.load(written(tmp_path, DOCUMENT), PUBLIC, TODAY)
    asked = governance.checked({**DOCUMENT, "differential_privacy": "strict"})

    assert silent.differential_privacy == "off"
    assert fingerprint(silent) != fingerprint(asked)


def test_a_policy_is_in_force_on_its_last_day_and_not_after(tmp_path: Path) -> None:
    path = written(tmp_path, DOCUMENT)

    assert governance.load(path, PUBLIC, date(2027, 10, 1)).organisation == "Acme"
    assert refusal(path, today=date(2027, 10, 2)).reason == "expired"


def test_comments_order_and_layout_are_not_signed(tmp_path: Path) -> None:
    path = written(tmp_path, DOCUMENT)
    signed = yaml.safe_load(path.read_text())
    path.write_text("# agreed\n" + yaml.safe_dump(dict(reversed(signed.items())), indent=6))

    assert governance.load(path, PUBLIC, TODAY).organisation == "Acme"


@given(st.data())
def test_a_policy_with_one_other_byte_is_refused_or_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = written(tmp_path_factory.mktemp("policy"), DOCUMENT)
    raw = bytearray(path.read_bytes())
    original = governance.load(path, PUBLIC, TODAY)
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(raw)

    try:
        loaded = governance.load(path, PUBLIC, TODAY)
    except PolicyInvalid:
        return
    assert fingerprint(loaded) == fingerprint(original)


@pytest.mark.parametrize(("old", "new"), [("k: 10", "k: 11"), ("Acme", "Acne"), ("2027", "2028")])
def test_an_altered_policy_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = written(tmp_path, {**DOCUMENT, "k": 10})
    path.write_text(path.read_text().replace(old, new, 1))

    assert refusal(path).reason == "altered"


def test_a_file_that_says_nothing_certain_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "governance.yaml"
    reasons = []
    for text in ("- a", "a: [", "k: 10\nk: 5\n", "a: &x [1]\nb: *x\n", "a: .nan", "x" * 70_000):
        path.write_text(text)
        reasons.append(refusal(path).reason)

    assert reasons == ["unreadable"] * 6
    assert refusal(tmp_path / "none.yaml").reason == "missing"


def test_a_signature_must_be_there_and_be_by_the_key_we_trust(tmp_path: Path) -> None:
    other = Ed25519PrivateKey.generate().public_key()
    unsigned = written(tmp_path, DOCUMENT, signed=False)

    assert refusal(unsigned).reason == "unsigned"
    signed = written(tmp_path, DOCUMENT)
    raw = other.public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert refusal(signed, raw).reason == "other_key"
    assert refusal(signed, b"no key").reason == "key_unreadable"
    assert refusal(signed, tmp_path / "none.pub").reason == "key_unreadable"


def test_a_pair_of_key_files_signs_and_checks(tmp_path: Path) -> None:
    private, public = tmp_path / "policy.key", tmp_path / "policy.pub"
    policy_document.write_keys(private, public)
    path = written(tmp_path, DOCUMENT, signed=False)
    path.write_text("# why\n" + path.read_text())

    governance.sign_file(path, path, private)
    governance.sign_file(path, path, private)

    assert governance.load(path, public, TODAY).organisation == "Acme"
    assert path.read_text().count("signature:") == 1
    assert path.read_text().startswith("# why\n")
    assert private.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        policy_document.write_keys(private, tmp_path / "other.pub")


@pytest.mark.parametrize(
    ("changes", "reason", "pointer"),
    [
        ({"k": 4}, "below_floor", "/k"),
        ({"k": -1}, "below_floor", "/k"),
        ({"sources": ["slack"]}, "malformed", "/"),
        ({"channels": ["slack:T0/C1", "*"]}, "malformed", "/channels/1"),
        ({"channels": []}, "malformed", "/channels"),
        ({"channels": ["feed:Vakbond"]}, "denied_channel", "/channels/0"),
        ({"channels": ["slack:T0/D012"]}, "denied_channel", "/channels/0"),
        ({"labels": {"slack:T0/C1": "Comité social"}}, "denied_channel", "/labels/0"),
        ({"indicators": ["anger"]}, "malformed", "/indicators"),
        ({"indicators": ["valence", "valence"]}, "malformed", "/indicators"),
        ({"text_life": "PT25H"}, "malformed", "/text_life"),
        ({"retention": {"ledger_months": 5}}, "malformed", "/retention/ledger_months"),
        ({"threshold": 3}, "malformed", "/"),
        ({"demo": True}, "demo_only", "/sources"),
    ],
)
def test_content_that_is_not_allowed_is_refused_and_never_signed(
    changes: dict[str, Any], reason: str, pointer: str
) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        governance.sign({**DOCUMENT, **changes}, KEY)

    assert caught.value.reason == reason
    assert [fault.pointer for fault in caught.value.faults] == [pointer]


@pytest.mark.parametrize("decision", ["refused", "not_required"])
def test_real_sources_need_a_decision_of_the_works_council(decision: str) -> None:
    council = {**DOCUMENT["works_council"], "decision": decision}

    with pytest.raises(PolicyInvalid, match="not_agreed"):
        governance.checked({**DOCUMENT, "works_council": council})


def test_a_decision_of_tomorrow_is_none_today(tmp_path: Path) -> None:
    council = {**DOCUMENT["works_council"], "date": TODAY + timedelta(days=1)}
    path = written(tmp_path, {**DOCUMENT, "works_council": council})

    assert refusal(path).faults == (Fault("/works_council/date", "in_the_future"),)


def test_only_listed_channels_of_listed_sources_are_admitted() -> None:
    policy = governance.checked(DOCUMENT)

    assert policy.admits("slack", "slack:T0/C1")
    assert policy.admits("feed", "feed:open-source")
    assert not policy.admits("slack", "slack:T0/C10")
    assert not policy.admits("feed", "feed:close")
    assert not policy.admits("slack", "feed:open-source")
    assert not policy.admits("teams", "teams:x")


@pytest.mark.parametrize(
    "path", sorted(POLICIES.glob("*.yaml")), ids=lambda path: path.stem
)  # fmt: skip
def test_the_policies_that_ship_can_be_signed(path: Path, tmp_path: Path) -> None:
    signed = governance.sign_file(path, tmp_path / "signed.yaml", KEY)

    loaded = governance.load(tmp_path / "signed.yaml", PUBLIC, TODAY)
    assert fingerprint(loaded) == fingerprint(signed)


def test_the_demo_policy_admits_nothing_but_synthetic_channels() -> None:
    demo = governance.checked(policy_document.read(POLICIES / "demo.yaml"))

    assert demo.admits("demo", "demo:general")
    assert not demo.admits("slack", "slack:T0/C1")
    # What withdrawals after an hour can tell beside its day is not closed.
    assert set(demo.indicators) == set(governance.INDICATORS) - {"pulse"}


def test_a_fingerprint_tells_policies_apart_and_not_their_signatures() -> None:
    one, other = governance.checked(DOCUMENT), governance.checked({**DOCUMENT, "k": 12})
    signed = Policy.model_validate(governance.sign(DOCUMENT, KEY))

    assert fingerprint(one) == fingerprint(signed) != fingerprint(other)


def test_an_error_points_and_does_not_quote(tmp_path: Path) -> None:
    invalid = refusal(written(tmp_path, {**DOCUMENT, "secret-field": "canary"}))

    assert "canary" not in f"{invalid!r}{invalid}"
    assert "secret-field" not in f"{invalid!r}{invalid}"


WAVES = {
    **DOCUMENT,
    "indicators": ["valence", "turnover_intent"],
    "resignation_wave": True,
}


def test_the_rule_about_leaving_is_off_unless_the_policy_switches_it_on() -> None:
    assert governance.checked(DOCUMENT).resignation_wave is False
    assert governance.checked(WAVES).resignation_wave is True


@pytest.mark.parametrize(
    ("changes", "reason", "fault"),
    [
        ({"indicators": ["valence"]}, "not_registrable", "not_published"),
        ({"differential_privacy": "on"}, "not_registrable", "not_published"),
        (
            {"works_council": {**DOCUMENT["works_council"], "decision": "advice"}},
            "not_agreed",
            "needs_consent",
        ),
    ],
)
def test_the_rule_about_leaving_needs_its_share_no_noise_and_the_consent_of_the_works_council(
    changes: dict[str, Any], reason: str, fault: str
) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        governance.sign({**WAVES, **changes}, KEY)

    assert (caught.value.reason, caught.value.faults) == (
        reason,
        (Fault("/resignation_wave", fault),),
    )
    off = governance.checked({**WAVES, **changes, "resignation_wave": False})
    assert off.resignation_wave is False


@pytest.mark.parametrize("value", ["on", 1, "true", None])
def test_the_rule_about_leaving_is_switched_on_by_nothing_but_true(value: object) -> None:
    with pytest.raises(PolicyInvalid, match="/resignation_wave"):
        governance.checked({**WAVES, "resignation_wave": value})
