"""The closed lists that every model, contract and page shares."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """Languages that are scored."""

    EN = "en"
    NL = "nl"
    FR = "fr"


class Sentiment(StrEnum):
    """The feeling that an author conveys about their own situation at work."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Signal(StrEnum):
    """What an author says about their own work, one yes or no each."""

    TURNOVER_INTENT = "turnover_intent"
    MOBILITY_INTENT = "mobility_intent"
    EXHAUSTION = "exhaustion"
    DISENGAGEMENT = "disengagement"
    UNFAIRNESS = "unfairness"
    CONFLICT = "conflict"
    INSECURITY = "insecurity"
    COMMITMENT = "commitment"


class Driver(StrEnum):
    """What a message with a sentiment or a signal is about."""

    WORKLOAD = "workload"
    RECOGNITION = "recognition"
    GROWTH = "growth"
    REWARD = "reward"
    LEADERSHIP = "leadership"
    TEAMWORK = "teamwork"
    TOOLS = "tools"
    COMMUNICATION = "communication"
    CHANGE = "change"
    BALANCE = "balance"
    PURPOSE = "purpose"
    FAIRNESS = "fairness"
