"""What a truth file plants leaves that trace in sums and cells, and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.climate.cell import Cell, cell_of
from models.climate.unit_tree import UnitTree
from models.climate.windows import week_of
from models.language.labels import Signal
from models.simulation.organisation import Organisation
from models.simulation.planting.found import Found
from models.simulation.planting.play import PlantedWorld
from services.alerts.folding import person_day
from services.cli.planted_world import Size, planted_world
from services.cli.played_feed import planted_feed
from services.cli.truth_file import read
from services.cli.truth_record import record
from tests.fakes.labelled_line import LabelledLine

WEEKS = 4
UNTIL = date(2026, 11, 2)
FIRST = UNTIL - timedelta(weeks=WEEKS)
"""First day of a block of pseudonyms."""
RISING = "halyard.flanders.service"
TEAM = "halyard.flanders.production.team-{}"
OUT, LATE, SOON, LOUD, MARKED, PASSING, ANXIOUS = (TEAM.format(n) for n in range(1, 8))
SILENT = "halyard.wallonia.logistics"
TRUTH = f"""
[handling]
edited = 0.0
deleted = 0.0
twice = 0.05
disordered = 0.0

[[shift]]
unit = "{RISING}"
first_week = 3
by = 0.4

[[ghost_town]]
unit = "{SILENT}"
first_week = 2
weeks = 2
left = 0.0

[[dominance]]
team = "{LOUD}"
first_week = 2
messages_a_day = 60
by = -0.5

[[opt_out]]
unit = "{OUT}"
week = 3
share = 1.0

[[late]]
unit = "{LATE}"
share = 0.2
hours = 240

[[late]]
unit = "{SOON}"
share = 0.5
hours = 30

[[bot]]
team = "{MARKED}"
messages_a_day = 20
marked = true

[[bot]]
team = "{PASSING}"
messages_a_day = 20
marked = false

[[signal]]
unit = "{ANXIOUS}"
signal = "insecurity"
first_week = 2
share = 0.5
"""


@dataclass(frozen=True)
class Traces:
    """What was planted beside what arrived."""

    world: PlantedWorld
    truth: dict[str, Any]
    line: LabelledLine
    rows: list[Any]
    tree: UnitTree

    def found(self, entry: str) -> dict[str, int]:
        """What came of one entry."""
        [one] = [one for one in self.truth["planted"] if one["entry"] == entry]
        counts: dict[str, int] = one["found"]
        return counts

    def posts(self, unit: str, what: str = "posts") -> list[int]:
        """What the truth says that people of *unit* wrote, by week."""
        sums = [0] * WEEKS
        for row in self.truth["written"]:
            if f"{row['team']}.".startswith(f"{unit}."):
                sums[row["week"] - 1] += row[what]
        return sums

    def summed(self, unit: str, column: str = "messages") -> list[int]:
        """What was folded of *unit*, by week."""
        sums = [0] * WEEKS
        for row in self.rows:
            if f"{row.leaf}.".startswith(f"{unit}."):
                sums[(row.local_day - FIRST).days // 7] += getattr(row, column)
        return sums

    def cells(self, week: int) -> dict[str, Cell]:
        """The cell of every unit in one week."""
        window = week_of(FIRST + timedelta(weeks=week))
        people: dict[tuple[str, str], dict[date, Any]] = defaultdict(dict)
        for row in self.rows:
            if window.holds(row.local_day):
                people[row.leaf, row.pid][row.local_day] = person_day(row)
        leaves: defaultdict[str, Cell] = defaultdict(Cell)
        for (leaf, _), days in people.items():
            leaves[leaf] += cell_of(days, window)
        return self.tree.roll_up(leaves)


def settled(organisation: Organisation) -> Organisation:
    """The same people, none of whom came lately: everybody counts."""
    people = (replace(person, since=date(2020, 1, 1)) for person in organisation.people)
    return Organisation(organisation.units, tuple(people))


def play(folder: Path, text: str, messages: int) -> Traces:
    path = folder / "truth.toml"
    path.write_text(text, "utf-8")
    world = planted_world(read(path), Size(600, WEEKS, messages, 5), UNTIL)
    world = replace(world, organisation=settled(world.organisation))
    found, line = Found(), LabelledLine(folder)
    line.take(planted_feed(world, found), datetime(2026, 11, 9, tzinfo=UTC))
    return Traces(world, record(world, found), line, line.days(), line.tree())


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traces]:
    played = play(tmp_path_factory.mktemp("line"), TRUTH, 14_000)
    yield played
    played.line.engine.dispose()


@pytest.fixture(scope="module")
def untouched(traces: Traces) -> list[str]:
    """Teams in which nothing is planted that changes how many messages arrive."""
    touched = (SILENT, OUT, LATE, PASSING)
    teams = {person.unit for person in traces.world.organisation.people}
    return sorted(team for team in teams if not team.startswith(touched))


def test_every_message_arrives_once_with_its_valence_where_nothing_takes_it_away(
    traces: Traces, untouched: list[str]
) -> None:
    assert len(untouched) > 20
    for team in untouched:
        assert traces.summed(team) == traces.posts(team)
        assert traces.summed(team, "valence_micro") == [
            1_000_000 * valence for valence in traces.posts(team, "valence")
        ]


def test_a_cell_holds_what_the_truth_says_was_written(traces: Traces, untouched: list[str]) -> None:
    for week in range(WEEKS):
        cells = traces.cells(week)
        assert [cells[team].messages for team in untouched] == [
            traces.posts(team)[week] for team in untouched
        ]


def test_a_planted_rise_is_in_the_cells_of_its_unit_from_its_week_on(traces: Traces) -> None:
    def valence(unit: str, weeks: range) -> float:
        cells = [traces.cells(week)[unit] for week in weeks]
        return sum(c.weighted_micro for c in cells) / sum(c.weight for c in cells) / 1_000_000

    rise = valence(RISING, range(2, 4)) - valence(RISING, range(2))
    elsewhere = valence("halyard.wallonia", range(2, 4)) - valence("halyard.wallonia", range(2))

    assert rise == pytest.approx(0.4, abs=0.1)
    assert elsewhere == pytest.approx(0, abs=0.1)


def test_a_ghost_town_has_empty_cells_while_it_lasts_and_no_longer(traces: Traces) -> None:
    empty = [traces.cells(week)[SILENT].is_empty for week in range(WEEKS)]

    assert empty == [False, True, True, False]
    assert traces.found("ghost_town 1")["kept back"] > 50
    assert traces.summed(SILENT) == traces.posts(SILENT)


def test_whoever_dominates_writes_most_and_weighs_no_more_than_the_bound(traces: Traces) -> None:
    extra = traces.found("dominance 1")["messages"]
    theirs: dict[str, int] = defaultdict(int)
    for row in traces.rows:
        if row.leaf == LOUD:
            theirs[row.pid] += row.messages

    assert extra == pytest.approx(3 * 5 * 60, rel=0.2)
    assert extra <= max(theirs.values()) < extra + 200
    assert max(theirs.values()) > 0.8 * sum(theirs.values())
    assert max(traces.cells(week)[LOUD].heaviest[0] for week in range(WEEKS)) == 20
    assert traces.cells(0)[LOUD].messages < 0.2 * traces.cells(1)[LOUD].messages


def test_who_opts_out_leaves_nothing_not_even_of_the_weeks_before(traces: Traces) -> None:
    assert sum(traces.posts(OUT)[:2]) > 20
    assert traces.found("opt_out 1")["messages"] > 20
    assert traces.summed(OUT) == [0] * WEEKS
    assert traces.line.outcomes["opted_out"] >= traces.found("opt_out 1")["messages"]


def test_events_that_come_after_their_day_is_folded_are_counted_late_and_nowhere_else(
    traces: Traces,
) -> None:
    late = traces.found("late 1")["late"]
    never = traces.truth["handling"]["found"]["never sent"]

    assert late > 20
    assert sum(traces.summed(LATE)) == sum(traces.posts(LATE)) - late
    assert never < traces.line.late <= late * 1.2


def test_events_that_come_before_their_day_is_folded_count_as_if_in_time(traces: Traces) -> None:
    assert traces.found("late 2")["late"] > 50
    assert traces.summed(SOON) == traces.posts(SOON)


def test_a_bot_that_its_platform_marks_leaves_nothing(traces: Traces) -> None:
    assert traces.found("bot 1")["messages"] == pytest.approx(20 * 28, rel=0.2)
    assert traces.summed(MARKED) == traces.posts(MARKED)
    assert traces.line.outcomes["automated"] >= traces.found("bot 1")["messages"]


def test_a_bot_that_passes_for_a_person_counts_as_one_more(traces: Traces) -> None:
    messages = traces.found("bot 2")["messages"]
    writing = {row.pid for row in traces.rows if row.leaf == PASSING}
    people = traces.world.organisation.sizes[PASSING]

    assert sum(traces.summed(PASSING)) == sum(traces.posts(PASSING)) + messages
    assert len(writing) <= people + 1
    assert max(traces.cells(week)[PASSING].heaviest[0] for week in range(WEEKS)) == 20


def test_a_planted_signal_is_in_as_many_messages_as_the_truth_says(traces: Traces) -> None:
    place = list(Signal).index(Signal.INSECURITY)
    carried = [0] * WEEKS
    for row in traces.rows:
        if row.leaf == ANXIOUS:
            carried[(row.local_day - FIRST).days // 7] += row.signals[place]
    found = traces.found("signal 1")

    assert sum(carried[1:]) == found["with the signal"]
    assert found["with the signal"] / found["messages"] == pytest.approx(0.5, abs=0.12)
    assert carried[0] <= 3


def test_edits_and_deletions_leave_what_is_said_last(tmp_path: Path) -> None:
    played = play(
        tmp_path,
        "[handling]\nedited = 0.1\ndeleted = 0.1\ntwice = 0.0\ndisordered = 0.0\n",
        messages=4_000,
    )
    found = played.truth["handling"]["found"]
    played.line.engine.dispose()

    assert found["deleted"] > 200
    assert sum(played.summed("halyard")) == sum(played.posts("halyard")) - found["deleted"]
    assert played.summed("halyard", "valence_micro") != [
        1_000_000 * valence for valence in played.posts("halyard", "valence")
    ]


def test_a_message_that_its_deletion_overtakes_does_not_count(tmp_path: Path) -> None:
    played = play(
        tmp_path,
        "[handling]\nedited = 0.0\ndeleted = 0.1\ntwice = 0.0\ndisordered = 1.0\n",
        messages=4_000,
    )
    found = played.truth["handling"]["found"]
    played.line.engine.dispose()

    outcomes = played.line.outcomes
    assert outcomes["unknown_message"] == found["deleted"] == found["out of order"]
    assert outcomes["deleted_before"] == found["deleted"]
    assert sum(played.summed("halyard")) == sum(played.posts("halyard")) - found["deleted"]
