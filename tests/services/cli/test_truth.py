"""A truth file is read, refused by the name of the entry, played, and told beside the feed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from models.simulation.planting.truth import Truth
from services.cli import feed_file
from services.cli.feed_file import File
from services.cli.planted_world import Size, planted_world
from services.cli.playing import last_monday
from services.cli.simulate import simulate
from services.cli.truth_file import PRESETS, NotATruth, presets, read
from services.contracts.denied_channels import denied
from services.contracts.envelope import Kind
from services.ingest import directory_formats
from services.ingest.feed_event import FeedEvent, Visibility
from services.telemetry.clock import wall
from tests.fakes.gateway import KEY, FakeGateway

SMALL = ["--people", "120", "--weeks", "4", "--messages", "900", "--seed", "3"]
DEPARTMENT = "halyard.flanders.service"
TRUTH = f"""
[[shift]]
unit = "{DEPARTMENT}"
first_week = 3
by = -0.5

[[opt_out]]
unit = "{DEPARTMENT}.team-1"
week = 2
share = 1.0

[[transfer]]
source = "{DEPARTMENT}.team-1"
target = "{DEPARTMENT}.team-2"
first_week = 3
share = 1.0

[[bot]]
team = "{DEPARTMENT}.team-1"
messages_a_day = 5
marked = true
"""


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def address(gateway: FakeGateway) -> Iterator[str]:
    with gateway.listening() as address:
        yield address


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    path = tmp_path / "truth.toml"
    path.write_text(TRUTH, "utf-8")
    return path


def run(*options: object) -> Result:
    return CliRunner().invoke(simulate, [str(option) for option in options])


def test_everything_that_was_planted_reaches_the_gateway(
    gateway: FakeGateway, address: str, file: Path, tmp_path: Path
) -> None:
    told = tmp_path / "told.json"
    result = run("--ingest", address, "--key", KEY, *SMALL, "--truth", file, "--write-truth", told)

    assert result.exit_code == 0, result.output
    record = json.loads(told.read_text("utf-8"))
    picked = {one["entry"]: one.get("picked") for one in record["planted"]}
    assert len(gateway.opted_out) == picked["opt_out 1"] == picked["transfer 1"]
    assert gateway.directories == 2
    known = {one for person in gateway.directory["people"] for one in person["identities"]}
    assert set(gateway.opted_out) <= known
    homes = Counter(person["unit"] for person in gateway.directory["people"])
    assert f"{DEPARTMENT}.team-1" not in homes
    assert not gateway.held
    verbs = Counter(event["data"]["actor"]["type"] for event in gateway.events.values())
    [bot] = [one["found"]["messages"] for one in record["planted"] if one["kind"] == "bot"]
    assert verbs["Service"] >= bot > 50
    assert "Planted: bot 1:" in result.output


def test_no_directory_is_changed_where_none_was_asked_for(
    gateway: FakeGateway, address: str, file: Path
) -> None:
    result = run("--ingest", address, "--key", KEY, *SMALL, "--truth", file, "--no-directory")

    assert result.exit_code == 0, result.output
    assert gateway.directories == 0
    assert gateway.opted_out


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    truth = folder / "mine.toml"
    truth.write_text(TRUTH, "utf-8")
    result = run(*SMALL, "--truth", truth, "--into", folder / "feed")
    assert result.exit_code == 0, result.output
    return folder / "feed"


def test_a_folder_gets_a_feed_that_can_be_imported(folder: Path) -> None:
    contents = feed_file.scan(File(folder / "feed.ndjson"))

    assert contents.refused == Counter()
    assert contents.ignored.keys() == {"automated"}
    assert contents.events > 700


def test_a_folder_gets_a_directory_that_the_gateway_reads_and_every_writer_is_in_it(
    folder: Path,
) -> None:
    raw = (folder / "directory.json").read_bytes()

    directory = directory_formats.parse(raw, "application/json")

    known = {identity for person in directory.people for identity in person.identities}
    assert set(feed_file.scan(File(folder / "feed.ndjson")).identities) <= known
    assert len(directory.people) == 120


def test_a_folder_gets_what_changes_later(folder: Path) -> None:
    changes = [json.loads(line) for line in (folder / "changes.ndjson").read_bytes().splitlines()]

    assert [sorted(one) for one in changes[:1]] == [["at", "opt_out"]]
    assert [sorted(one) for one in changes[-1:]] == [["at", "directory"]]
    assert [one["at"] for one in changes] == sorted(one["at"] for one in changes)


def test_a_folder_gets_the_truth(folder: Path) -> None:
    record = json.loads((folder / "truth.json").read_text("utf-8"))

    [shift] = [one for one in record["planted"] if one["kind"] == "shift"]
    assert shift["entry"] == "shift 1"
    assert shift["unit"] == DEPARTMENT
    assert shift["by"] == -0.5
    assert shift["found"]["messages"] > 20
    assert shift["until"] > shift["from"]
    assert sum(row["posts"] for row in record["written"]) > 700
    names = {person for person in json.dumps(record).split('"') if person.startswith("p0")}
    assert names == set()


def test_the_events_are_what_admission_takes(folder: Path) -> None:
    lines = feed_file.read(File(folder / "feed.ndjson"))
    events = [line.reading for line in lines if isinstance(line.reading, FeedEvent)]

    assert {event.source for event in events} == {"demo"}
    assert {event.visibility for event in events} == {Visibility.PUBLIC}
    assert {event.kind for event in events} == {Kind.POST, Kind.REPLY, Kind.EDIT, Kind.DELETE}
    assert not any(denied(event.channel) for event in events)
    assert all(event.channel.startswith("demo:") for event in events)
    first: dict[str, FeedEvent] = {}
    for event in events:
        original = first.setdefault(event.source_id, event)
        assert (event.at, event.identity, event.channel) == (
            original.at, original.identity, original.channel,
        )  # fmt: skip


def test_a_parent_is_named_by_the_id_that_the_gateway_reads(folder: Path) -> None:
    lines = (folder / "feed.ndjson").read_bytes().splitlines()
    rows = [json.loads(line)["data"]["object"] for line in lines]
    ids = {row["id"] for row in rows}

    parents = [row["inReplyTo"] for row in rows if "inReplyTo" in row]

    assert len(parents) > 200
    assert set(parents) <= ids


def test_a_feed_is_never_written_over_another(folder: Path) -> None:
    result = run(*SMALL, "--preset", "calm", "--into", folder)

    assert result.exit_code == 2
    assert "holds a feed already" in result.output


def test_the_same_truth_is_written_twice_the_same(folder: Path, tmp_path: Path) -> None:
    result = run(*SMALL, "--truth", folder.parent / "mine.toml", "--into", tmp_path)

    assert result.exit_code == 0
    for name in ("feed.ndjson", "directory.json", "changes.ndjson", "truth.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[shift]]\nunit = 'x'\nby = 0.1\n", "shift 1: there is no unit x"),
        ("[[shift]]\nunit = 'halyard'\nby = 3\n", "shift 1, by: Input should be less than"),
        ("[[shift]]\nunit = 'halyard'\n", "shift 1, by: Field required"),
        ("[[drop]]\nunit = 'halyard'\n", "drop: Extra inputs are not permitted"),
        ("[[silo]]\nunit = 'halyard'\nleft = 0\nfirst_week = 0\n", "silo 1, first_week"),
        ("[[silo]]\nunit = 'halyard'\nleft = 0\nfirst_week = 5\n", "silo 1: week 5 is none"),
        ("[irony]\nde = 0.1\n", "irony, de"),
        ("[organisation]\npeople = 5\n", "organisation, people"),
        ("[[shift\n", "it cannot be read"),
        ("{", "it cannot be read"),
    ],
)
def test_a_truth_that_cannot_be_played_names_the_entry_and_sends_nothing(
    gateway: FakeGateway, address: str, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / ("bad.json" if text == "{" else "bad.toml")
    path.write_text(text, "utf-8")

    result = run("--ingest", address, "--key", KEY, *SMALL, "--truth", path)

    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert not gateway.seen


def test_bytes_that_are_no_text_are_no_truth(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(NotATruth, match="no text in UTF-8"):
        read(path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--preset", "calm"], "Missing option '--key'"),
        (["--key", KEY, "--write-truth", "x.json"], "--write-truth needs"),
        (["--key", KEY, "--preset", "calm", "--no-planted"], "--planted does not go"),
        (["--key", KEY, "--preset", "calm", "--live-per-minute", "3"], "--live-per-minute does"),
        (["--key", KEY, "--preset", "none-such"], "Invalid value"),
        (["--key", KEY, "--people", "100001"], "Invalid value"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: list[str], words: str) -> None:
    result = run(*options)

    assert result.exit_code == 2
    assert words in result.output


def test_a_preset_and_a_file_exclude_each_other(file: Path) -> None:
    assert run("--key", KEY, "--preset", "calm", "--truth", file).exit_code == 2


def test_json_says_the_same_as_toml(tmp_path: Path) -> None:
    toml, other = tmp_path / "t.toml", tmp_path / "t.json"
    toml.write_text("[[wave]]\nunit = 'halyard'\nfirst_week = 2\nleavers = 9\n", "utf-8")
    rows = {"wave": [{"unit": "halyard", "first_week": 2, "leavers": 9}]}
    other.write_text(json.dumps(rows), "utf-8")

    assert read(toml) == read(other)
    assert read(toml).truth(8).wave[0].first_week == 1


def test_an_entry_without_an_end_goes_on_until_the_last_week(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(
        "[[shift]]\nunit = 'halyard'\nby = 0.1\nfirst_week = 3\n"
        "[[shift]]\nunit = 'halyard'\nby = 0.1\nfirst_week = 3\nweeks = 2\n",
        "utf-8",
    )

    spans = [(one.span.first_week, one.span.until) for one in read(path).truth(9).shift]

    assert spans == [(2, 9), (2, 4)]


@pytest.mark.parametrize("name", presets())
def test_every_preset_can_happen_in_the_organisation_that_it_names(name: str) -> None:
    file = read(PRESETS / f"{name}.toml")
    size = Size(0, 0, 0, 1).told(file.organisation, frozenset())

    world = planted_world(file, size, last_monday(wall()))

    assert world.weeks == size.weeks > 0
    assert bool(list(world.truth.entries())) is (name != "calm")


def test_the_preset_of_everything_plants_everything() -> None:
    truth = read(PRESETS / "everything.toml").truth(15)

    kinds = {name.rpartition(" ")[0] for name, _ in truth.entries()}
    assert kinds == {name for name in Truth.__slots__ if isinstance(getattr(truth, name), tuple)}
    assert len(truth.irony) == 3


def test_sizes_given_by_hand_hold_against_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text("[organisation]\npeople = 90\nweeks = 2\nmessages = 300\nseed = 8\n", "utf-8")

    result = run("--truth", path, "--people", "60", "--into", tmp_path / "out")

    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads((tmp_path / "out" / "truth.json").read_text("utf-8"))
    organisation = told["organisation"]
    assert [organisation[name] for name in ("people", "weeks", "messages", "seed")] == [
        60, 2, 300, 8,
    ]  # fmt: skip
    assert organisation["units"][0] == {"id": "halyard", "parent": None, "people": 60}


def test_help_has_examples() -> None:
    shown = run("--help").output

    assert "Examples:" in shown
    assert "--preset everything --write-truth truth.json" in shown
