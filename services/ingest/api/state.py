"""What the routes need, handed in by ``main``: they open nothing and know no clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypedDict, cast

from fastapi import Depends, Request

from services.contracts.failures import Dependency
from services.ingest.api.rate_limit import RateLimit
from services.ingest.api_keys import ApiKeys
from services.ingest.intake import Intake
from services.ingest.places import Places
from services.ingest.progress import Progress
from services.ingest.recent_messages import RecentMessages
from services.ingest.registry import Registry
from services.ingest.spool import Spool
from services.ingest.units import Units


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may bring."""

    body_bytes: int = 256 * 1024
    batch_bytes: int = 4 * 1024 * 1024
    batch_events: int = 1_000
    directory_bytes: int = 64 * 1024 * 1024
    events_per_s: int = 20_000


@dataclass(frozen=True, slots=True)
class Edge:
    """Everything behind the edge.

    Attributes:
        wall: The wall's clock.
        missing: Which dependencies do not answer just now.
        slack_secret: The Slack app's signing secret; None where no Slack is connected.
    """

    intake: Intake
    recent: RecentMessages
    keys: ApiKeys
    registry: Registry
    spool: Spool
    progress: Progress
    units: Units
    places: Places
    wall: Callable[[], datetime]
    missing: Callable[[], Awaitable[Sequence[Dependency]]]
    rates: RateLimit
    limits: Limits = field(default_factory=Limits)
    slack_secret: bytes | None = field(default=None, repr=False)

    def now(self) -> datetime:
        """The gateway's time: the wall's, unless somebody has declared another."""
        return self.spool.clock.now(self.wall())


class State(TypedDict):
    """The lifespan's state; ``main`` provides exactly this."""

    edge: Edge


def _edge(request: Request) -> Edge:
    return cast("State", request.state)["edge"]


TheEdge = Annotated[Edge, Depends(_edge)]
