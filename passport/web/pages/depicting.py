"""A picture of the rows that a query answered: the kind that fits them, and what of them is drawn.

Names and numbers become bars, of several columns in groups; dates or years and numbers lines; two columns of numbers
alone points. Nothing is added up: what is drawn stands in the table as it is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Final

from markupsafe import Markup

from passport.errors import NotDrawable
from passport.web.pages import formats, plots, timescale
from passport.web.pages.plots import Bar, Caption, Dot, Group, Line
from passport.web.pages.rows import Cell, Rows
from passport.web.pages.scales import drawable, scale, whole_scale
from passport.web.pages.timescale import Times
from passport.web.pages.words import Words

NOTHING: Final = "There is nothing to draw: the answer has no rows."
NUMBERS: Final = "A picture needs a column of numbers: a count, a mass, a share."
BESIDE: Final = "A picture needs names, dates or other numbers beside the column of numbers."
TABLES: Final = "Only tables (the answers of SELECT) can be drawn. This query gives something else."

_COLUMNS: Final = 4
"""Most columns of numbers that are drawn."""

_GROUPED: Final = 48
"""Most bars in groups."""

_ALIKE: Final = 10
"""Columns are drawn on one scale when none is so many times as large as another."""

_SHARE: Final = 0.3
"""How much of the rows the lines that can be told apart must have; else all are points."""

_DIGITS: Final = Context(prec=4, Emin=MIN_EMIN, Emax=MAX_EMAX)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as SVG, as wide as where it is put, and what it shows in words."""

    svg: Markup
    said: str


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of an answer, with its cells as numbers, if they are numbers."""

    name: str
    cells: Sequence[Cell | None]
    amounts: tuple[Decimal | None, ...] = ()

    @property
    def largest(self) -> float:
        return max((abs(drawable(each)) for each in self.amounts if each is not None), default=0.0)

    @property
    def literal(self) -> bool:
        return any(each is not None and each.kind for each in self.cells)

    def keys(self) -> list[str]:
        """What tells a row from others in this column."""
        return [f"{each.text.href} {each.text.value}" if each is not None else "" for each in self.cells]


class _Sheet:
    """The columns of an answer by what they are good for, in the words of a language."""

    def __init__(self, words: Words, table: Rows) -> None:
        self.words, self.table = words, table
        self.numbers: list[_Column] = []
        self.names: list[_Column] = []
        self.time: tuple[_Column, Times] | None = None
        for number, name in enumerate(table.names):
            cells = [row[number] for row in table.cells]
            if found := timescale.times(cells):
                self.time = self.time or (_Column(name, cells), found)
            elif (amounts := _amounts(cells)) is not None:
                self.numbers.append(_Column(name, cells, amounts))
            elif any(each is not None for each in cells):
                self.names.append(_Column(name, cells))
        self.names.sort(key=lambda each: not each.literal)
        if self.time is None and len(self.numbers) > 1 and (counted := timescale.years(self.numbers[0].amounts)):
            self.time = self.numbers.pop(0), counted

    def told(self, value: Decimal) -> str:
        return _told(value, self.words.language)

    def label(self, column: _Column, row: int) -> str:
        """What is written for a row."""
        cell = column.cells[row]
        return cell.text.value if cell is not None and cell.text.value.strip() else self.words.texts.gettext("(empty)")

    def shown(self, column: _Column, row: int) -> str:
        """What is written beside a bar."""
        amount, cell = column.amounts[row], column.cells[row]
        return self.told(amount) if amount is not None else cell.text.value[:8] if cell is not None else ""

    def caption(self, said: str, *, across: str, up: str, drawn: int, more: str = "") -> Caption:
        """What is said of a picture in which so many rows are."""
        _, total = self.words.texts.gettext, self.table.total
        counted = {"drawn": self._count(drawn), "total": self._count(total)}
        extent = ""
        if self.table.more:
            extent = _("%(drawn)s of more than %(total)s rows are drawn.") % counted
        elif drawn < total:
            extent = _("%(drawn)s of %(total)s rows are drawn.") % counted
        note = f"{more} {extent}".strip()
        return Caption(_("Picture of the answer"), f"{said} {note}".strip(), across, up, note)

    def _count(self, number: int) -> str:
        return formats.number(number, self.words.language)


def picture(words: Words, table: Rows) -> Picture:
    """The picture of an answer. Raises ``NotDrawable`` with a detail that says which columns it lacks."""
    if not table.cells:
        raise NotDrawable(NOTHING)
    sheet = _Sheet(words, table)
    if not sheet.numbers:
        raise NotDrawable(NUMBERS)
    if sheet.time is not None:
        return _over_time(sheet, *sheet.time)
    if sheet.names:
        return _by_name(sheet)
    if len(sheet.numbers) < 2 or len(table.cells) < 2:
        raise NotDrawable(BESIDE)
    return _points(sheet, sheet.numbers[0], sheet.numbers[1])


def _by_name(sheet: _Sheet) -> Picture:
    """Bars for each name: alone, or in groups by columns or by a second name."""
    label, numbers = sheet.names[0], sheet.numbers[:_COLUMNS]
    if len(numbers) > 1:
        room = _GROUPED // len(numbers)
        if len(sheet.table.cells) > room and len(sheet.numbers) == 2:
            return _points(sheet, numbers[0], numbers[1])
        return _grouped(sheet, label, numbers, room)
    series = _second(sheet, label)
    return _crossed(sheet, label, series) if series is not None else _bars(sheet, label)


def _bars(sheet: _Sheet, label: _Column) -> Picture:
    value, rows = sheet.numbers[0], range(len(sheet.table.cells))
    more = _telling(sheet, label)
    found = [
        Bar(
            " · ".join(sheet.label(each, row) for each in (label, *more)),
            (amount,) if (amount := value.amounts[row]) is not None else (),
            sheet.shown(value, row),
        )
        for row in rows[: plots.BARS]
    ]
    said = sheet.words.texts.gettext("Bars: %(value)s for each %(label)s.")
    said %= {"value": value.name, "label": label.name}
    caption = sheet.caption(said, across=label.name, up=value.name, drawn=len(found))
    return Picture(plots.bars(caption, found), said)


def _grouped(sheet: _Sheet, label: _Column, numbers: Sequence[_Column], room: int) -> Picture:
    """Bars side by side, one for each column of numbers."""
    rows = range(len(sheet.table.cells))[:room]
    more = _telling(sheet, label)
    found = [
        Group(
            " · ".join(sheet.label(each, row) for each in (label, *more)),
            tuple(each.amounts[row] for each in numbers),
            tuple(sheet.shown(each, row) for each in numbers),
        )
        for row in rows
    ]
    _ = sheet.words.texts.gettext
    said = _("Bars: %(value)s for each %(label)s.") % {"value": _listed(numbers), "label": label.name}
    apart = not _alike(numbers)
    scales = _("Each column has a scale of its own.") if apart else ""
    note = f"{scales} {_unseen(sheet, sheet.numbers[_COLUMNS:])}".strip()
    caption = sheet.caption(said, across=label.name, up="", drawn=len(found), more=note)
    return Picture(plots.groups(caption, found, [each.name for each in numbers], apart=apart), said)


def _crossed(sheet: _Sheet, label: _Column, series: _Column) -> Picture:
    """Bars side by side, one for each value of a second column of names."""
    value = sheet.numbers[0]
    order = list(dict.fromkeys(label.keys()))
    names = _largest(series, value)
    kept = set(order[: _GROUPED // len(names)])
    cells: dict[str, dict[str, int]] = {}
    for row, (one, other) in enumerate(zip(label.keys(), series.keys(), strict=True)):
        if one in kept and other in names:
            cells.setdefault(one, {})[other] = row
    found = [
        Group(
            sheet.label(label, next(iter(of_label.values()))),
            tuple(value.amounts[of_label[name]] if name in of_label else None for name in names),
            tuple(sheet.shown(value, of_label[name]) if name in of_label else "" for name in names),
        )
        for of_label in (cells[each] for each in order if each in cells)
    ]
    said = sheet.words.texts.gettext("Bars: %(value)s for each %(label)s, by %(series)s.")
    said %= {"value": value.name, "label": label.name, "series": series.name}
    drawn = sum(map(len, cells.values()))
    caption = sheet.caption(said, across=label.name, up=value.name, drawn=drawn)
    titles = [sheet.label(series, row) for row in names.values()]
    return Picture(plots.groups(caption, found, titles), said)


def _over_time(sheet: _Sheet, column: _Column, times: Times) -> Picture:
    """Lines where each time comes once, for each column or each name; else points."""
    places = [each for each in times.places if each is not None]
    if len(set(places)) == len(places):
        return _lines_of_columns(sheet, column, times)
    for series in sheet.names if 2 * len(set(places)) <= len(places) else ():
        found = _lines_of_names(sheet, column, times, series)
        if found is not None:
            return found
    return _points(sheet, replace(column, amounts=times.places), sheet.numbers[0], times)


def _lines_of_columns(sheet: _Sheet, column: _Column, times: Times) -> Picture:
    numbers = [each for each in sheet.numbers if _alike((sheet.numbers[0], each))][:_COLUMNS]
    said = sheet.words.texts.gettext("Lines: %(value)s over %(label)s.")
    said %= {"value": _listed(numbers), "label": column.name}
    drawn = sum(1 for each in times.places if each is not None)
    note = _unseen(sheet, [each for each in sheet.numbers if each not in numbers])
    up = numbers[0].name if len(numbers) == 1 else ""
    caption = sheet.caption(said, across=column.name, up=up, drawn=drawn, more=note)
    titles = [each.name for each in numbers] if len(numbers) > 1 else [""]
    every = [(name, dict(enumerate(each.amounts))) for name, each in zip(titles, numbers, strict=True)]
    return Picture(_lines(sheet, times, caption, every), said)


def _lines_of_names(sheet: _Sheet, column: _Column, times: Times, series: _Column) -> Picture | None:
    """A line for each name; None where a name has a time twice, or where lines would leave most rows out."""
    value, keys = sheet.numbers[0], series.keys()
    names = _largest(series, value)
    drawn = [row for row, key in enumerate(keys) if key in names]
    apart = len(set(zip(times.places, keys, strict=True))) == len(keys)
    if not apart or len(drawn) <= max(_SHARE * len(keys), len(names)):
        return None
    said = sheet.words.texts.gettext("Lines: %(value)s over %(label)s, by %(series)s.")
    said %= {"value": value.name, "label": column.name, "series": series.name}
    caption = sheet.caption(said, across=column.name, up=value.name, drawn=len(drawn))
    every = [
        (sheet.label(series, names[name]), {row: value.amounts[row] for row in drawn if keys[row] == name})
        for name in names
    ]
    return Picture(_lines(sheet, times, caption, every), said)


def _lines(
    sheet: _Sheet, times: Times, caption: Caption, every: Sequence[tuple[str, dict[int, Decimal | None]]]
) -> Markup:
    """Lines, each by its name and its values by row."""
    places = sorted({each for each in times.places if each is not None})
    written = times.written()
    first, span = places[0], (places[-1] - places[0]) or Decimal(1)
    found = []
    for name, values in every:
        at = {times.places[row]: value for row, value in values.items()}
        found.append(Line(name, tuple(at.get(each) for each in places)))
    fractions = [float((each - first) / span) if len(places) > 1 else 0.5 for each in places]
    return plots.lines(caption, [written(each) for each in places], found, sheet.told, fractions)


def _points(sheet: _Sheet, x: _Column, y: _Column, times: Times | None = None) -> Picture:
    """A point for each row that has both."""
    found = [
        Dot(sheet.label(sheet.names[0], row) if sheet.names else "", across, up)
        for row, (across, up) in enumerate(zip(x.amounts, y.amounts, strict=True))
        if across is not None and up is not None
    ]
    if not found:
        raise NotDrawable(NUMBERS)
    said = sheet.words.texts.gettext("A point for each row: %(across)s to the right, %(up)s upwards.")
    said %= {"across": x.name, "up": y.name}
    note = _unseen(sheet, [each for each in sheet.numbers if each.name not in (x.name, y.name)])
    axes = [(y.name, [dot.y for dot in found])]
    if times is None:
        axes.insert(0, (x.name, [dot.x for dot in found]))
    note = f"{_stretched(sheet, axes)} {note}".strip()
    caption = sheet.caption(said, across=x.name, up=y.name, drawn=len(found), more=note)
    across = (whole_scale([dot.x for dot in found]), times.written()) if times else None
    return Picture(plots.dots(caption, found, sheet.told, across), said)


def _second(sheet: _Sheet, label: _Column) -> _Column | None:
    """A second column of names by which rows with the same label differ, if it groups them in its turn."""
    rows = len(sheet.table.cells)
    for series in sheet.names[1:]:
        pairs = set(zip(label.keys(), series.keys(), strict=True))
        if len(pairs) == rows > max(len(set(label.keys())), len(set(series.keys()))):
            return series
    return None


def _telling(sheet: _Sheet, label: _Column) -> list[_Column]:
    """Another column of names where labels are not enough to tell rows apart."""
    rows = len(sheet.table.cells)
    if len(set(label.keys())) == rows:
        return []
    every = (each for each in sheet.names if each is not label)
    return [each for each in every if len(set(zip(label.keys(), each.keys(), strict=True))) == rows][:1]


def _largest(series: _Column, value: _Column) -> dict[str, int]:
    """The keys of the series with the largest values, as many as can be told apart, in their order; each with a row."""
    reach: dict[str, float] = {}
    first: dict[str, int] = {}
    for row, key in enumerate(series.keys()):
        amount = value.amounts[row]
        reach[key] = max(reach.get(key, 0.0), abs(drawable(amount)) if amount is not None else 0.0)
        first.setdefault(key, row)
    kept = sorted(reach, key=lambda key: -reach[key])[: plots.SERIES]
    return {key: row for key, row in first.items() if key in kept}


def _alike(columns: Sequence[_Column]) -> bool:
    sizes = [each.largest for each in columns if each.largest]
    return not sizes or max(sizes) <= _ALIKE * min(sizes)


def _unseen(sheet: _Sheet, columns: Sequence[_Column]) -> str:
    if not columns:
        return ""
    return sheet.words.texts.gettext("Only in the table: %(columns)s.") % {"columns": _listed(columns)}


def _stretched(sheet: _Sheet, axes: Sequence[tuple[str, Sequence[Decimal]]]) -> str:
    """Which axes, by their names and values, go by powers of ten."""
    found = [name for name, values in axes if scale(values, logarithmic=True).logarithmic]
    return sheet.words.texts.gettext("Logarithmic scale: %(columns)s.") % {"columns": ", ".join(found)} if found else ""


def _listed(columns: Sequence[_Column]) -> str:
    return ", ".join(each.name for each in columns)


def _amounts(cells: Sequence[Cell | None]) -> tuple[Decimal | None, ...] | None:
    """Cells as numbers, if all that are filled are of a numeric type, and one is finite."""
    if any(each is not None and not each.number for each in cells):
        return None
    found = tuple(each.amount if each is not None else None for each in cells)
    return None if all(each is None for each in found) else found


def _told(value: Decimal, language: str) -> str:
    """A number as people read it in a picture; the table has it exact."""
    if not value:
        return "0"
    size = value.adjusted()
    if not -5 <= size <= 15:
        return str(_DIGITS.normalize(value))
    if value == value.to_integral_value():
        return formats.number(f"{value:.0f}", language)
    rounded = Context(prec=max(4, size + 2)).plus(value)
    return formats.number(f"{rounded.normalize():f}", language)
