"""The organisation looks like one, and nobody in it has a name."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from datetime import date, timedelta

import pytest

from models.language.labels import Language
from models.simulation.organisation import Organisation, organise
from models.simulation.planted import planted_in
from services.contracts.units import UnitNames

FIRST_DAY = date(2026, 9, 28)


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return organise(first_day=FIRST_DAY)


def test_two_thousand_people_are_in_four_levels(organisation: Organisation) -> None:
    levels = [len(organisation.at_level(level)) for level in range(4)]

    assert levels[:3] == [1, 5, 20]
    assert levels[3] == pytest.approx(125, abs=5)
    assert len(organisation.people) == 2_000


def test_teams_are_as_large_as_teams_are(organisation: Organisation) -> None:
    sizes = [organisation.sizes[unit.id] for unit in organisation.at_level(3)]

    assert min(sizes) >= 3
    assert max(sizes) <= 60
    assert statistics.median(sizes) == pytest.approx(15, abs=2)


def test_everybody_is_in_a_team_and_sizes_add_up(organisation: Organisation) -> None:
    for unit in organisation.units:
        below = [child.id for child in organisation.units if child.parent == unit.id]
        if below:
            assert organisation.sizes[unit.id] == sum(organisation.sizes[one] for one in below)


def test_parents_come_before_children_and_have_their_ids_in_front(
    organisation: Organisation,
) -> None:
    seen: set[str] = set()
    for unit in organisation.units:
        assert unit.parent is None or (unit.parent in seen and unit.id.startswith(unit.parent))
        seen.add(unit.id)


def test_every_unit_has_an_id_and_names_that_the_contract_takes(organisation: Organisation) -> None:
    for unit in organisation.units:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,56}", unit.id)
        UnitNames(en=unit.names.en, nl=unit.names.nl, fr=unit.names.fr)


def test_no_name_is_given_twice_in_one_language(organisation: Organisation) -> None:
    for language in Language:
        names = Counter(getattr(unit.names, language) for unit in organisation.units)

        assert names.most_common(1)[0][1] == 1


def test_a_third_of_the_people_have_a_second_account(organisation: Organisation) -> None:
    accounts = [account for person in organisation.people for account in person.identities]
    both = sum(len(person.identities) == 2 for person in organisation.people)

    assert len(set(accounts)) == len(accounts)
    assert both / len(organisation.people) == pytest.approx(0.35, abs=0.04)


def test_languages_mix_by_division(organisation: Organisation) -> None:
    shares = {}
    for division in organisation.at_level(1):
        spoken = Counter(
            person.language for person in organisation.people if person.unit.startswith(division.id)
        )
        shares[division.id.rpartition(".")[2]] = {
            language: spoken[language] / spoken.total() for language in Language
        }

    assert shares["flanders"][Language.NL] > 0.7
    assert shares["wallonia"][Language.FR] > 0.7
    assert shares["netherlands"][Language.NL] > 0.6
    assert shares["international"][Language.EN] > 0.5
    assert min(shares["headquarters"].values()) > 0.2


def test_most_people_have_been_there_long_enough_to_count(organisation: Organisation) -> None:
    long = [person for person in organisation.people if person.since <= FIRST_DAY - timedelta(60)]

    assert len(long) / len(organisation.people) == pytest.approx(0.98, abs=0.01)


@pytest.mark.parametrize("people", [40, 41, 99, 250, 731])
def test_a_small_organisation_has_the_same_levels(people: int) -> None:
    organisation = organise(people, seed=5, first_day=FIRST_DAY)

    assert len(organisation.people) == people
    assert {organisation.level(person.unit) for person in organisation.people} == {3}
    assert min(organisation.sizes[unit.id] for unit in organisation.units) >= 3


def test_too_few_people_are_no_organisation() -> None:
    with pytest.raises(ValueError, match="at least 40"):
        organise(39, first_day=FIRST_DAY)


def test_the_same_seed_makes_the_same_organisation(organisation: Organisation) -> None:
    again, other = organise(first_day=FIRST_DAY), organise(seed=2, first_day=FIRST_DAY)

    assert organisation == again
    assert organisation.people != other.people


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_drop_is_planted_in_a_department_that_can_be_seen(seed: int) -> None:
    organisation = organise(seed=seed, first_day=FIRST_DAY)

    planted = planted_in(organisation, weeks=15)

    assert 60 <= organisation.sizes[planted.unit] <= 110
    assert planted.first_week == 11
    assert organisation.level(planted.unit) == 2


@pytest.mark.parametrize("weeks", [1, 2, 3, 52])
def test_the_drop_comes_before_the_end(weeks: int) -> None:
    planted = planted_in(organise(200, first_day=FIRST_DAY), weeks=weeks)

    assert 0 <= planted.first_week < weeks


def test_the_drop_hits_its_unit_and_what_is_below_and_no_namesake() -> None:
    planted = planted_in(organise(200, first_day=FIRST_DAY), weeks=15)

    assert planted.hits(f"{planted.unit}.team-1", 11)
    assert not planted.hits(f"{planted.unit}.team-1", 10)
    assert not planted.hits(f"{planted.unit}-two.team-1", 11)
    assert not planted.hits("halyard", 5)
