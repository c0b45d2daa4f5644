"""The outbox hands each delivery to one sender at a time, in order, on both databases."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from services.alerts.delivery import endpoints, outbox
from services.alerts.delivery.outbox import LEASE, ORDER_PATIENCE, WORTH_SENDING, Claimed
from services.alerts.delivery.vault import Vault, VaultInvalid
from services.alerts.tables.operations import DELIVERY
from tests.fakes.notices import NOW, SECRET, endpoint, notify

LATER = NOW + timedelta(seconds=5)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(tmp_path / "key")


def claim(
    engine: Engine, owner: str = "one", limit: int = 20, now: datetime = LATER
) -> list[Claimed]:
    with engine.begin() as connection:
        return outbox.claim(connection, owner=owner, limit=limit, now=now)


def statuses(engine: Engine) -> Counter[str]:
    with engine.connect() as connection:
        return Counter(connection.execute(select(DELIVERY.c.status)).scalars())


def complete(
    engine: Engine, claimed: Claimed, status: str, again_at: datetime | None = None
) -> bool:
    with engine.begin() as connection:
        return outbox.complete(connection, claimed, status, again_at=again_at)


def test_each_endpoint_gets_each_notice_under_an_id_of_its_own(
    engine: Engine, vault: Vault
) -> None:
    with engine.begin() as connection:
        for number in range(3):
            endpoint(connection, vault, f"https://hr.example/{number}")
        notify(connection)

    claimed = claim(engine)

    assert len({each.id for each in claimed}) == len({each.endpoint.id for each in claimed}) == 3
    assert all(each.id.startswith("msg_") and each.attempt == 1 for each in claimed)


def test_what_is_claimed_is_claimed_once_until_the_lease_is_over(
    engine: Engine, vault: Vault
) -> None:
    with engine.begin() as connection:
        endpoint(connection, vault)
        notify(connection)

    (first,) = claim(engine, "one")

    assert claim(engine, "two") == []
    assert claim(engine, "two", now=LATER + LEASE - timedelta(seconds=1)) == []
    (again,) = claim(engine, "two", now=LATER + LEASE)
    assert (again.id, again.body, again.attempt) == (first.id, first.body, 2)


def test_a_sender_whose_lease_went_to_another_changes_nothing(engine: Engine, vault: Vault) -> None:
    with engine.begin() as connection:
        endpoint(connection, vault)
        notify(connection)
    (late,) = claim(engine, "one")
    (now_holder,) = claim(engine, "two", now=LATER + LEASE)

    assert not complete(engine, late, "failed")
    assert complete(engine, now_holder, "delivered")
    assert not complete(engine, now_holder, "failed")
    assert statuses(engine) == {"delivered": 1}


def test_several_senders_never_take_the_same_delivery(engine: Engine, vault: Vault) -> None:
    with engine.begin() as connection:
        for number in range(30):
            endpoint(connection, vault, f"https://hr.example/{number}")
        for group in range(4):
            notify(connection, f"group {group}")

    def work(owner: str) -> list[str]:
        taken: list[str] = []
        while claimed := claim(engine, owner, limit=7):
            taken += [each.id for each in claimed]
            for each in claimed:
                assert complete(engine, each, "delivered")
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [each for found in pool.map(work, "abcd") for each in found]

    assert len(taken) == len(set(taken))
    while claimed := claim(engine):
        taken += [each.id for each in claimed]
    assert len(set(taken)) == 120


def test_a_notice_waits_for_the_one_before_it_and_not_for_ever(
    engine: Engine, vault: Vault
) -> None:
    with engine.begin() as connection:
        endpoint(connection, vault)
        notify(connection)
        notify(connection)

    (first,) = claim(engine)

    assert b'"sequence":1' in first.body
    assert claim(engine) == []
    assert len(claim(engine, now=NOW + ORDER_PATIENCE + LEASE)) == 2


def test_a_notice_that_waits_delays_no_other_group(engine: Engine, vault: Vault) -> None:
    with engine.begin() as connection:
        endpoint(connection, vault)
        notify(connection)
        notify(connection)
        notify(connection, "another group")

    claimed = claim(engine)

    assert [b'"sequence":1' in each.body for each in claimed] == [True, True]


def test_only_whoever_holds_a_delivery_can_finish_it(engine: Engine, vault: Vault) -> None:
    with engine.begin() as connection:
        endpoint(connection, vault)
        notify(connection)
    (held,) = claim(engine, "one")

    assert not complete(engine, replace(held, owner="two"), "failed")
    assert complete(engine, held, "delivered")


def test_an_endpoint_is_sent_two_things_at_a_time(engine: Engine, vault: Vault) -> None:
    with engine.begin() as connection:
        endpoint(connection, vault)
        for group in range(5):
            notify(connection, f"group {group}")

    one, two = claim(engine)

    assert claim(engine) == []
    assert complete(engine, one, "delivered")
    assert len(claim(engine)) == 1
    assert complete(engine, two, "pending", LATER + timedelta(hours=1))
    assert len(claim(engine)) == 1


def test_a_disabled_endpoint_is_not_called_and_loses_nothing(engine: Engine, vault: Vault) -> None:
    with engine.begin() as connection:
        found = endpoint(connection, vault)
        endpoints.disable(connection, found.id, "gone", NOW)
        notify(connection)

    waited = claim(engine)
    with engine.begin() as connection:
        assert not outbox.has_work(connection, LATER)
        endpoints.enable(connection, found.id)

    assert waited == []
    assert len(claim(engine)) == 1


def test_a_removed_endpoint_is_forgotten_with_its_secret(engine: Engine, vault: Vault) -> None:
    with engine.begin() as connection:
        found = endpoint(connection, vault)
        notify(connection)
        endpoints.remove(connection, found.id)

        assert endpoints.every(connection) == []
        assert endpoints.secrets_of(connection, found.id, vault, LATER) == []
        with pytest.raises(endpoints.UnknownEndpoint):
            endpoints.remove(connection, found.id)
    assert claim(engine) == []
    assert statuses(engine) == {"cancelled": 1}


def test_the_same_url_again_takes_the_new_secret_alone(
    engine: Engine, vault: Vault, tmp_path: Path
) -> None:
    other = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
    with engine.begin() as connection:
        first = endpoint(connection, vault)
        endpoints.disable(connection, first.id, "failing", NOW)

        second = endpoint(connection, vault, secret=other)

        assert (second.id, second.disabled) == (first.id, None)
        assert endpoints.secrets_of(connection, first.id, vault, LATER) == [other]
        with pytest.raises(VaultInvalid):
            endpoints.secrets_of(connection, first.id, Vault.open(tmp_path / "other"), LATER)


def test_no_secret_is_readable_in_the_database(engine: Engine, vault: Vault) -> None:
    with engine.begin() as connection:
        endpoint(connection, vault)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT * FROM endpoint_secret"
            if engine.dialect.name == "sqlite"
            else "SELECT * FROM operations.endpoint_secret"
        ).all()

    assert len(rows) == 1
    assert SECRET not in repr(rows)


def test_old_news_expires_and_old_bodies_are_forgotten(engine: Engine, vault: Vault) -> None:
    with engine.begin() as connection:
        endpoint(connection, vault)
        notify(connection)
    over = NOW + WORTH_SENDING

    assert claim(engine, now=over) == []
    with engine.begin() as connection:
        assert outbox.has_work(connection, over)
        assert outbox.expire(connection, over) == 1
        assert not outbox.has_work(connection, over)
    assert statuses(engine) == {"expired": 1}
    with engine.begin() as connection:
        outbox.expire(connection, NOW + timedelta(days=31))
    assert statuses(engine) == {}
