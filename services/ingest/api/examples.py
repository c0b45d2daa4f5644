"""What the OpenAPI document shows: a request for each format, and the problems of each route."""

from __future__ import annotations

from typing import Any, Final

from services.contracts import problems
from services.contracts.problems import ProblemType

Responses = dict[int | str, dict[str, Any]]

_PROBLEM_SCHEMA: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/invalid-request"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A member of a closed list, or our advice."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "examples": ["/data/text"]},
                    "detail": {"type": "string", "examples": ["string_too_long"]},
                },
            },
        },
    },
}


def problem_responses(*kinds: ProblemType) -> Responses:
    """The ``responses`` of a route that may answer with *kinds*; never the caller's own words."""
    responses: Responses = {}
    for kind in kinds:
        example = problems.body_of(problems.Problem(kind))
        responses[kind.status] = {
            "description": kind.title,
            "content": {problems.MEDIA_TYPE: {"schema": _PROBLEM_SCHEMA, "example": example}},
        }
        if kind.status in {409, 429, 503}:
            header = {"description": "Seconds.", "schema": {"type": "integer"}}
            responses[kind.status]["headers"] = {"Retry-After": header}
    return responses


def _request(**contents: tuple[str, Any, str]) -> dict[str, Any]:
    return {
        "requestBody": {
            "required": True,
            "content": {
                media: {
                    "schema": {"type": "string" if isinstance(example, str) else _kind(example)},
                    "examples": {name: {"summary": summary, "value": example}},
                }
                for name, (media, example, summary) in contents.items()
            },
        }
    }


def _kind(example: object) -> str:
    return "array" if isinstance(example, list) else "object"


MESSAGE: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "0198f2a6-1",
    "source": "feed",
    "type": "org.barograph.message.created.v1",
    "time": "2026-01-05T08:00:00Z",
    "data": {
        "message_id": "m1",
        "identity": "mail:ann@example.org",
        "channel": "town-square",
        "visibility": "public",
        "text": "The new canteen is a joy.",
    },
}
DELETION: Final = {
    **MESSAGE,
    "id": "0198f2a6-2",
    "type": "org.barograph.message.deleted.v1",
    "time": "2026-01-05T09:30:00Z",
    "data": {"message_id": "m1", "identity": "mail:ann@example.org", "channel": "town-square"},
}
ACTIVITY: Final = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "type": "Create",
    "id": "https://social.example.org/activities/1",
    "actor": "mailto:ann@example.org",
    "published": "2026-01-05T08:00:00Z",
    "to": "as:Public",
    "target": "https://social.example.org/groups/sales",
    "object": {
        "type": "Note",
        "id": "https://social.example.org/notes/1",
        "contentMap": {"nl": "<p>De werkdruk is te hoog</p>"},
        "published": "2026-01-05T08:00:00Z",
    },
}
_LINES: Final = "".join(
    f'{{"specversion":"1.0","id":"{n}","source":"feed","type":"org.barograph.message.created.v1",'
    f'"time":"2026-01-05T08:00:0{n}Z","data":{{"message_id":"m{n}","identity":"feed:u{n}",'
    f'"channel":"town-square","visibility":"public","text":"Thank you!"}}}}\n'
    for n in (1, 2)
)
_SLACK: Final = {
    "token": "x",
    "team_id": "T0BARO",
    "api_app_id": "A0BARO",
    "type": "event_callback",
    "event_id": "Ev01",
    "event_time": 1767600000,
    "event": {
        "type": "message",
        "channel": "C01",
        "channel_type": "channel",
        "user": "U01",
        "text": "De werkdruk is te hoog",
        "ts": "1767600000.000100",
        "event_ts": "1767600000.000100",
    },
}
_DIRECTORY: Final = {
    "units": [
        {"id": "acme", "parent": None, "names": {"en": "Acme", "nl": "Acme", "fr": "Acme"}},
        {
            "id": "acme.sales",
            "parent": "acme",
            "names": {"en": "Sales", "nl": "Verkoop", "fr": "Ventes"},
        },
    ],
    "people": [
        {
            "person": "p1",
            "unit": "acme.sales",
            "identities": ["slack:T0/U1", "mail:ann@example.org"],
            "time_zone": "Europe/Brussels",
            "since": "2024-09-01",
            "kind": "human",
        }
    ],
}
_CSV: Final = (
    "person,unit,identities,time_zone,since,kind,name\n"
    "p1,acme.sales,slack:T0/U1;mail:ann@example.org,Europe/Brussels,2024-09-01,human,\n"
)

EVENT_REQUEST: Final = _request(
    message=("application/cloudevents+json", MESSAGE, "A message in our own shape"),
    batch=("application/cloudevents-batch+json", [MESSAGE, DELETION], "A message and its deletion"),
    lines=("application/x-ndjson", _LINES, "One CloudEvent a line: the fastest way"),
    activity=("application/activity+json", ACTIVITY, "ActivityStreams 2.0"),
    linked=("application/ld+json", ACTIVITY, "The same as linked data"),
    binary=("application/json", MESSAGE["data"], "With ce-* headers: CloudEvents' binary mode"),
)
SLACK_REQUEST: Final = _request(message=("application/json", _SLACK, "A message in a channel"))
DIRECTORY_REQUEST: Final = _request(
    json=("application/json", _DIRECTORY, "Units and people"),
    csv=("text/csv", _CSV, "People, with units from dotted ids"),
)
CHANNELS_REQUEST: Final = _request(
    channels=(
        "application/json",
        {
            "source": "slack",
            "channels": [{"channel": "T0/C1", "members": 34, "created": "2024-03-01"}],
        },
        "All public channels of a Slack workspace",
    )
)
OPT_OUT_REQUEST: Final = _request(
    out=("application/json", {"identity": "mail:ann@example.org", "opted_out": True}, "Opt out")
)
CLOCK_REQUEST: Final = _request(
    declare=("application/json", {"declared": "2026-01-05T08:00:00Z"}, "History up to this time")
)

_ALWAYS: Final = (problems.UNAUTHENTICATED, problems.FORBIDDEN, problems.UNAVAILABLE)
_BODY: Final = (problems.NOT_JSON, problems.TOO_LARGE, problems.MEDIA, problems.INVALID)
_RESULTS: Final = {
    "accepted": 1,
    "ignored": 0,
    "refused": 1,
    "results": [
        {"index": 0, "outcome": "accepted"},
        {"index": 1, "outcome": "refused", "reason": "channel_not_listed"},
    ],
}
EVENT_RESPONSES: Final[Responses] = {
    200: {
        "description": "A batch: what became of each event",
        "content": {"application/json": {"example": _RESULTS}},
    },
    202: {"description": "Kept: it would survive a power cut"},
    204: {"description": "Nothing in it to admit"},
    **problem_responses(*_BODY, *_ALWAYS, problems.TOO_MANY),
}
SLACK_RESPONSES: Final[Responses] = {
    200: {"description": "Done with; empty, or the challenge as plain text"},
    **problem_responses(
        problems.NOT_JSON,
        problems.UNAUTHENTICATED,
        problems.NOT_FOUND,
        problems.TOO_LARGE,
        problems.TOO_MANY,
        problems.SPOOL_FULL,
    ),
}
DIRECTORY_RESPONSES: Final[Responses] = {
    200: {
        "description": "In force",
        "content": {"application/json": {"example": {"people": 1, "units": 2}}},
    },
    **problem_responses(problems.TOO_LARGE, problems.MEDIA, problems.INVALID, *_ALWAYS),
}
CHANNELS_RESPONSES: Final[Responses] = {
    200: {
        "description": "In force",
        "content": {"application/json": {"example": {"channels": 1, "admitted": 1}}},
    },
    **problem_responses(problems.TOO_LARGE, problems.MEDIA, problems.INVALID, *_ALWAYS),
}
OPT_OUT_RESPONSES: Final[Responses] = {
    202: {"description": "Kept"},
    **problem_responses(problems.TOO_LARGE, problems.INVALID, *_ALWAYS),
}
CLOCK_RESPONSES: Final[Responses] = {
    204: {"description": "In force, and published"},
    **problem_responses(problems.INVALID, problems.CONFLICT, *_ALWAYS),
}
CLOCK_READ_RESPONSES: Final[Responses] = problem_responses(problems.CONFLICT, *_ALWAYS)
READY_RESPONSES: Final = problem_responses(problems.UNAVAILABLE)
