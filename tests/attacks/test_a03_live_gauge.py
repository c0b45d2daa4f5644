"""A3: watch a live figure and see each message arrive.

Who: anyone who may look at a dashboard that refreshes itself, such as Grafana on Prometheus.
What they try: they sit beside the channel and see who writes when.  If the figure of a team of
twelve moved with each message, the difference between two readings would be the score of the one
message that came between them.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient

from models.climate.windows import week_of
from services.alerts import database
from tests.attacks.figures import note
from tests.fakes.scores import MONDAY, score
from tests.fakes.stage import Stage, organisation
from tests.services.alerts.conftest import Serve

PEOPLE, A_DAY, WORKDAY_S = 12, 12, 8 * 3_600
NEXT = MONDAY + timedelta(weeks=1)
PAGES = ("/metrics/indicators", "/v1/indicators", "/v1/alerts", "/?lang=en")


def isolated(every_s: int, days: int = 40) -> float:
    """Share of messages whose valence two readings of a running mean give away."""
    chance, told, written = np.random.default_rng(3), 0, 0
    for _ in range(days):
        count = chance.poisson(PEOPLE * A_DAY)
        at = np.sort(chance.uniform(0, WORKDAY_S, count))
        valence = chance.uniform(-1, 1, count)
        seen = np.searchsorted(at, np.arange(0, WORKDAY_S + every_s, every_s))
        means = np.array([valence[:n].mean() if n else 0.0 for n in seen])
        for before, after in zip(range(len(seen)), range(1, len(seen)), strict=False):
            if seen[after] - seen[before] == 1:  # the channel shows that one message came
                guess = means[after] * seen[after] - means[before] * seen[before]
                told += bool(abs(guess - valence[seen[before]]) < 1e-9)
        written += count
    return told / written


def test_a_live_gauge_gives_single_messages_away() -> None:
    shares = {every: isolated(every) for every in (15, 60, 300)}
    note(
        "A3", "messages of a team of 12 isolated, scraped at 15 s/60 s/5 min",
        without=" / ".join(f"{share:.0%}" for share in shares.values()),
    )  # fmt: skip

    assert shares[15] > 0.85
    assert shares[300] < shares[60] < shares[15]


def readings(client: TestClient) -> tuple[bytes, ...]:
    """What a dashboard reads."""
    return tuple(client.get(page).content for page in PAGES)


def test_what_barograph_shows_moves_once_a_window_and_not_with_a_message(
    published: Path, serve: Serve
) -> None:
    engine = database.open_engine(published)
    stage = Stage(engine)
    coming = organisation(first=NEXT)
    with serve(published) as client:
        seen = {readings(client)}
        for message in coming:  # a scrape after each single message
            stage.send([message])
            seen.add(readings(client))
        before = len(seen)
        stage.reach(week_of(NEXT).ends + timedelta(hours=48))
        seen.add(readings(client))
        stage.send([score(-1.0, message="later", person="x", leaf="plant", local_day=NEXT)])
        assert client.get("/metrics/indicators").content in {pages[0] for pages in seen}
    engine.dispose()
    note(
        "A3", "messages of a team of 12 isolated, scraped at 15 s/60 s/5 min",
        ours=f"0 ({len(coming)} messages, {len(coming)} scrapes, all the same)",
    )  # fmt: skip

    assert len(coming) > 100
    assert before == 1
    assert len(seen) == 2
