"""What every source is reduced to before admission; it never leaves the gateway."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.contracts.envelope import Kind, Positive

TEXT_LIMIT: Final = 8_000
"""Characters; a longer text is refused, never cut: a cut could turn its meaning round."""


def plain(value: str) -> str:
    """*value*, which every store downstream can hold; pydantic has refused lone surrogates.

    Raises:
        PydanticCustomError: it has a NUL, where some stores cut.
    """
    if "\x00" in value:
        raise PydanticCustomError("nul_character", "holds a NUL")
    return value


_Named = Annotated[str, Field(min_length=1, max_length=512, strict=True), AfterValidator(plain)]

Hidden = Annotated[_Named, Field(repr=False)]
"""Names a person, a place or a message: never printed."""

Text = Annotated[str, Field(repr=False, max_length=TEXT_LIMIT, strict=True), AfterValidator(plain)]

SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._:-]{0,62}$")]
"""Such as ``slack``, ``feed`` or ``demo``; what the governance policy lists."""


class Visibility(StrEnum):
    """Who can read the message at the source; only what everybody can read is admitted."""

    PUBLIC = "public"
    PRIVATE = "private"
    DIRECT = "direct"


class FeedEvent(BaseModel):
    """One event of a feed; unknown fields are refused, so nothing personal rides along."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Kind
    source: SourceName
    source_id: Hidden
    """The message's id at its source; an edit or a deletion has that of the original."""
    in_reply_to: Annotated[_Named | None, Field(repr=False)] = None
    """Id at its source of the message that this one answers; an edit has that of the original."""
    version: Positive = 1
    """Higher for an edit; the time of the edit in milliseconds where the source has no number."""
    channel: Hidden
    """Such as ``slack:T0/C0`` or ``feed:general``."""
    identity: Hidden
    """Such as ``slack:T0/U0``, ``mail:a@example.org`` or ``feed:u1``."""
    at: AwareDatetime
    """When the message was first posted, also for an edit or a deletion."""
    text: Text = ""
    visibility: Visibility = Visibility.PUBLIC
    is_bot: bool = False
