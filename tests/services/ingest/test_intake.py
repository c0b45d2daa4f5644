"""Admission lets in what the policy and the law allow, and nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.climate import windows
from services.contracts.envelope import Kind
from services.contracts.sealing import hour_of, unseal
from services.ingest.directory import Directory
from services.ingest.feed_event import Visibility
from services.ingest.intake import Refused
from tests.fakes.admission import CANARY, DIRECTORY, NOW, Gateway, event, gateway


@pytest.fixture(name="admission")
def _admission(tmp_path: Path) -> Gateway:
    return gateway(tmp_path)


def test_a_post_becomes_a_message_without_a_name(admission: Gateway) -> None:
    message = admission.message(event(text=CANARY))

    key = admission.text_keys.key(hour_of(message.sealed))
    assert key is not None
    assert unseal(message.sealed, key) == "Pelargonium [name] [phone] zeppelin"
    assert (message.leaf, message.local_day.isoformat()) == ("acme.sales", "2026-11-25")
    assert message.seq == 0
    assert b"anna" not in message.to_bytes().lower()


def test_someone_of_an_inner_unit_counts_in_its_staff_leaf(admission: Gateway) -> None:
    assert admission.message(event(identity="demo:boss")).leaf == "acme.staff"


def test_one_person_on_two_platforms_is_one_pseudonym(admission: Gateway) -> None:
    one = admission.message(event(identity="demo:anna"))
    other = admission.message(event(identity="mail:Anna@Example.org", source_id="m2"))

    assert one.pid == other.pid


def test_two_people_are_two_pseudonyms(admission: Gateway) -> None:
    one, other = admission.message(event()), admission.message(event(identity="demo:boss"))

    assert one.pid != other.pid


def test_the_same_id_at_two_sources_is_two_messages(admission: Gateway) -> None:
    admission.intake = replace(admission.intake, channel=lambda _source, _channel: None)

    one = admission.message(event())
    other = admission.message(event(source="demo:chat", channel="demo:chat:x"))

    assert one.digest != other.digest


def test_pseudonyms_of_one_value_differ_by_purpose_and_never_outlive_a_block(
    admission: Gateway,
) -> None:
    namesake = replace(DIRECTORY.people[0], key="demo:same")  # a person called as a channel is
    admission.registry.replace(Directory(DIRECTORY.units, (namesake,)))
    later = NOW + timedelta(days=28)
    message = admission.message(event(channel="demo:same"))

    next_block = admission.message(event(channel="demo:same", at=later), later)

    values = [message.pid, message.digest, message.place]
    values += [next_block.pid, next_block.digest, next_block.place]
    assert next_block.block == message.block + 1
    assert len(set(values)) == len(values)


@settings(deadline=None, max_examples=20)  # each example opens files
@given(st.lists(st.integers(0, 200), min_size=2, max_size=6, unique=True))
def test_no_two_blocks_share_a_pseudonym(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[int]
) -> None:
    admission = gateway(tmp_path_factory.mktemp("blocks"))
    moments = [NOW + timedelta(days=28 * block) for block in sorted(blocks)]

    pids = [admission.message(event(at=moment), moment).pid for moment in moments]

    assert len(set(pids)) == len(pids)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"source": "other", "channel": "other:general"}, Refused.CHANNEL_NOT_LISTED),
        ({"channel": "general"}, Refused.CHANNEL_NOT_LISTED),
        ({"channel": "demo:vakbondsoverleg"}, Refused.CHANNEL_DENIED),
        ({"channel": "demo:works-council"}, Refused.CHANNEL_DENIED),
        ({"visibility": Visibility.PRIVATE}, Refused.NOT_PUBLIC),
        ({"visibility": Visibility.DIRECT}, Refused.NOT_PUBLIC),
        ({"is_bot": True}, Refused.AUTOMATED),
        ({"identity": "demo:robot"}, Refused.AUTOMATED),
        ({"identity": "demo:guest"}, Refused.EXTERNAL),
        ({"identity": "demo:stranger"}, Refused.IDENTITY_UNKNOWN),
        ({"text": ""}, Refused.NO_TEXT),
        ({"text": " \n"}, Refused.NO_TEXT),
        ({"kind": Kind.REACTION}, Refused.NO_TEXT),
        ({"at": NOW + timedelta(minutes=5, seconds=1)}, Refused.IN_THE_FUTURE),
        ({"at": NOW - timedelta(days=29)}, Refused.TOO_OLD),
        ({"at": NOW - timedelta(days=27)}, Refused.BLOCK_CLOSED),
        ({"kind": Kind.DELETE}, Refused.UNKNOWN_MESSAGE),
    ],
)
def test_what_may_not_enter_is_refused_with_its_reason(
    admission: Gateway, changes: dict[str, Any], reason: Refused
) -> None:
    assert admission.outcome(event(**changes)) is reason


def test_a_source_whose_clock_is_a_little_ahead_is_believed(admission: Gateway) -> None:
    assert admission.message(event(at=NOW + timedelta(minutes=4))).local_day == NOW.date()


def test_an_import_may_be_ahead_of_what_it_declared_but_not_of_the_wall(admission: Gateway) -> None:
    declared, ahead = NOW - timedelta(days=3), NOW - timedelta(days=1)

    assert not isinstance(admission.intake.admit(event(at=ahead), declared, wall=NOW), Refused)
    late = event(at=NOW + timedelta(hours=1))
    assert admission.intake.admit(late, declared, wall=NOW) is Refused.IN_THE_FUTURE


def test_who_is_new_in_a_unit_does_not_count_towards_k(admission: Gateway) -> None:
    assert not admission.message(event(identity="demo:new")).countable
    assert admission.message(event(identity="demo:anna")).countable


@pytest.mark.parametrize(
    ("at", "after_hours", "day"),
    [
        (datetime(2026, 11, 25, 6, 59, tzinfo=UTC), True, 25),  # 7:59 in Amsterdam
        (datetime(2026, 11, 25, 7, 0, tzinfo=UTC), False, 25),
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), False, 24),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), True, 24),
        (datetime(2026, 11, 21, 11, 0, tzinfo=UTC), True, 21),  # a Saturday
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), True, 24),  # past midnight in Amsterdam
    ],
)
def test_the_day_and_the_hours_are_those_where_the_person_is(
    admission: Gateway, at: datetime, *, after_hours: bool, day: int
) -> None:
    message = admission.message(event(at=at))

    assert (message.after_hours, message.local_day.day) == (after_hours, day)


@pytest.mark.parametrize(
    ("at", "day", "hour"),
    [
        (datetime(2026, 11, 24, 9, 59, tzinfo=UTC), 24, 9),  # 10:59 in Amsterdam
        (datetime(2026, 11, 24, 22, 59, tzinfo=UTC), 24, 22),
        (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), 25, None),  # the next day in Amsterdam alone
        (datetime(2026, 11, 25, 0, 0, tzinfo=UTC), 25, 0),
        (datetime(2026, 11, 24, 9, 30, tzinfo=timezone(-timedelta(hours=5))), 24, 14),
    ],
)
def test_the_hour_is_that_of_utc_where_both_are_at_one_day(
    admission: Gateway, at: datetime, day: int, hour: int | None
) -> None:
    message = admission.message(event(at=at))

    assert (message.local_day.day, message.hour) == (day, hour)


def test_an_edit_has_the_hour_of_the_original_and_a_deletion_has_none(admission: Gateway) -> None:
    edit = admission.message(event(kind=Kind.EDIT, version=2), NOW + timedelta(hours=3))
    gone = admission.outcome(event(kind=Kind.DELETE, version=3), NOW + timedelta(hours=3))

    assert edit.hour == 11
    assert not isinstance(gone, Refused)
    assert {each.message.hour for each in gone} == {None}


def test_an_edit_takes_the_place_of_the_original(admission: Gateway) -> None:
    original = admission.message(event())

    edit = admission.message(event(kind=Kind.EDIT, version=5, text="a loud day"))

    assert (edit.digest, edit.block, edit.pid) == (original.digest, original.block, original.pid)
    assert edit.version > original.version


def test_an_edit_that_takes_every_word_away_is_a_deletion(admission: Gateway) -> None:
    original = admission.message(event())

    ((deletion, _),) = admitted(admission, event(kind=Kind.EDIT, version=5, text=" "))

    assert (deletion.kind, deletion.digest) == (Kind.DELETE, original.digest)
    assert deletion.sealed == b""


def test_a_deletion_goes_to_every_block_that_is_open(admission: Gateway) -> None:
    window = windows.four_weeks_of(NOW.date())
    last = datetime.combine(window.end_exclusive, datetime.min.time(), UTC) - timedelta(hours=6)
    original = admission.message(event(at=last), last)
    now = last + timedelta(hours=24)
    other = admission.message(event(source_id="m2", at=now), now)

    deletions = [
        one.message for one in admitted(admission, event(kind=Kind.DELETE, version=9), now)
    ]

    assert {one.block for one in deletions} == {original.block, other.block}
    assert original.digest in {one.digest for one in deletions}
    assert {one.version for one in deletions} == {9}
    assert {one.leaf for one in deletions} == {original.leaf}
    assert all(windows.block(one.local_day) == one.block for one in deletions)
    assert original.pid not in {one.pid for one in deletions}


def test_a_deletion_needs_neither_a_known_author_nor_a_listed_channel(admission: Gateway) -> None:
    admission.message(event())

    assert admitted(
        admission, event(kind=Kind.DELETE, identity="demo:stranger", channel="other:place")
    )


def test_a_deletion_in_a_closed_block_says_so(admission: Gateway) -> None:
    admission.message(event())
    later = NOW + timedelta(days=40)

    assert admission.outcome(event(kind=Kind.DELETE), later) is Refused.BLOCK_CLOSED


def test_who_opted_out_yields_nothing_on_any_platform(admission: Gateway) -> None:
    admission.registry.opt_out("demo:anna", out=True)

    assert admission.outcome(event()) is Refused.OPTED_OUT
    assert admission.outcome(event(identity="mail:anna@example.org")) is Refused.OPTED_OUT
    assert admission.outcome(event(kind=Kind.DELETE)) is Refused.OPTED_OUT


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"is_bot": True},
        {"visibility": Visibility.PRIVATE},
        {"channel": "demo:vakbond"},
        {"at": NOW + timedelta(hours=1)},
        {"at": NOW - timedelta(days=27)},
    ],
)
def test_whatever_else_is_wrong_is_answered_to_who_opted_out_as_to_anybody(
    admission: Gateway, changes: dict[str, Any]
) -> None:
    before = admission.outcome(event(**changes))

    admission.registry.opt_out("demo:anna", out=True)

    assert admission.outcome(event(**changes)) is before


def test_a_withdrawal_goes_to_every_open_block_under_the_persons_pseudonym(
    admission: Gateway,
) -> None:
    message = admission.message(event())
    person = admission.registry.opt_out("mail:anna@example.org", out=True)
    assert person is not None

    ((withdrawal, at),) = admission.intake.withdraw(person, NOW)

    assert (withdrawal.kind, withdrawal.pid) == (Kind.WITHDRAW, message.pid)
    assert (withdrawal.block, withdrawal.leaf, at) == (message.block, "acme.sales", NOW)


def test_nothing_prints_what_it_holds(admission: Gateway) -> None:
    held = event(text=CANARY, identity="demo:anna", source_id="canary-id", channel="demo:canary")
    outcome = admitted(admission, held)
    person = admission.registry.find("demo:anna")
    printed = "".join(
        f"{one!r}{one!s}"
        for one in (held, outcome, person, admission.registry, admission.blocks, admission.intake,
                    admission.text_keys, DIRECTORY, DIRECTORY.people, outcome[0].message)
    )  # fmt: skip

    for secret in ("Pelargonium", "anna", "Vries", "canary", "p1", outcome[0].message.pid):
        assert secret.lower() not in printed.lower()


def admitted(admission: Gateway, held: Any, now: datetime = NOW) -> Any:
    """What *held* became; it was not refused."""
    outcome = admission.outcome(held, now)
    assert not isinstance(outcome, Refused)
    return outcome
