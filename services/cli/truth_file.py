"""A truth that a user writes, in TOML or JSON: read, and refused by the name of the entry."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.language.labels import Language, Signal
from models.simulation.planting import truth as planted
from models.simulation.planting.truth import Span, Truth

PRESETS: Final = Path(__file__).parent / "presets"
MOST_PEOPLE: Final = 100_000
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Share = Annotated[float, Field(ge=0, le=1)]
Some = Annotated[float, Field(gt=0, le=1)]
Week = Annotated[int, Field(ge=1, le=104)]
Unit = Annotated[str, Field(min_length=1, max_length=63)]
ADay = Annotated[float, Field(gt=0, le=200)]
Entry = TypeVar("Entry")


class NotATruth(Exception):
    """The file cannot be played; one line an entry says why."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Weeks(_Table):
    first_week: Week = 1
    weeks: Week | None = None

    def span(self, weeks: int) -> Span:
        first = self.first_week - 1
        return Span(first, weeks if self.weeks is None else first + self.weeks)


class _Shift(_Weeks):
    unit: Unit
    by: Annotated[float, Field(ge=-1, le=1)]


class _Signal(_Weeks):
    unit: Unit
    signal: Signal
    share: Some


class _Wave(_Table):
    unit: Unit
    first_week: Week
    leavers: Annotated[int, Field(ge=1)]


class _Left(_Weeks):
    unit: Unit
    left: Share


class _Move(_Table):
    unit: Unit
    parent: Unit
    first_week: Week


class _Transfer(_Table):
    source: Unit
    target: Unit
    first_week: Week
    share: Some


class _Dominance(_Weeks):
    team: Unit
    messages_a_day: ADay
    by: Annotated[float, Field(ge=-1, le=1)]


class _Holiday(_Table):
    unit: Unit
    week: Week
    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    left: Share


class _Portion(_Weeks):
    unit: Unit
    share: Some


class _Languages(_Table):
    unit: Unit
    shares: dict[Language, Share]


class _Bot(_Table):
    team: Unit
    messages_a_day: ADay
    marked: bool


class _OptOut(_Table):
    unit: Unit
    week: Week = 1
    share: Some


class _Late(_Portion):
    hours: Annotated[int, Field(ge=1, le=600)]


class _Replies(_Table):
    share: Share = planted.USUAL_REPLIES.share
    outside: Share = planted.USUAL_REPLIES.outside
    median_minutes: Annotated[float, Field(gt=0, le=10_000)] = planted.USUAL_REPLIES.median_minutes


class _Handling(_Table):
    edited: Share = planted.USUAL_HANDLING.edited
    deleted: Share = planted.USUAL_HANDLING.deleted
    twice: Share = planted.USUAL_HANDLING.twice
    disordered: Share = planted.USUAL_HANDLING.disordered


class Sizes(_Table):
    """What the file says of the organisation, where it does."""

    people: Annotated[int, Field(ge=40, le=MOST_PEOPLE)] | None = None
    weeks: Week | None = None
    messages: Annotated[int, Field(ge=1)] | None = None
    seed: int | None = None


class TruthFile(_Table):
    """A file as it is written; weeks are counted from 1."""

    organisation: Sizes = Sizes()
    shift: tuple[_Shift, ...] = ()
    signal: tuple[_Signal, ...] = ()
    wave: tuple[_Wave, ...] = ()
    silo: tuple[_Left, ...] = ()
    ghost_town: tuple[_Left, ...] = ()
    move: tuple[_Move, ...] = ()
    transfer: tuple[_Transfer, ...] = ()
    dominance: tuple[_Dominance, ...] = ()
    holiday: tuple[_Holiday, ...] = ()
    absence: tuple[_Portion, ...] = ()
    languages: tuple[_Languages, ...] = ()
    bot: tuple[_Bot, ...] = ()
    opt_out: tuple[_OptOut, ...] = ()
    late: tuple[_Late, ...] = ()
    irony: dict[Language, Share] = {}
    replies: _Replies = _Replies()
    handling: _Handling = _Handling()

    def truth(self, weeks: int) -> Truth:
        """What is planted in *weeks* weeks; an entry without an end goes on until the last."""

        def spanned(kind: Callable[..., Entry], rows: Sequence[_Weeks]) -> tuple[Entry, ...]:
            return tuple(kind(span=row.span(weeks), **_rest(row)) for row in rows)

        return Truth(
            shift=spanned(planted.Shift, self.shift),
            signal=spanned(planted.SignalRise, self.signal),
            wave=_dated(planted.Wave, self.wave),
            silo=spanned(planted.Silo, self.silo),
            ghost_town=spanned(planted.GhostTown, self.ghost_town),
            move=_dated(planted.Move, self.move),
            transfer=_dated(planted.Transfer, self.transfer),
            dominance=spanned(planted.Dominance, self.dominance),
            holiday=tuple(
                planted.Holiday(one.unit, one.week - 1, DAYS.index(one.day), one.left)
                for one in self.holiday
            ),
            absence=spanned(planted.Absence, self.absence),
            languages=tuple(planted.LanguageMix(one.unit, one.shares) for one in self.languages),
            bot=tuple(planted.Bot(**one.model_dump()) for one in self.bot),
            opt_out=tuple(
                planted.OptOut(one.unit, one.week - 1, one.share) for one in self.opt_out
            ),
            late=spanned(planted.Late, self.late),
            irony=self.irony,
            replies=planted.Replies(**self.replies.model_dump()),
            handling=planted.Handling(**self.handling.model_dump()),
        )


def _rest(row: _Weeks) -> dict[str, Any]:
    return row.model_dump(exclude={"first_week", "weeks"})


def _dated(
    kind: Callable[..., Entry], rows: Sequence[_Wave | _Move | _Transfer]
) -> tuple[Entry, ...]:
    return tuple(kind(**row.model_dump() | {"first_week": row.first_week - 1}) for row in rows)


def presets() -> list[str]:
    """Names of the truths that ship."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def read(path: Path) -> TruthFile:
    """The truth in *path*: JSON where its name says so, otherwise TOML.

    Raises:
        NotATruth: it is none.
    """
    try:
        text = path.read_text("utf-8")
        document = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        return TruthFile.model_validate(document)
    except UnicodeDecodeError:
        raise NotATruth("it is no text in UTF-8") from None
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise NotATruth(f"it cannot be read: {error}") from None
    except ValidationError as error:
        told = error.errors(include_url=False)
        raise NotATruth("\n".join(f"{_entry(one['loc'])}: {one['msg']}" for one in told)) from None


def _entry(places: Sequence[str | int]) -> str:
    """Where something stands, counted as in the file.

    >>> _entry(("shift", 0, "by")), _entry(("irony", "en"))
    ('shift 1, by', 'irony, en')
    """
    words: list[str] = []
    for place in places:
        if isinstance(place, int) and words:
            words[-1] += f" {place + 1}"
        else:
            words.append(str(place))
    return ", ".join(words) or "the file"
