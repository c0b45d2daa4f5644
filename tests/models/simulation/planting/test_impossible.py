"""What cannot happen is refused by the name of the entry, and nothing else is."""

from __future__ import annotations

from datetime import date

import pytest

from models.language.labels import Language, Signal
from models.simulation.organisation import Organisation, organise
from models.simulation.planting.impossible import impossible
from models.simulation.planting.truth import (
    Absence,
    Bot,
    Dominance,
    GhostTown,
    Holiday,
    LanguageMix,
    Late,
    Move,
    OptOut,
    Shift,
    SignalRise,
    Silo,
    Span,
    Transfer,
    Truth,
    Wave,
)

WEEKS = 10
ALL = Span(0, WEEKS)
DEPARTMENT = "halyard.flanders.service"
TEAM = f"{DEPARTMENT}.team-1"
OTHER = f"{DEPARTMENT}.team-2"


@pytest.fixture(scope="module", name="organisation")
def _organisation() -> Organisation:
    return organise(600, seed=5, first_day=date(2026, 10, 5))


def told(organisation: Organisation, truth: Truth) -> list[tuple[str, str]]:
    return [(one.entry, one.why) for one in impossible(truth, organisation, WEEKS)]


@pytest.mark.parametrize(
    ("truth", "entry", "words"),
    [
        (Truth(shift=(Shift("nowhere", ALL, 0.1),)), "shift 1", "there is no unit nowhere"),
        (Truth(shift=(Shift(TEAM, Span(10, 11), 0.1),)), "shift 1", "week 11 is none"),
        (Truth(shift=(Shift(TEAM, Span(-1, 3), 0.1),)), "shift 1", "week 0 is none"),
        (Truth(shift=(Shift(TEAM, Span(8, 11), 0.1),)), "shift 1", "end after week 10"),
        (Truth(silo=(Silo(TEAM, Span(3, 3), 0.1),)), "silo 1", "lasts no week"),
        (Truth(wave=(Wave(TEAM, 2, 500),)), "wave 1", "500 leavers, but"),
        (Truth(wave=(Wave(TEAM, 10, 1),)), "wave 1", "week 11 is none"),
        (Truth(holiday=(Holiday(TEAM, 10, 0, 0.1),)), "holiday 1", "week 11 is none"),
        (Truth(opt_out=(OptOut(TEAM, 0, 0.001),)), "opt_out 1", "is nobody"),
        (Truth(absence=(Absence(TEAM, ALL, 0.001),)), "absence 1", "is nobody"),
        (Truth(dominance=(Dominance(DEPARTMENT, ALL, 9, 0),)), "dominance 1", "is no team"),
        (Truth(bot=(Bot(DEPARTMENT, 9, marked=True),)), "bot 1", "is no team"),
        (Truth(transfer=(Transfer(TEAM, TEAM, 3, 0.5),)), "transfer 1", "the same team"),
        (Truth(transfer=(Transfer(TEAM, OTHER, 3, 0.001),)), "transfer 1", "is nobody"),
        (Truth(transfer=(Transfer(DEPARTMENT, OTHER, 3, 0.5),)), "transfer 1", "is no team"),
        (Truth(move=(Move(TEAM, "halyard.wallonia", 3),)), "move 1", "one level above"),
        (Truth(move=(Move(TEAM, DEPARTMENT, 3),)), "move 1", "already"),
        (Truth(languages=(LanguageMix(TEAM, {Language.EN: 0.5}),)), "languages 1", "add up to 1"),
    ],
)
def test_an_entry_that_cannot_happen_is_named_with_the_reason(
    organisation: Organisation, truth: Truth, entry: str, words: str
) -> None:
    [(named, why)] = told(organisation, truth)

    assert named == entry
    assert words in why


@pytest.mark.parametrize(
    ("truth", "entry", "words"),
    [
        (
            Truth(shift=(Shift("halyard", ALL, -0.5), Shift(TEAM, Span(4, 6), -0.5))),
            "shift 2",
            "beyond 0.88",
        ),
        (
            Truth(
                signal=(
                    SignalRise(DEPARTMENT, ALL, Signal.CONFLICT, 0.5),
                    SignalRise(TEAM, ALL, Signal.EXHAUSTION, 0.5),
                )
            ),
            "signal 2",
            "more than 0.9",
        ),
        (
            Truth(transfer=(Transfer(TEAM, OTHER, 3, 0.6), Transfer(TEAM, OTHER, 5, 0.6))),
            "transfer 2",
            "more people than there are",
        ),
        (
            Truth(dominance=(Dominance(TEAM, Span(0, 5), 9, 0), Dominance(TEAM, ALL, 9, 0))),
            "dominance 2",
            "already",
        ),
        (
            Truth(
                ghost_town=(GhostTown(DEPARTMENT, Span(3, 5), 0.0),),
                dominance=(Dominance(TEAM, Span(4, 9), 9, 0),),
            ),
            "dominance 1",
            "is silent",
        ),
    ],
)
def test_an_entry_that_cannot_happen_beside_the_others_is_named(
    organisation: Organisation, truth: Truth, entry: str, words: str
) -> None:
    [(named, why)] = told(organisation, truth)

    assert named == entry
    assert words in why


def test_every_entry_that_cannot_happen_is_named_at_once(organisation: Organisation) -> None:
    truth = Truth(shift=(Shift("x", ALL, 0.1), Shift(TEAM, ALL, 0.1), Shift("y", ALL, 0.1)))

    assert [entry for entry, _ in told(organisation, truth)] == ["shift 1", "shift 3"]


@pytest.mark.parametrize(
    "truth",
    [
        Truth(
            ghost_town=(GhostTown(DEPARTMENT, Span(0, 4), 0.0),),
            dominance=(Dominance(TEAM, Span(4, 9), 9, 0),),
        ),
        Truth(dominance=(Dominance(TEAM, Span(0, 4), 9, 0), Dominance(TEAM, Span(4, 9), 9, 0))),
        Truth(shift=(Shift("halyard", Span(0, 4), -0.5), Shift(TEAM, Span(4, 9), -0.5))),
        Truth(
            shift=(Shift(TEAM, ALL, 0.79),),
            late=(Late(TEAM, ALL, 1.0, 3),),
            wave=(Wave(DEPARTMENT, 9, 20),),
        ),
        Truth(transfer=(Transfer(TEAM, OTHER, 3, 0.5), Transfer(TEAM, OTHER, 5, 0.5))),
        Truth(move=(Move(TEAM, "halyard.wallonia.logistics", 3),)),
    ],
)
def test_what_can_happen_is_let_through(organisation: Organisation, truth: Truth) -> None:
    assert told(organisation, truth) == []
