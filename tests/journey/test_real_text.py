"""Real people's sentences in three languages go in as a feed, and indicators come out."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from models.climate.windows import LATENESS, Cadence, week_of
from tests.journey.feed import directory, event, identity, long_ago
from tests.journey.line import Line, line, until

PUBLIC = Path(os.environ.get("BAROGRAPH_SHARED_DATA", "../shared/data")) / "public"
SETS = ("umsab", "semeval2016_absa")
PEOPLE = 30
ROWS_A_LANGUAGE = 600


def sentences() -> Iterator[tuple[str, str]]:
    """Language and text of test rows, at most so many a language."""
    taken = dict.fromkeys(("en", "nl", "fr"), 0)
    for name in SETS:
        with gzip.open(PUBLIC / name / "test.jsonl.gz", "rt", encoding="utf-8") as rows:
            for row in map(json.loads, rows):
                if row["lang"] in taken and taken[row["lang"]] < ROWS_A_LANGUAGE:
                    taken[row["lang"]] += 1
                    yield row["lang"], row["text"]


async def send(running: Line, monday: date) -> int:
    now = datetime.now(UTC)
    units = [f"acme.{language}" for language in ("en", "nl", "fr")]
    await running.feed.put_directory(directory(units, PEOPLE, since=long_ago(now)))
    start = datetime.combine(monday, time(9), UTC)
    await running.feed.declare(start)
    accepted, batch = 0, []
    for n, (language, text) in enumerate(sentences()):
        at = start + timedelta(hours=n % 100)
        batch.append(event(n, identity(f"acme.{language}", n % PEOPLE), text, at))
        if len(batch) == 200:
            accepted += (await running.feed.send(batch)).accepted
            batch.clear()
    if batch:
        accepted += (await running.feed.send(batch)).accepted
    await running.feed.declare(week_of(monday).ends + LATENESS[Cadence.WEEK] + timedelta(hours=1))
    return accepted


@pytest.mark.timeout(300)
@pytest.mark.skipif(
    not all((PUBLIC / name).is_dir() for name in SETS),
    reason="public test sets are absent; point BAROGRAPH_SHARED_DATA at the folder that has them",
)
async def test_real_text_becomes_published_indicators(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    monday = week_of(today - timedelta(days=21)).start
    async with line(tmp_path) as running:
        accepted = await send(running, monday)
        address = f"{running.installation.alerts_url}/v1/indicators?cadence=week"

        async def closed() -> bool:
            return bool((await running.http.get(address)).json()["windows"])

        await until(closed, seconds=200)
        answer = (await running.http.get(address)).json()
    published = {
        value["unit"]: value["value"]
        for value in answer["indicators"]
        if value["indicator"] == "valence"
    }

    print(f"accepted {accepted}; climate by unit: {published}")
    assert accepted > 1_500
    assert set(published) == {"acme", "acme.en", "acme.nl", "acme.fr"}
