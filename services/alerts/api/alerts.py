"""``GET /v1/alerts``: what changed in which unit; never how many people it has, or why."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from models.climate.windows import Cadence
from services.alerts.api import documents
from services.alerts.api.access import Reading, reader
from services.alerts.api.answers import answer
from services.alerts.rules import instances
from services.alerts.rules.instances import Episode, Instance
from services.alerts.rules.rule import RuleNames

router = APIRouter(prefix="/v1", tags=["alerts"], dependencies=[Depends(reader)])


class AlertFilter(BaseModel):
    """How much history is wanted."""

    model_config = ConfigDict(extra="forbid")

    episodes: int = Field(50, ge=0, le=200, description="So many of the newest episodes.")


class AlertOut(BaseModel):
    """An alert that is not over."""

    fingerprint: str = Field(examples=["5f0c2a9e41d7b863"])
    episode: str | None = Field(description="None while it is pending.")
    rule: str = Field(examples=["sustained_drop"])
    names: RuleNames = Field(description="What the rule is called.")
    unit: str = Field(examples=["operations.logistics"])
    severity: str = Field(examples=["warning"])
    state: str = Field(description="pending, firing or recovering.", examples=["firing"])
    cadence: Cadence
    since: date | None = Field(description="First day of the first window of the change.")
    window_start: date = Field(description="First day of the latest window that says so.")


class EpisodeOut(BaseModel):
    """From an alert's firing to its end."""

    id: str
    fingerprint: str
    rule: str = Field(examples=["sustained_drop"])
    names: RuleNames
    unit: str
    severity: str
    fired: date = Field(description="First day of the window that made it fire.")
    ended: date | None = Field(description="First day of the window that ended it.")
    outcome: str | None = Field(
        description="resolved, or withdrawn: of that nothing can be concluded."
    )


class AlertsOut(BaseModel):
    """Alerts that are open, and the newest episodes."""

    alerts: list[AlertOut]
    episodes: list[EpisodeOut]


def _alert(instance: Instance) -> AlertOut:
    return AlertOut(
        fingerprint=instance.fingerprint,
        episode=instance.episode,
        rule=instance.rule.uid,
        names=instance.rule.names,
        unit=instance.unit,
        severity=instance.rule.severity.value,
        state=instance.state.phase.value,
        cadence=instance.rule.cadence,
        since=instance.since,
        window_start=instance.shown_start,
    )


def _episode(episode: Episode) -> EpisodeOut:
    return EpisodeOut(
        id=episode.id,
        fingerprint=episode.fingerprint,
        rule=episode.rule,
        names=episode.names,
        unit=episode.unit,
        severity=episode.severity,
        fired=episode.fired,
        ended=episode.ended,
        outcome=episode.outcome.value if episode.outcome else None,
    )


@router.get(
    "/alerts", response_model=AlertsOut, responses=documents.PROBLEMS, summary="Alerts and episodes"
)
def alerts(
    request: Request, connection: Reading, wanted: Annotated[AlertFilter, Query()]
) -> Response:
    """Answer every alert that is open and what was told before.

    Each is about a group. It says that something changed, not why, and is not for individual
    decisions.
    """
    body = AlertsOut(
        alerts=[_alert(each) for each in instances.open_instances(connection)],
        episodes=[_episode(each) for each in instances.episodes(connection, wanted.episodes)],
    )
    return answer(request, body)
