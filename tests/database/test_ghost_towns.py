"""From scores and a list of places to the published ghost towns, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from models.climate.windows import Cadence, block, four_weeks_of
from models.language.labels import Language
from services.alerts import channels, database, ledger, migrations
from services.alerts import replay as replays
from services.alerts.closing import Closer
from services.alerts.tables.pseudonymous import AUTHOR_PLACE, CHANNEL_PLACE
from services.alerts.tables.released import RELEASED_RATIO
from services.contracts.channels import ChannelsV1
from services.contracts.governance import Policy
from services.contracts.scores import ScoreV1
from tests.database.test_ledger import without_guard
from tests.fakes.scores import MONDAY, SPOOL, deletion, mac, policy, score, withdrawal
from tests.fakes.stage import Stage

FOUR = four_weeks_of(MONDAY)
NEXT = four_weeks_of(FOUR.end_exclusive)
DUE = FOUR.ends + timedelta(hours=48)
PARENTS = {"org": None, "a": "org", "b": "org"}
ELIGIBLE = {"org": 60, "a": 30, "b": 30}
NAME = "ghost_towns"
LISTED = ["valence", NAME]
PLACES = [f"channel {n}" for n in range(20)]


def everyday(place: str = "town square") -> list[ScoreV1]:
    """Fifteen people of each leaf write three messages a week somewhere, so that all is shown."""
    return [
        score(
            0.1,
            message=f"{leaf} {person} {week} {day}",
            person=f"{leaf} {person}",
            leaf=leaf,
            place=mac(place),
            local_day=MONDAY + timedelta(weeks=week, days=day),
        )
        for leaf in "ab"
        for person in range(15)
        for week in range(4)
        for day in range(3)
    ]


def written(authors: Mapping[str, Iterable[int]], day: date = MONDAY) -> list[ScoreV1]:
    """Each of these people of leaf a writes one message in each of these places."""
    return [
        score(
            0.1,
            message=f"{place} {person}",
            person=f"a {person}",
            leaf="a",
            place=mac(place),
            local_day=day,
        )
        for place, people in authors.items()
        for person in people
    ]


LIVELY = dict.fromkeys(PLACES[:12], range(6))
QUIET = dict.fromkeys(PLACES[12:14], range(4))
WRITTEN = [*everyday(), *written(LIVELY), *written(QUIET)]
"""In twelve of 20 places write six people, in two four, and in six nobody."""


def listed(places: Iterable[str], number: int = 1, spool_id: str = SPOOL) -> ChannelsV1:
    return ChannelsV1(spool_id=spool_id, block=number, places=tuple(map(mac, places)))


class Town(Stage):
    """A stage to which gateways say which places could be ghost towns."""

    def say(self, record: ChannelsV1) -> bool:
        with database.writing(self.engine) as connection:
            return channels.take(connection, record)

    def told(self) -> dict[str, tuple[float, str]]:
        windows = (FOUR, *FOUR.split(Cadence.WEEK))
        values = [item for window in windows for item in self.values(window).items()]
        return {unit: value for (name, unit), value in values if name == NAME}


@pytest.fixture
def town(engine: Engine) -> Town:
    made = Town(engine, policy(indicators=LISTED), PARENTS, ELIGIBLE)
    made.say(listed(PLACES))
    return made


def test_the_tenth_of_places_is_told_of_the_whole_organisation_with_the_four_weeks(
    town: Town,
) -> None:
    town.send(WRITTEN)
    assert town.reach(DUE)[-1] == FOUR

    assert town.told() == {"org": (0.4, "25-49")}
    assert (NAME, "org") in town.values(FOUR)


def test_an_author_counts_once_in_four_weeks(town: Town) -> None:
    again = [
        one.model_copy(update={"digest": mac(f"{week} {one.digest}"), "local_day": day})
        for week in range(1, 4)
        for day in [MONDAY + timedelta(weeks=week)]
        for one in written(QUIET)
    ]
    town.send([*WRITTEN, *again])
    town.reach(DUE)

    assert town.told() == {"org": (0.4, "25-49")}


def test_authors_of_all_weeks_count_together(town: Town) -> None:
    late = written(dict.fromkeys(QUIET, range(4, 8)), MONDAY + timedelta(days=25))
    town.send([*WRITTEN, *late])
    town.reach(DUE)

    assert town.told() == {"org": (0.3, "25-49")}  # 6 of 20
    assert town.count(RELEASED_RATIO) == 1


def test_who_does_not_count_or_deleted_it_wrote_nowhere(town: Town) -> None:
    new = [
        s.model_copy(update={"countable": False, "pid": mac(f"new {s.pid}")})
        for s in written(dict.fromkeys(PLACES[14:16], range(6)))
    ]
    gone = written(dict.fromkeys(PLACES[16:18], range(6)))
    town.send([*WRITTEN, *new, *gone])
    took_back = [
        deletion(leaf="a", place=s.place, pid=mac(f"nobody {s.digest}"), digest=s.digest)
        for s in gone
    ]
    town.send(took_back)
    town.reach(DUE)

    assert town.told() == {"org": (0.4, "25-49")}


def test_a_place_where_a_frozen_language_is_written_is_not_silent(engine: Engine) -> None:
    rules = policy(indicators=LISTED, frozen_languages=["fr"])
    town = Town(engine, rules, PARENTS, ELIGIBLE)
    town.say(listed(PLACES))
    french = [
        s.model_copy(update={"language": Language.FR})
        for s in written(dict.fromkeys(PLACES[14:20], range(6)))
    ]
    town.send([*WRITTEN, *french])
    town.reach(DUE)

    assert town.told() == {"org": (0.1, "25-49")}


def test_who_opts_out_is_no_author_though_the_day_has_folded(town: Town) -> None:
    town.send(WRITTEN)
    town.reach(FOUR.ends - timedelta(days=9))
    assert town.count(AUTHOR_PLACE) > 0
    town.send([withdrawal(person=f"a {n}", leaf="a") for n in range(2)])
    town.reach(DUE)

    assert town.told() == {"org": (0.9, "25-49")}  # four are left in each place


def test_the_newest_list_counts_and_those_of_two_gateways_together(town: Town) -> None:
    town.say(listed(PLACES[:12]))
    silent = [f"silent {n}" for n in range(6)]
    town.say(listed([*PLACES[6:14], *silent], spool_id="spool-2"))
    town.send(WRITTEN)
    town.reach(DUE)

    assert town.told() == {"org": (0.4, "25-49")}  # 8 of 20


@pytest.mark.parametrize(
    "record", [listed(PLACES[:19]), listed([]), listed([*PLACES[:19], PLACES[0]])]
)
def test_of_fewer_than_twenty_places_nothing_is_told(town: Town, record: ChannelsV1) -> None:
    town.say(record)
    town.send(WRITTEN)
    town.reach(DUE)

    assert ("valence", "org") in town.values(FOUR.split(Cadence.WEEK)[0])
    assert town.told() == {}
    assert town.count(RELEASED_RATIO) == 0


def test_a_list_of_another_block_says_nothing_of_this_one(town: Town) -> None:
    town.say(listed([]))
    town.say(listed(PLACES, 0))
    town.say(listed(PLACES, 2))
    town.send(WRITTEN)
    town.reach(DUE)

    assert town.told() == {}


def test_who_writes_in_the_next_block_is_no_author_of_this_one(town: Town) -> None:
    """Its first days fold before this one closes, where a gateway was away for so long."""
    town.send([*WRITTEN, *written(dict.fromkeys(PLACES[14:], range(6)), NEXT.start)])
    closed = town.reach(DUE + timedelta(days=3))

    assert FOUR in closed
    assert town.count(AUTHOR_PLACE) == 36
    assert town.told() == {"org": (0.4, "25-49")}


def test_nothing_of_the_block_is_left_once_it_has_closed_and_the_next_one_stays(
    town: Town,
) -> None:
    town.say(listed(PLACES[:3], 2))
    town.send([*WRITTEN, *written({PLACES[0]: range(7, 9)}, NEXT.start)])
    town.reach(DUE)

    with database.reading(town.engine).begin() as connection:
        assert {row.block for row in connection.execute(AUTHOR_PLACE.select())} <= {2}
        assert [row.block for row in connection.execute(CHANNEL_PLACE.select())] == [2] * 3
    assert not town.say(listed(PLACES))
    assert town.count(CHANNEL_PLACE) == 3
    assert block(NEXT.start) == 2


def test_days_and_how_often_somebody_wrote_are_not_kept() -> None:
    assert [column.name for column in AUTHOR_PLACE.c] == ["block", "pid", "place"]


@pytest.mark.parametrize(
    "rules", [policy(indicators=["valence"]), policy(indicators=LISTED, differential_privacy="on")]
)
def test_a_policy_that_does_not_ask_for_it_or_asks_for_noise_keeps_and_publishes_none(
    engine: Engine, rules: Policy
) -> None:
    town = Town(engine, rules, PARENTS, ELIGIBLE)
    town.say(listed(PLACES))
    town.send(WRITTEN)
    town.reach(FOUR.ends - timedelta(days=9))
    assert town.count(AUTHOR_PLACE) == 0

    town.reach(DUE)

    assert town.told() == {}
    assert town.count(RELEASED_RATIO) == 0


def test_a_policy_that_lists_it_within_a_block_waits_for_the_next(engine: Engine) -> None:
    """Who wrote in the first week where was not kept: its channels would seem silent."""
    town = Town(engine, policy(indicators=["valence"]), PARENTS, ELIGIBLE)
    town.say(listed(PLACES))
    town.send(WRITTEN)
    town.reach(FOUR.ends - timedelta(days=19))
    town.reach(DUE, Closer(engine, policy(indicators=LISTED)))

    assert town.told() == {}


def test_a_policy_that_lists_it_no_more_publishes_none(town: Town) -> None:
    town.send(WRITTEN)
    town.reach(FOUR.ends - timedelta(days=1))
    town.reach(DUE, Closer(town.engine, policy(indicators=["valence"])))

    assert town.count(RELEASED_RATIO) == 0
    assert town.told() == {}


def test_of_a_block_whose_days_folded_under_an_older_version_nothing_is_told(town: Town) -> None:
    town.send(WRITTEN)
    town.reach(FOUR.ends - timedelta(days=9))
    migrations.downgrade(town.engine, "0012")
    migrations.upgrade(town.engine)
    town.say(listed(PLACES))
    town.reach(DUE)

    assert ("valence", "org") in town.values(FOUR.split(Cadence.WEEK)[-1])
    assert town.told() == {}


def test_where_a_week_is_not_shown_there_is_none(town: Town) -> None:
    third = FOUR.split(Cadence.WEEK)[2]
    town.send([s for s in WRITTEN if not third.holds(s.local_day) or s.pid == mac("a 1")])
    town.reach(DUE)

    assert ("valence", "org") not in town.values(third)
    assert town.told() == {}


def test_an_organisation_that_is_published_by_four_weeks_has_none(engine: Engine) -> None:
    town = Town(engine, policy(indicators=LISTED), PARENTS, {"org": 24, "a": 12, "b": 12})
    town.say(listed(PLACES))
    town.send(WRITTEN)
    town.reach(DUE)

    assert ("valence", "org") in town.values(FOUR)
    assert town.told() == {}


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE released_ratio SET part = part + 1", "statistics"),
        ("DELETE FROM released_ratio", "not_released"),
        ("UPDATE published_cell SET value = 0.5 WHERE indicator = 'ghost_towns'", "other_value"),
        ("DELETE FROM published_cell WHERE indicator = 'ghost_towns'", "not_published"),
    ],
)
def test_it_follows_from_what_was_released_and_a_change_is_found(
    town: Town, statement: str, what: str
) -> None:
    town.send(WRITTEN)
    town.reach(DUE)
    with database.reading(town.engine).begin() as connection:
        assert ledger.verify(connection).holds
        found = list(replays.everything(connection))
    assert [one.differences for one in found] == [()] * 5

    without_guard(town.engine, statement)

    with database.reading(town.engine).begin() as connection:
        found = list(replays.everything(connection))
        assert not ledger.verify(connection).holds
    assert what in {one.what for each in found for one in each.differences}
