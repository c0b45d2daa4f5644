"""Shares of a week's messages: what may be known of them is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection

from models.climate import catalogue
from models.climate.catalogue import Indicator
from models.climate.disclosure.message_shares import Ratio
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.climate.disclosure.release import Release
from models.climate.unit_tree import UnitTree
from models.climate.windows import Cadence, Window
from services.alerts import answers, conversation, coverage, ratios
from services.alerts.folding import Detail
from services.contracts.governance import Policy

_Source = Callable[[Connection, Window, frozenset[str], int], list[Ratio]]
MADE_OF: Final[Mapping[Detail, tuple[_Source, tuple[Indicator, ...]]]] = {
    Detail.LANGUAGES: (coverage.ratios, catalogue.COVERAGE),
    Detail.ANSWERS: (answers.ratios, catalogue.ANSWERS),
    Detail.CONVERSATION: (conversation.ratios, (catalogue.CONVERSATION,)),
}
"""What is made of each detail of a day, and which indicators that are."""


def needed(policy: Policy) -> set[Detail]:
    """Details that *policy* publishes something of; none with noise, for these are exact."""
    if policy.differential_privacy is not PrivacyMode.OFF:
        return set()
    return {
        detail
        for detail, (_, listed) in MADE_OF.items()
        if any(one.id in policy.indicators for one in listed)
    }


def keep(
    connection: Connection, window: Window, tree: UnitTree, released: Release, policy: Policy
) -> None:
    """Keep what may be known of the messages of *window* and what the policy lists of it.

    Where nothing of the whole organisation is released, nothing is.
    """
    whole = next((found for found in released.statistics if found.unit == tree.root), None)
    if window.cadence is not Cadence.WEEK or whole is None:
        return
    found = [
        ratio
        for detail in sorted(needed(policy))
        for ratio in MADE_OF[detail][0](connection, window, frozenset(tree.leaves), policy.k)
        if ratio.indicator in policy.indicators
    ]
    ratios.keep(connection, window, tree.root, whole.contributors, found)
