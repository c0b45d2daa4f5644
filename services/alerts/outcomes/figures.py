"""A file of monthly figures, read whole or refused whole; a refusal points and quotes nothing.

Columns, in any order: ``outcome, unit, month, value, people, events``.  A ``value`` is a number,
two neighbouring edges of registered bands such as ``2..4``, or empty: that month stays blank.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from models.climate.outcomes.series import LEAST_EVENTS, LEAST_PEOPLE, BusinessMonth
from services.contracts.registration import Outcome

COLUMNS: Final = ("outcome", "unit", "month", "value", "people", "events")
MOST_ROWS: Final = 5_000
MOST_PEOPLE: Final = 10_000_000
"""More than any organisation has: a larger number is another column."""
_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,8}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?", re.ASCII)


class Refusal(StrEnum):
    """Why a row, or with row 1 the whole file, is not taken."""

    NOT_UTF8 = "not_utf8"
    COLUMNS = "columns"
    NO_ROWS = "no_rows"
    TOO_MANY_ROWS = "too_many_rows"
    CELLS = "cells"
    OUTCOME = "outcome_not_registered"
    UNIT = "unit_not_registered"
    SMALL_UNIT = "unit_below_50"
    MONTH = "month_not_yyyy_mm"
    MONTH_NOT_OVER = "month_not_over"
    VALUE = "value_not_a_number"
    BAND = "band_not_registered"
    PEOPLE = "people_not_a_number"
    FEW_PEOPLE = "people_below_50"
    EVENTS = "events_not_a_number"
    EVENTS_MISSING = "events_missing"
    EVENTS_NOT_ASKED = "events_not_asked"
    FEW_EVENTS = "events_below_5"
    TWICE = "twice"


class FiguresRefused(ValueError):
    """Nothing of the file was taken.

    Attributes:
        refused: Number of each row at fault, the head being 1, and why.
    """

    def __init__(self, refused: Sequence[tuple[int, Refusal]]) -> None:
        super().__init__(f"{len(refused)} rows")
        self.refused = tuple(refused)


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit as the newest tree that has it knows it.

    Attributes:
        id: Its id.
        level: 0 for the whole organisation.
        eligible: People who may count.
    """

    id: str
    level: int
    eligible: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one outcome in one unit and month.

    Attributes:
        outcome: Which.
        unit: Whose.
        month: Its first day.
        low: The value, or the lower edge of its band; None where the month stays blank.
        high: The same, or the upper edge.
        people: Eligible people in the month.
        events: Events that it counts; None where it counts none or is a band.
    """

    outcome: str
    unit: str
    month: date
    low: float | None
    high: float | None
    people: int
    events: int | None

    @property
    def business(self) -> BusinessMonth | None:
        """As the mathematics takes it, a band by its middle; None for a blank month."""
        if self.low is None or self.high is None:
            return None
        middle = (self.low + self.high) / 2
        return BusinessMonth(self.unit, self.month, middle, self.people, self.events)


class _Bad(Exception):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


def belongs(outcome: Outcome, unit: KnownUnit) -> bool:
    """Whether *unit* is one of those that *outcome* was registered for."""
    return unit.level == outcome.level if outcome.level is not None else unit.id in outcome.units


def read(
    content: bytes,
    outcomes: Mapping[str, Outcome],
    units: Mapping[str, KnownUnit],
    today: date,
) -> tuple[Figure, ...]:
    """Every figure in *content*, a CSV file with a head.

    A file whose head has semicolons may write decimals with a comma, as spreadsheets in Belgium,
    the Netherlands and France do.

    Args:
        content: UTF-8, with or without a byte order mark.
        outcomes: Registered ones by id.
        units: Known ones by id.
        today: A month must be over by then.

    Raises:
        FiguresRefused: something is wrong with the file or with any of its rows.
    """
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise FiguresRefused([(1, Refusal.NOT_UTF8)]) from None
    semicolons = bool(lines) and ";" in lines[0]
    table = [_cells(line, ";" if semicolons else ",") for line in lines]
    head = [cell.strip().lower() for cell in table[0]] if table else []
    if sorted(head) != sorted(COLUMNS):
        raise FiguresRefused([(1, Refusal.COLUMNS)])
    rows = [(n, cells) for n, cells in enumerate(table[1:], start=2) if any(map(str.strip, cells))]
    if not 0 < len(rows) <= MOST_ROWS:
        raise FiguresRefused([(1, Refusal.TOO_MANY_ROWS if rows else Refusal.NO_ROWS)])
    found: dict[tuple[str, str, date], Figure] = {}
    refused: list[tuple[int, Refusal]] = []
    for number, cells in rows:
        try:
            figure = _figure(_named(head, cells, semicolons), outcomes, units, today)
        except _Bad as bad:
            refused.append((number, bad.reason))
            continue
        if found.setdefault((figure.outcome, figure.unit, figure.month), figure) is not figure:
            refused.append((number, Refusal.TWICE))
    if refused:
        raise FiguresRefused(refused)
    return tuple(found.values())


def _cells(line: str, delimiter: str) -> list[str]:
    """One line a row: a quoted line break would shift the numbers by which rows are named."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a cell longer than any
        return [delimiter]


def _named(head: Sequence[str], cells: Sequence[str], semicolons: bool) -> dict[str, str]:  # noqa: FBT001
    if len(cells) != len(head):
        raise _Bad(Refusal.CELLS)
    row = {name: cell.strip() for name, cell in zip(head, cells, strict=True)}
    if semicolons:
        row["value"] = row["value"].replace(",", ".")
    return row


def _figure(
    row: Mapping[str, str],
    outcomes: Mapping[str, Outcome],
    units: Mapping[str, KnownUnit],
    today: date,
) -> Figure:
    outcome, unit = outcomes.get(row["outcome"]), units.get(row["unit"])
    if outcome is None:
        raise _Bad(Refusal.OUTCOME)
    if unit is None or not belongs(outcome, unit):
        raise _Bad(Refusal.UNIT)
    if unit.eligible < LEAST_PEOPLE:
        raise _Bad(Refusal.SMALL_UNIT)
    month = _month(row["month"], today)
    if not _WHOLE.fullmatch(row["people"]) or int(row["people"]) > MOST_PEOPLE:
        raise _Bad(Refusal.PEOPLE)
    if (people := int(row["people"])) < LEAST_PEOPLE:
        raise _Bad(Refusal.FEW_PEOPLE)
    low, high = _value(row["value"], outcome)
    events = _events(row["events"], asked=outcome.counts_events and low is not None and low == high)
    return Figure(outcome.id, unit.id, month, low, high, people, events)


def _month(written: str, today: date) -> date:
    found = _MONTH.fullmatch(written)
    if found is None or int(found[1]) < 1:
        raise _Bad(Refusal.MONTH)
    month = date(int(found[1]), int(found[2]), 1)
    if month >= today.replace(day=1):
        raise _Bad(Refusal.MONTH_NOT_OVER)
    return month


def _value(written: str, outcome: Outcome) -> tuple[float | None, float | None]:
    if not written:
        return None, None
    low, dots, high = written.partition("..")
    edges = _number(low), _number(high if dots else low)
    if dots and edges not in set(pairwise(outcome.bands)):
        raise _Bad(Refusal.BAND)
    return edges


def _number(written: str) -> float:
    if not _NUMBER.fullmatch(written) or not math.isfinite(number := float(written)):
        raise _Bad(Refusal.VALUE)
    return number


def _events(written: str, *, asked: bool) -> int | None:
    if not asked:  # a count beside a blank or a band would say what these hide
        if written:
            raise _Bad(Refusal.EVENTS_NOT_ASKED)
        return None
    if not written:
        raise _Bad(Refusal.EVENTS_MISSING)
    if not _WHOLE.fullmatch(written):
        raise _Bad(Refusal.EVENTS)
    if (events := int(written)) < LEAST_EVENTS:
        raise _Bad(Refusal.FEW_EVENTS)
    return events
