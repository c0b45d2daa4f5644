"""What no policy can admit is recognised in three languages, and ordinary talk is not."""

from __future__ import annotations

import pytest

from services.contracts.denied_channels import Denied, denied


@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        ("slack:T0/D0123ABC", Denied.DIRECT),
        ("feed:dm-anna-bob", Denied.DIRECT),
        ("feed:messages privés", Denied.DIRECT),
        ("feed:direct_message/12", Denied.DIRECT),
        ("feed:union", Denied.UNION),
        ("feed:TradeUnion-2026", Denied.UNION),
        ("feed:vakbondsoverleg", Denied.UNION),
        ("feed:section-syndicale", Denied.UNION),
        ("feed:CGT", Denied.UNION),
        ("feed:works-council", Denied.WORKS_COUNCIL),
        ("feed:europeanWorksCouncil", Denied.WORKS_COUNCIL),
        ("feed:or", Denied.WORKS_COUNCIL),
        ("feed:OR-overleg", Denied.WORKS_COUNCIL),
        ("feed:Ondernemingsraad", Denied.WORKS_COUNCIL),
        ("feed:cse-lyon", Denied.WORKS_COUNCIL),
        ("feed:Comité social et économique", Denied.WORKS_COUNCIL),
        ("feed:délégués du personnel", Denied.WORKS_COUNCIL),
        ("feed:medical-questions", Denied.MEDICAL),
        ("feed:bedrijfsarts", Denied.MEDICAL),
        ("feed:ziekteverzuim", Denied.MEDICAL),
        ("feed:Médecine du travail", Denied.MEDICAL),
        ("feed:arrêt-maladie", Denied.MEDICAL),
        ("feed:whistleblowing", Denied.WHISTLE_BLOWING),
        ("feed:whistle-blow", Denied.WHISTLE_BLOWING),
        ("feed:klokkenluiders", Denied.WHISTLE_BLOWING),
        ("feed:vertrouwenspersoon", Denied.WHISTLE_BLOWING),
        ("feed:lanceurs d'alerte", Denied.WHISTLE_BLOWING),
    ],
)
def test_a_protected_conversation_is_closed(channel: str, reason: Denied) -> None:
    assert denied(channel) is reason


@pytest.mark.parametrize(
    "channel",
    [
        "slack:T0/C0123ABC",
        "feed:general",
        "feed:admin",
        "feed:corridor",
        "feed:for-or-against",
        "feed:communication",
        "feed:reunion-hebdo",
        "feed:réunions",
        "feed:orders",
        "feed:backend-cse2024x",
        "feed:actualités",
        "feed:personeel-borrel",
        "demo:sales.north",
    ],
)
def test_ordinary_talk_is_not(channel: str) -> None:
    assert denied(channel) is None
