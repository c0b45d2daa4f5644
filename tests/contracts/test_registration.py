"""Figures and events are registered in the signed policy, or refused with the reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models.climate.outcomes.association import LAGS
from models.climate.outcomes.series import LEAST_MONTHS
from services.contracts import governance, registration
from services.contracts.failures import Fault
from services.contracts.governance import PolicyInvalid, checked, fingerprint

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
BEFORE = "3e236b8003999920784ba6088aae9ca9fbb55d39980664cc6a30d0dd191459cf"
"""Fingerprint of that document before there were figures to register."""
NAMES = {"en": "Leavers", "nl": "Vertrekkers", "fr": "Départs"}
OUTCOME: dict[str, Any] = {
    "id": "leavers",
    "names": NAMES,
    "indicator": "valence",
    "units": ["north", "south"],
    "good": "lower",
    "lag": 2,
    "counts_events": True,
    "bands": [0, 2.5, 5],
}
EVENT: dict[str, Any] = {
    "id": "roster",
    "names": NAMES,
    "date": date(2026, 3, 4),
    "units": ["north"],
}


def registering(
    *outcomes: dict[str, Any], events: tuple[dict[str, Any], ...] = (), **changed: Any
) -> dict[str, Any]:
    kept = {"published_months": 36}
    listed = {"outcomes": list(outcomes), "interventions": list(events)}
    return {**DOCUMENT, "retention": kept, **listed, **changed}


def refusal(document: dict[str, Any]) -> PolicyInvalid:
    with pytest.raises(PolicyInvalid) as caught:
        checked(document)
    return caught.value


def test_a_policy_without_figures_has_the_fingerprint_that_it_had() -> None:
    assert fingerprint(checked(DOCUMENT)) == BEFORE


def test_a_policy_registers_figures_and_events() -> None:
    policy = checked(
        registering(OUTCOME, {**OUTCOME, "id": "b", "lag": "max_lag"}, events=(EVENT,))
    )

    assert [each.registered_lag for each in policy.outcomes] == [2, None]
    assert policy.interventions[0].date == date(2026, 3, 4)
    assert fingerprint(policy) != BEFORE


def test_another_lag_is_another_policy() -> None:
    signed = governance.sign(registering(OUTCOME), Ed25519PrivateKey.generate())
    other = registering({**OUTCOME, "lag": 3})

    assert checked(signed).outcomes[0].lag == 2
    assert fingerprint(checked(other)) != fingerprint(checked(signed))


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"units": []}, "/outcomes/0", "level_or_units"),
        ({"level": 1}, "/outcomes/0", "level_or_units"),
        ({"units": ["a", "a"]}, "/outcomes/0/units", "unit_twice"),
        ({"names": {**NAMES, "nl": "Kosten"}}, "/outcomes/0/names/nl", "money"),
        ({"names": {**NAMES, "fr": "Chiffre d'affaires"}}, "/outcomes/0/names/fr", "money"),
        ({"names": {**NAMES, "en": "Revenue"}}, "/outcomes/0/names/en", "money"),
        ({"bands": [0, 5]}, "/outcomes/0/bands", "bands_not_rising"),
        ({"bands": [0, 5, 5]}, "/outcomes/0/bands", "bands_not_rising"),
        ({"counts_events": False}, "/outcomes/0/bands", "bands_of_no_count"),
    ],
)
def test_a_figure_that_cannot_be_registered_is_refused(
    changes: dict[str, Any], pointer: str, code: str
) -> None:
    invalid = refusal(registering({**OUTCOME, **changes}))

    assert invalid.reason == "not_registrable"
    assert invalid.faults == (Fault(pointer, code),)
    assert code in registration.CODES


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        (registering(OUTCOME, OUTCOME), "/outcomes/1/id", "id_twice"),
        (registering(events=(EVENT, EVENT)), "/interventions/1/id", "id_twice"),
        (
            registering(events=({**EVENT, "units": ["a", "a"]},)),
            "/interventions/0/units",
            "unit_twice",
        ),
        (registering(OUTCOME, indicators=["exhaustion"]), "/outcomes/0/indicator", "not_published"),
        (
            registering(OUTCOME, retention={"published_months": 35}),
            "/retention/published_months",
            "kept_too_short",
        ),
    ],
)
def test_a_policy_in_which_it_cannot_stand_is_refused(
    document: dict[str, Any], pointer: str, code: str
) -> None:
    assert refusal(document).faults == (Fault(pointer, code),)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"indicator": "exhaustion"}, "/outcomes/0/indicator"),
        ({"lag": 7}, "/outcomes/0/lag"),
        ({"lag": -1}, "/outcomes/0/lag"),
        ({"lag": "best"}, "/outcomes/0/lag"),
        ({"good": "green"}, "/outcomes/0/good"),
        ({"names": {"en": "Leavers", "nl": "Vertrekkers"}}, "/outcomes/0/names/fr"),
        ({"id": "Leavers of 2026"}, "/outcomes/0/id"),
        ({"bands": [0, float("nan"), 3]}, "/outcomes/0/bands/1"),
        ({"person": "p1"}, "/outcomes/0"),
    ],
)
def test_a_malformed_figure_is_refused_where_it_is_wrong(
    changes: dict[str, Any], pointer: str
) -> None:
    invalid = refusal(registering({**OUTCOME, **changes}))

    assert (invalid.reason, invalid.faults[0].pointer) == ("malformed", pointer)


def test_an_event_needs_a_date_and_a_unit() -> None:
    wrong: list[dict[str, Any]] = [{"date": "soon"}, {"units": []}]
    pointers = [
        refusal(registering(events=({**EVENT, **changes},))).faults[0].pointer for changes in wrong
    ]

    assert pointers == ["/interventions/0/date", "/interventions/0/units"]


def test_the_bounds_are_those_of_the_mathematics() -> None:
    assert LAGS[-1] == registration.LONGEST_LAG
    assert LEAST_MONTHS == registration.LEAST_KEPT_MONTHS
    for lag in LAGS:
        assert checked(registering({**OUTCOME, "lag": lag})).outcomes[0].registered_lag == lag
