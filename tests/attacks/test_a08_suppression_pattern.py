"""A8: read what is not shown.

Who: a manager of a team of twelve.
What they try: where nothing is shown for one person and a zero for nobody, the gap itself says
"exactly one" - and the manager knows who it must be.  The same with an error code, a label that
comes and goes, the length of an answer, or a word such as "too few".
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import select

from models.climate.disclosure.selection import Outcome
from models.language.labels import Signal
from services.alerts import database
from services.alerts.tables.released import RECEIPT
from services.contracts.scores import ScoreV1
from tests.attacks.figures import note
from tests.fakes.scores import MONDAY, score
from tests.fakes.stage import Stage
from tests.services.alerts.conftest import DUE, Serve

PAGES = (
    "/metrics/indicators", "/v1/indicators", "/v1/units", "/v1/alerts", "/metrics",
    "/?lang=en", "/?lang=nl", "/?lang=fr", "/?lang=en&unit=plant",
)  # fmt: skip
TEAM, BASE_RATE = 12, 0.04
BY_THE_WEEK = {"org": 86, "sales": 56, "sales.a": 28, "sales.b": 28, "plant": 30}
"""Headcounts of which every unit is due each week."""
RECEIPT_LINK = re.compile(rb"/v1/receipts/[0-9a-f]{64}")
"""Differs each time, whatever was written: what it is a hash of holds a number drawn by chance."""
Answer = tuple[int, dict[str, str], bytes]


def test_a_gap_that_means_a_few_discloses_one_person_in_a_third_of_all_weeks() -> None:
    flagged = np.random.default_rng(8).binomial(TEAM, BASE_RATE, 100_000)
    statuses = np.where(flagged == 0, "none", np.where(flagged < 5, "too few", "shown"))
    share = float((flagged[statuses == "too few"] == 1).mean())
    found = float((flagged == 1).mean())
    note("A8", "weeks that disclose one flagged person of 12", without=f"{found:.0%}")

    assert 0.29 < found < 0.33
    assert share > 0.75  # "too few" is one person, nearly always


def written(
    people: Mapping[str, int], flagged: Mapping[str, int], messages: int = 3
) -> list[ScoreV1]:
    """Everybody at 0.2; the first of each leaf are exhausted."""
    return [
        score(
            0.2,
            message=f"{leaf} {person} {day}",
            person=f"{leaf} {person}",
            leaf=leaf,
            local_day=MONDAY + timedelta(days=day),
            signals=(Signal.EXHAUSTION,) if person < flagged.get(leaf, 0) else (),
        )
        for leaf, count in people.items()
        for person in range(count)
        for day in range(messages)
    ]


def answers(place: Path, serve: Serve, name: str, scores: list[ScoreV1]) -> list[Answer]:
    """Everything that readers of one published week can have, byte for byte."""
    copy = place.with_name(f"{name}.db")
    shutil.copy(place, copy)
    engine = database.open_engine(copy)
    stage = Stage(engine, eligible=BY_THE_WEEK)
    stage.send(scores)
    stage.reach(DUE)
    engine.dispose()
    with serve(copy) as client:
        found = [client.get(page) for page in PAGES if page != "/metrics"]
        labels = {line.partition(" ")[0] for line in client.get("/metrics").text.splitlines()}
    kept = ("content-type", "content-length", "etag", "cache-control")
    return [
        *(
            (
                a.status_code,
                {h: a.headers[h] for h in kept if h in a.headers},
                RECEIPT_LINK.sub(b"/v1/receipts/", a.content),
            )
            for a in found
        ),
        (200, {}, repr(sorted(labels)).encode()),
    ]


def test_nobody_one_and_four_flagged_people_look_the_same(place: Path, serve: Serve) -> None:
    people = {"sales.a": 20, "sales.b": 12, "plant": TEAM}
    seen = [answers(place, serve, f"flagged {n}", written(people, {"plant": n})) for n in range(5)]
    note("A8", "weeks that disclose one flagged person of 12", ours="0: answers identical")

    assert all(each == seen[0] for each in seen)
    assert b"valence" in seen[0][1][2]


def test_few_people_and_one_loud_person_look_the_same(place: Path, serve: Serve) -> None:
    """Why a unit is withheld cannot be told: three people, six, or ten of whom one writes most."""
    people = {"sales.a": 24, "plant": 15}
    few, more = (written(people | {"sales.b": n}, {}) for n in (3, 6))
    loud = written(people | {"sales.b": 10}, {}) + [
        score(0.2, message=f"loud {n}", person="sales.b 0", leaf="sales.b",
              local_day=MONDAY + timedelta(days=n % 5))
        for n in range(20)
    ]  # fmt: skip
    plain = written(people | {"sales.b": 10}, {})
    seen = [
        answers(place, serve, name, scores)
        for name, scores in (("few", few), ("more", more), ("loud", loud))
    ]

    shown = answers(place, serve, "plain", plain)[1][2]
    assert seen[0] == seen[1] == seen[2]
    assert b'"unit":"sales.b"' not in seen[0][1][2]
    assert b'"unit":"sales.b"' in shown  # ten alike would be


def test_a_receipt_does_not_say_why_either(published: Path, serve: Serve) -> None:
    """Of one withheld unit even a count by reason is the reason of that unit."""
    with serve(published) as client:
        engine = database.open_engine(published)
        with database.reading(engine).begin() as connection:
            known = connection.execute(select(RECEIPT.c.id)).scalars().all()
        engine.dispose()
        read = [client.get(f"/v1/receipts/{receipt}") for receipt in known]

    assert {answer.status_code for answer in read} == {200}
    for reason in set(Outcome) - {Outcome.PUBLISHED}:
        assert all(reason.value not in answer.text for answer in read)


def test_the_name_of_a_receipt_confirms_no_guess(place: Path, serve: Serve) -> None:
    """Whoever can try all that somebody may have written would know it when the hash fits."""
    people = written({"sales.a": 24, "plant": 15}, {})
    links = set()
    for name in ("once", "again"):
        answers(place, serve, name, people)
        with serve(place.with_name(f"{name}.db")) as client:
            links |= set(RECEIPT_LINK.findall(client.get("/?lang=en").content))

    assert len(links) == 2


def test_a_window_that_is_withheld_whole_looks_like_one_that_never_was(
    place: Path, serve: Serve
) -> None:
    copy = place.with_name("whole.db")
    shutil.copy(place, copy)
    engine = database.open_engine(copy)
    stage = Stage(engine)
    stage.send(written({"plant": 4}, {}))
    stage.reach(DUE)
    engine.dispose()
    with serve(copy) as client:
        asked = [
            client.get(f"/v1/indicators?window_start={day}").json()
            for day in (MONDAY.isoformat(), "2019-01-07", "2031-01-06")
        ]

    assert [each["indicators"] for each in asked] == [[], [], []]
    assert [each["withheld"] for each in asked] == [True, True, True]
