"""Which channels the policy opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial

from services.contracts.denied_channels import denied
from services.contracts.failures import Unavailable
from services.contracts.governance import Policy
from services.ingest.intake import Refused


def closed(policy: Policy, source: str, channel: str) -> Refused | None:
    """Why *channel* of *source* is closed under *policy*; None where it is not.

    The deny class is asked first and cannot be lifted.
    """
    if denied(channel):
        return Refused.CHANNEL_DENIED
    return None if policy.admits(source, channel) else Refused.CHANNEL_NOT_LISTED


def channels_of(policy: Policy, today: Callable[[], date]) -> Callable[[str, str], Refused | None]:
    """What *policy* says of a channel while it is in force.

    The answer raises ``Unavailable`` from the day after the last of the policy: whoever sends is to
    try again, for what was written meanwhile may be counted once somebody has signed the next one.
    """
    judge = lru_cache(maxsize=4_096)(partial(closed, policy))

    def judge_today(source: str, channel: str) -> Refused | None:
        if today() > policy.expires:
            raise Unavailable("policy")
        return judge(source, channel)

    return judge_today
