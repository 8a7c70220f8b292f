"""Dates, months and years of an answer as places on an axis, and places in words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from typing import Final

from passport.published.namespaces import XSD
from passport.web.pages.rows import Cell

_TYPED: Final = frozenset(XSD + each for each in ("gYear", "gYearMonth", "date", "dateTime", "dateTimeStamp"))
_TEXT: Final = XSD + "string"
_WRITTEN: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?)?)?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII
)
_YEARS: Final = range(1900, 2101)
"""Years that a number or a text of four digits is taken for."""

_MINUTES: Final = 24 * 60


class Unit(IntEnum):
    """What a column counts in; the finest of its cells."""

    YEAR = 0
    MONTH = 1
    DAY = 2


@dataclass(frozen=True, slots=True)
class Times:
    """A column of times: the place of each row in units since the beginning of our era, None where there is none."""

    unit: Unit
    places: tuple[Decimal | None, ...]

    def written(self) -> Callable[[Decimal], str]:
        """How places are written, as the table does; by the clock where all are on one day."""
        days = {int(each) for each in self.places if each is not None}
        clock = self.unit is Unit.DAY and len(days) == 1 and len(set(self.places)) > 1
        return lambda place: _clock(place) if clock else _named(place, self.unit)


def times(cells: Sequence[Cell | None]) -> Times | None:
    """Cells as times, if all that are filled are dates, months or years, and there is one."""
    found = [_read(each) if each is not None else None for each in cells]
    units = [each[0] for each in found if each is not None]
    if not units or any(cell is not None and time is None for cell, time in zip(cells, found, strict=True)):
        return None
    return Times(max(units), tuple(_place(each[1], max(units)) if each else None for each in found))


def years(amounts: Sequence[Decimal | None]) -> Times | None:
    """Numbers as years, if all of them are years of our time."""
    if any(each is None or each not in _YEARS for each in amounts):
        return None
    return Times(Unit.YEAR, tuple(amounts))


def _read(cell: Cell) -> tuple[Unit, Sequence[int]] | None:
    """The unit of a time, and its year, month, day, hour and minute."""
    match = _WRITTEN.fullmatch(cell.text.value) if cell.kind in _TYPED or cell.kind == _TEXT else None
    if match is None:
        return None
    year, month, day, hour, minute = (int(each) if each else None for each in match.groups())
    unit = Unit.DAY if day is not None else Unit.MONTH if month is not None else Unit.YEAR
    if year is None or (cell.kind == _TEXT and unit is Unit.YEAR and year not in _YEARS):
        return None
    whole = (year, 1 if month is None else month, 1 if day is None else day)
    try:
        date(*whole)
    except ValueError:
        return None
    return unit, (*whole, hour or 0, minute or 0)


def _place(parts: Sequence[int], unit: Unit) -> Decimal:
    year, month, day, hour, minute = parts
    if unit is Unit.YEAR:
        return Decimal(year)
    if unit is Unit.MONTH:
        return Decimal(12 * year + month - 1)
    return Decimal(date(year, month, day).toordinal()) + Decimal(60 * hour + minute) / _MINUTES


def _named(place: Decimal, unit: Unit) -> str:
    if unit is Unit.YEAR:
        return str(int(place))
    if unit is Unit.MONTH:
        return f"{int(place) // 12:04}-{int(place) % 12 + 1:02}"
    return date.fromordinal(min(max(int(place), 1), date.max.toordinal())).isoformat()


def _clock(place: Decimal) -> str:
    minutes = round(place % 1 * _MINUTES)
    return f"{minutes // 60:02}:{minutes % 60:02}"
