"""The signed policy that says what may be read, why, and who agreed.  Nothing starts without it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date as day
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    field_validator,
    model_validator,
)

from models.climate.catalogue import INDICATORS
from models.climate.disclosure.privacy_budget import PrivacyMode
from models.language.labels import Language, Signal
from services.contracts import policy_document, registration
from services.contracts.denied_channels import denied
from services.contracts.failures import Fault, faults
from services.contracts.policy_document import PolicyInvalid, Reason
from services.contracts.registration import Intervention, Outcome

__all__ = ["FLOOR", "INDICATORS", "Policy", "PolicyInvalid", "Reason", "checked", "fingerprint"]

FLOOR: Final = 5
"""No policy can release a value of fewer people."""
LONGEST_TEXT_LIFE: Final = timedelta(hours=24)
DEMO: Final = "demo"
"""The one source of a demo policy, and those below it."""

WAVE: Final = "/resignation_wave"
"""Where the policy switches that rule on."""

Source = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._:-]{0,62}$")]
Channel = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*:[^*\s]*\*?$", max_length=512)]
"""A channel with its source in front; a star at the end stands for every continuation."""


def _as_said(mode: object) -> object:
    """YAML reads a bare ``on`` and ``off`` as true and false."""
    return {True: "on", False: "off"}[mode] if isinstance(mode, bool) else mode


class _Part(BaseModel):
    # A policy is public inside the organisation, yet its errors point and do not quote.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WorksCouncil(_Part):
    """What the employees' representatives decided."""

    decision: Literal["consent", "advice", "refused", "not_required"]
    date: day
    reference: Annotated[str, Field(min_length=1, max_length=200)]


class Retention(_Part):
    """How long what is published is kept."""

    published_months: Annotated[int, Field(ge=1, le=60)] = 25
    ledger_months: Annotated[int, Field(ge=6, le=120)] = 24


class Signature(_Part):
    """Over the canonical JSON of everything else in the file."""

    algorithm: Literal["ed25519"]
    key_id: str
    value: str


class Policy(_Part):
    """What this installation may do.

    Attributes:
        labels: Names of listed channels whose ids say nothing, so the deny class can judge them.
        frozen_languages: Messages in these count for nothing: the model reads this feed's worse
            than it was measured (``barograph drift``).
        k: Fewest people behind a published value; a smaller one counts from the next block on.
        reply_level: Level of the tree between whose units replies are told, 1 the one below the
            whole organisation; one level alone, for two could be subtracted.
        differential_privacy: How much noise is added to what may be published; a change counts
            from the next block on.
        expires: Last day on which it is in force.
        outcomes: Monthly business figures that are put beside the climate.
        interventions: Dated events around which the climate of their units is looked at.
        resignation_wave: Whether units of fifty people in which leaving comes up clearly more often
            than usual raise an alert; needs the consent of the works council.
        demo: Admits synthetic sources only, and needs no decision of a works council.
    """

    version: Annotated[int, Field(ge=1)]
    organisation: Annotated[str, Field(min_length=1, max_length=200)]
    purpose: Annotated[str, Field(min_length=1, max_length=2_000)]
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    labels: dict[str, str] = {}
    indicators: Annotated[tuple[str, ...], Field(min_length=1)]
    frozen_languages: tuple[Language, ...] = ()
    reply_level: Annotated[int, Field(ge=1)] = 1
    k: Annotated[int, Field(ge=FLOOR)] = 10
    differential_privacy: Annotated[PrivacyMode, BeforeValidator(_as_said)] = PrivacyMode.OFF
    text_life: Annotated[timedelta, Field(gt=timedelta(0), le=LONGEST_TEXT_LIFE)] = timedelta(
        hours=24
    )
    retention: Retention = Retention()
    works_council: WorksCouncil
    expires: day
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=20)] = ()
    interventions: Annotated[tuple[Intervention, ...], Field(max_length=50)] = ()
    resignation_wave: StrictBool = False
    demo: bool = False
    signature: Signature | None = None

    @field_validator("indicators")
    @classmethod
    def _known(cls, indicators: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(indicators)) < len(indicators) or not set(indicators) <= set(INDICATORS):
            raise ValueError
        return indicators

    @model_validator(mode="after")
    def _channels_of_sources(self) -> Self:
        starts = tuple(f"{source}:" for source in self.sources)
        if not all(channel.startswith(starts) for channel in self.channels):
            raise ValueError
        return self

    def admits(self, source: str, channel: str) -> bool:
        """Whether *channel* of *source* is listed; the deny class is asked beside it."""
        if source not in self.sources or not channel.startswith(f"{source}:"):
            return False
        return any(
            channel.startswith(listed[:-1]) if listed.endswith("*") else channel == listed
            for listed in self.channels
        )


def load(path: Path, public_key: bytes | Path, today: day) -> Policy:
    """The policy in *path*, signed by the holder of *public_key* and in force *today*.

    Args:
        path: The YAML file.
        public_key: An Ed25519 key: PEM, or its 32 raw bytes.
        today: A calendar day.

    Raises:
        PolicyInvalid: it may not be used.
    """
    document = policy_document.read(path)
    policy_document.check_signature(document, public_key)
    policy = checked(document)
    if today > policy.expires:
        raise PolicyInvalid("expired")
    if not policy.demo and policy.works_council.date > today:
        raise PolicyInvalid("not_agreed", (Fault("/works_council/date", "in_the_future"),))
    return policy


def sign(document: Mapping[str, Any], private_key: Ed25519PrivateKey | Path) -> dict[str, Any]:
    """*document* with its signature; content that could never be loaded is not signed.

    Raises:
        PolicyInvalid: the content is not allowed, or the key file cannot be read.
    """
    checked({key: value for key, value in document.items() if key != "signature"})
    return policy_document.sign(document, private_key)


def sign_file(source: Path, target: Path, private_key: Ed25519PrivateKey | Path) -> Policy:
    """Write the policy in *source* to *target* with its signature; they may be the same file.

    Raises:
        PolicyInvalid: the file or the key cannot be read, or the content is not allowed.
    """
    signed = sign(policy_document.read(source), private_key)
    target.write_text(policy_document.with_signature(source.read_text(), signed))
    return checked(signed)


def checked(document: Mapping[str, Any]) -> Policy:
    """*document* as a policy whose content is allowed; its signature and date are not asked.

    Raises:
        PolicyInvalid: malformed, below_floor, denied_channel, not_registrable, demo_only or
            not_agreed.
    """
    k = document.get("k", FLOOR)
    if isinstance(k, int | float) and k < FLOOR:
        raise PolicyInvalid("below_floor", (Fault("/k", "below_floor"),))
    try:
        policy = Policy.model_validate(dict(document))
    except ValidationError as error:
        found = faults(error.errors(include_input=False, include_context=False))
        raise PolicyInvalid("malformed", found) from None
    named = [(f"/channels/{i}", name) for i, name in enumerate(policy.channels)]
    named += [(f"/labels/{i}", name) for i, name in enumerate(policy.labels.values())]
    closed = tuple(Fault(place, why) for place, name in named if (why := denied(name)))
    if closed:
        raise PolicyInvalid("denied_channel", closed)
    refused = registration.refusals(
        policy.outcomes,
        policy.interventions,
        indicators=policy.indicators,
        kept_months=policy.retention.published_months,
    )
    if refused:
        raise PolicyInvalid("not_registrable", refused)
    if policy.resignation_wave and not _can_see_waves(policy):
        raise PolicyInvalid("not_registrable", (Fault(WAVE, "not_published"),))
    if policy.demo and not all(f"{name}:".startswith(f"{DEMO}:") for name in policy.sources):
        raise PolicyInvalid("demo_only", (Fault("/sources", "demo_only"),))
    if not policy.demo and policy.works_council.decision in {"refused", "not_required"}:
        raise PolicyInvalid("not_agreed", (Fault("/works_council/decision", "not_agreed"),))
    if policy.resignation_wave and not policy.demo and policy.works_council.decision != "consent":
        raise PolicyInvalid("not_agreed", (Fault(WAVE, "needs_consent"),))
    return policy


def _can_see_waves(policy: Policy) -> bool:
    """Whether the share that waves are found in is released: with noise no share is."""
    listed = Signal.TURNOVER_INTENT in policy.indicators
    return listed and policy.differential_privacy is PrivacyMode.OFF


def fingerprint(policy: Policy) -> str:
    """SHA-256, in hex, of what *policy* says, without its signature."""
    # Only what was written: a later release with one more default keeps the same fingerprint.
    content = policy.model_dump(mode="json", exclude={"signature"}, exclude_unset=True)
    return hashlib.sha256(policy_document.canonical(content)).hexdigest()
