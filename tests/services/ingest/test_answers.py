"""An answer says which leaf it answers and how soon, and nothing of whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.climate.networks.answer_time import AnsweredWithin
from services.contracts.envelope import Kind
from services.ingest.recent_messages import Remembered
from tests.fakes.admission import NOW, Gateway, event, gateway

ASKED = NOW - timedelta(days=6)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(name="admission")
def _admission(tmp_path: Path) -> Gateway:
    found = gateway(tmp_path)
    found.message(event(source_id="asked", identity="demo:boss", at=ASKED))
    return found


def told(admission: Gateway, at: datetime, **changes: object) -> tuple[str | None, int | None]:
    answer = {"source_id": "answer", "in_reply_to": "asked", "kind": Kind.REPLY, "at": at}
    message = admission.message(event(**{**answer, **changes}))
    return message.other_leaf, message.answer_bucket


@pytest.mark.parametrize(
    ("after", "within"),
    [
        (-MINUTE, AnsweredWithin.HOUR),
        (MINUTE, AnsweredWithin.HOUR),
        (HOUR, AnsweredWithin.HOUR),
        (HOUR + MINUTE, AnsweredWithin.DAY),
        (DAY, AnsweredWithin.DAY),
        (DAY + MINUTE, AnsweredWithin.LONGER),
        (5 * DAY, AnsweredWithin.LONGER),
    ],
)
def test_an_answer_says_which_leaf_and_how_soon(
    admission: Gateway, after: timedelta, within: AnsweredWithin
) -> None:
    assert told(admission, ASKED + after) == ("acme.staff", within)


def test_an_edit_of_an_answer_says_the_same(admission: Gateway) -> None:
    edit = told(admission, ASKED + HOUR, kind=Kind.EDIT, version=2)

    assert edit == ("acme.staff", AnsweredWithin.HOUR)


@pytest.mark.parametrize("changes", [{"in_reply_to": None}, {"in_reply_to": "never seen"}])
def test_what_answers_nothing_that_is_known_says_nothing(
    admission: Gateway, changes: dict[str, object]
) -> None:
    assert told(admission, ASKED + HOUR, **changes) == (None, None)


def test_what_another_source_calls_the_same_is_not_answered(admission: Gateway) -> None:
    known = admission.recent.pop(("demo", "asked"))
    admission.recent["elsewhere", "asked"] = known

    assert told(admission, ASKED + HOUR) == (None, None)


@pytest.mark.parametrize(
    ("days", "within"),
    [(0, None), (3, None), (4, AnsweredWithin.LONGER), (6, AnsweredWithin.LONGER)],
)
def test_where_the_time_is_forgotten_only_a_far_calendar_day_tells(
    admission: Gateway, days: int, within: AnsweredWithin | None
) -> None:
    known = admission.recent["demo", "asked"]
    admission.recent["demo", "asked"] = Remembered(known.leaf, known.block, known.day)

    assert told(admission, ASKED + days * DAY) == ("acme.staff", within)


def test_an_answer_names_neither_what_it_answers_nor_whom(admission: Gateway) -> None:
    answer = event(source_id="answer", in_reply_to="asked", kind=Kind.REPLY)

    sent = admission.message(answer).to_bytes()

    asked = admission.message(event(source_id="asked", identity="demo:boss", at=ASKED))
    assert b"asked" not in sent
    assert asked.pid.encode() not in sent
    assert asked.digest.encode() not in sent
