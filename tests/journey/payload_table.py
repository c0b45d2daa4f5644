"""What becomes of each recorded payload: ``python -m tests.journey.payload_table`` prints it.

The folder is ``BAROGRAPH_SHARED_DATA``, ``../shared/data`` without it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import structlog
from httpx2 import Response
from prometheus_client import REGISTRY

from services.ingest.sources.as2_rules import types
from tests.fakes.ingest import START, Gateway, gateway

FOLDER: Final = Path(os.environ.get("BAROGRAPH_SHARED_DATA", "../shared/data")) / "payloads"
COUNTER: Final = "barograph_ingest_events_total"
PEOPLE: Final = (
    "slack:T06NRA6HM3P/U06NU4E26M9",
    "slack:T111/W111",
    "slack:T111/U111",
    "as:http://sally.example.org",
    "as:http://www.test.example/sally",
)
DIRECTORY: Final = {
    "units": [{"id": "acme", "parent": None}],
    "people": [
        {"person": f"p{n}", "unit": "acme", "identities": [identity], "since": "2010-01-01"}
        for n, identity in enumerate(PEOPLE)
    ],
}
BLANKS: Final = {
    "channel": "C111",
    "channel_type": "channel",
    "user": "W111",
    "text": "Hello",
    "ts": "1767601740.000000",
    "event_ts": "1767601740.000000",
}
_EVENT_TIME: Final = re.compile(r'"event_time": ?(1\d{9})')
_REQUEST: Final = re.compile(r'"""\n(.*?)"""', re.DOTALL)


class Row(NamedTuple):
    """One line of the table."""

    file: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class Sample:
    """A payload as it would be posted."""

    name: str
    body: bytes
    media: str
    headers: Mapping[str, str]


def samples(folder: Path) -> Iterator[Sample]:
    """Every payload of the three formats, in the order of their names."""
    for path in sorted((folder / "slack").glob("*")):
        if not path.name.startswith("LICENSE"):
            yield from _slack(f"slack/{path.name}", path.read_bytes())
    specification = folder / "slack_spec" / "slack_events_api_async_v1.json"
    for number, example in enumerate(_examples(json.loads(specification.read_bytes())), 1):
        raw = json.dumps(example).encode()
        yield Sample(f"slack_spec/{specification.name} example {number}", raw, "slack", {})
    wrapper = folder / "slack_spec" / "slack_common_event_wrapper_schema.json"
    for number, example in enumerate(_examples(json.loads(wrapper.read_bytes())), 1):
        yield Sample(
            f"slack_spec/{wrapper.name} example {number}", json.dumps(example).encode(), "slack", {}
        )
    for path in sorted((folder / "activitystreams").glob("*.json")):
        yield from _activity(f"activitystreams/{path.name}", path.read_bytes())
    for path in sorted((folder / "cloudevents").glob("*")):
        if not path.name.startswith("LICENSE"):
            yield from _cloudevents(path)


def _slack(name: str, raw: bytes) -> Iterator[Sample]:
    yield Sample(name, raw, "slack", {})
    if name.endswith(".json"):
        document = json.loads(raw)
        # The vendor's skeletons leave the type of the envelope blank too.
        if isinstance(document, dict) and document.get("type") == "" and "event" in document:
            inner = {k: BLANKS.get(k, v) if v == "" else v for k, v in document["event"].items()}
            filled = {**document, "type": "event_callback", "team_id": "T111", "event": inner}
            yield Sample(f"{name} (blanks filled in)", json.dumps(filled).encode(), "slack", {})


def _activity(name: str, raw: bytes) -> Iterator[Sample]:
    yield Sample(name, raw, "application/activity+json", {})
    document = json.loads(raw)
    if types(document) & {"Create", "Update", "Delete"}:
        # An envelope gives what these short examples leave out: an id and a time.
        wrapped = {
            "specversion": "1.0",
            "id": "example",
            "source": "feed",
            "type": "org.w3.activitystreams.activity",
            "time": "2026-01-05T08:00:00Z",
            "data": document,
        }
        media = "application/cloudevents+json"
        yield Sample(f"{name} (in a CloudEvent)", json.dumps(wrapped).encode(), media, {})


def _examples(node: object) -> Iterator[dict[str, Any]]:
    """The whole payloads among the examples of a schema."""
    if isinstance(node, list):
        for child in node:
            yield from _examples(child)
    elif isinstance(node, dict):
        for name, child in node.items():
            if name in {"examples", "x-examples"} and isinstance(child, list):
                for one in child:
                    if isinstance(one, dict) and "event" in one:
                        yield one
                    elif isinstance(one, dict) and "type" in one:
                        wrapped = {"type": "event_callback", "team_id": "T0", "event": one}
                        yield wrapped
            else:
                yield from _examples(child)


def _cloudevents(path: Path) -> Iterator[Sample]:
    name, text = f"cloudevents/{path.name}", path.read_text()
    if path.suffix == ".json":
        batch = text.lstrip().startswith("[")
        media = f"application/cloudevents{'-batch' if batch else ''}+json"
        yield Sample(name, text.encode(), media, {})
    elif path.suffix == ".feature":
        requests = [one for one in _REQUEST.findall(text) if one.strip().startswith("POST")]
        for one in requests:
            structured = '"specversion"' in one
            media = "application/cloudevents+json" if structured else "application/json"
            for content_type in (media, f"{media}; charset=utf-8"):
                lines = "\n".join(line.strip() for line in one.strip().splitlines())
                sample = _request(name, lines.replace("<contentType>", content_type))
                yield Sample(f"{name} {content_type}", *sample[1:])
    elif path.name.endswith(".http.txt"):
        yield Sample(*_request(name, text))
    else:
        yield Sample(name, text.encode(), "application/yaml", {})


def _request(name: str, text: str) -> tuple[str, bytes, str, dict[str, str]]:
    head, _, body = text.partition("\n\n")
    lines = [line.partition(":") for line in head.splitlines() if re.match(r"[\w-]+:", line)]
    headers = {key.lower(): value.strip() for key, _, value in lines}
    kept = {key: value for key, value in headers.items() if key.startswith("ce-")}
    return name, body.encode(), headers.get("content-type", ""), kept


def _counts() -> dict[tuple[str, str], float]:
    counts: dict[tuple[str, str], float] = {}
    for metric in REGISTRY.collect():
        for sample in metric.samples:
            if sample.name == COUNTER:
                key = (sample.labels["outcome"], sample.labels["reason"])
                counts[key] = counts.get(key, 0) + sample.value
    return counts


def _row(sample: Sample, answer: Response, before: Mapping[tuple[str, str], float]) -> Row:
    told = [key for key, value in _counts().items() if value > before.get(key, 0)]
    problem = answer.json() if "problem" in answer.headers.get("content-type", "") else {}
    faults = "; ".join(f"{one['pointer']}: {one['detail']}" for one in problem.get("errors", ()))
    if not told:
        return Row(sample.name, "refused", str(problem.get("type", "")).rpartition("/")[2])
    outcome = "+".join(sorted({outcome for outcome, _ in told}))
    reasons = ", ".join(sorted({reason for _, reason in told}))
    return Row(sample.name, outcome, f"{reasons} {faults}".strip())


def _post(door: Gateway, sample: Sample) -> Response:
    found = _EVENT_TIME.search(sample.body.decode(errors="replace"))
    # The gateway's clock stands a minute after the event, as it did when this was sent.
    door.time[0] = (
        datetime.fromtimestamp(int(found[1]), UTC) + timedelta(minutes=1) if found else START
    )
    if sample.media == "slack":
        return door.slack(sample.body)
    return door.send(sample.body, sample.media, **sample.headers)


def rows(folder: Path = FOLDER) -> Iterator[tuple[Row, Response]]:
    """Send each payload through a gateway and say what became of it."""
    with tempfile.TemporaryDirectory() as place, gateway(Path(place)) as door:
        answer = door.ask("PUT", "/v1/directory", json=DIRECTORY)
        assert answer.status_code == 200, answer.text
        for sample in samples(folder):
            before = _counts()
            answer = _post(door, sample)
            yield _row(sample, answer, before), answer


def printed(table: list[Row]) -> str:
    """The table, as text."""
    width = max(len(row.file) for row in table)
    lines = [f"{row.file:<{width}}  {row.outcome:<9} {row.reason}" for row in table]
    return "\n".join([*lines, f"{len(table)} payloads"])


def main() -> None:
    """Print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.stdout.write(printed([row for row, _ in rows()]) + "\n")


if __name__ == "__main__":
    main()
