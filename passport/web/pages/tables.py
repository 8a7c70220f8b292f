"""The pages of worked example queries: the list of them, and one with its picture, its table and its text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from passport.codecs.catalogues import catalogue
from passport.codecs.workedqueries import CATALOGUE, QUANTITIES, Column, WorkedQuery
from passport.model.query import Generation
from passport.published import VOCAB
from passport.service.tables import Table
from passport.web.pages import formats, plots
from passport.web.pages.plots import Bar, Caption, Dot, Line
from passport.web.pages.rendering import Render
from passport.web.pages.words import Text, Words

PATH: Final = "/data/tables"

_COUNTED: Final = frozenset({"ordinal", "year"})
"""Kinds of columns whose whole numbers follow upon each other: a plot has a place for those that are missing."""

_FARTHEST = 60
"""Most places that a plot has for numbers that follow upon each other."""

_TENTH: Final = Decimal("0.1")
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A table as one page needs it: the words of the language, and the values of each line by column."""

    words: Words
    query: WorkedQuery
    titles: Mapping[str, str]
    lines: Sequence[Mapping[str, str | None]]

    def text(self, column: str, value: str | None) -> str:
        return _text(self.words, self.query.column(column), value)

    def label(self, value: str | None) -> str:
        """What stands at a bar: a number with what it counts."""
        column = self.query.column(self.query.plot.axes["label"])
        text = self.text(column.name, value)
        return f"{self.titles[column.name]}: {text}" if column.kind == "ordinal" else text

    def written(self, column: str) -> Callable[[Decimal], str]:
        """How numbers of a column are written in a plot, without their unit."""
        return lambda value: formats.number(_rounded(value, self.query.column(column).kind), self.words.language)


class TablePages:
    """The pages at ``/data/tables``, in every language."""

    def __init__(self, words: Mapping[str, Words], page: Render) -> None:
        """``page`` renders a template in a language."""
        self._words = words
        self._page = page

    def tables(self, lang: str, queries: Sequence[WorkedQuery]) -> str:
        """Every table with what it asks."""
        said = catalogue(lang, CATALOGUE).gettext
        rows = [
            {"href": f"{PATH}/{each.name}", "title": said(each.title), "question": said(each.question)}
            for each in queries
        ]
        return self._page("tables.html", lang, rows=rows)

    def table(self, lang: str, table: Table) -> str:
        """One table: its picture, its lines, and the query that gives them."""
        words, query = self._words[lang], table.query
        said = catalogue(lang, CATALOGUE).gettext
        lines = [table.cells(row) for row in table.rows]
        visible = [each for each in query.columns if each.kind != "iri"]
        return self._page(
            "table.html",
            lang,
            name=said(query.title),
            question=said(query.question),
            reading=said(query.reading),
            plot=self.picture(lang, table) if lines else None,
            columns=[(headed(words, each), each.kind in QUANTITIES) for each in visible],
            rows=[[_cell(words, each, line) for each in visible] for line in lines],
            query=query.in_language(lang),
            ask=f"/sparql?{urlencode({'query': query.in_language(lang)})}",
            path=f"{PATH}/{query.name}",
            files=(
                ("csv", "CSV"),
                ("json", "JSON"),
                *((("svg", words.texts.gettext("Picture (SVG)")),) if lines else ()),
            ),
            made=words.date(table.generation.made),
            position=formats.number(table.generation.position, lang),
            generation=table.generation,
        )

    def picture(self, lang: str, table: Table) -> Markup:
        """The picture of a table as SVG, as wide as where it is put; one without lines says that it is empty."""
        words, query = self._words[lang], table.query
        said = catalogue(lang, CATALOGUE).gettext
        titles = {each.name: headed(words, each) for each in query.columns}
        shown = _Shown(words, query, titles, [table.cells(row) for row in table.rows])
        if not shown.lines:
            nothing = words.texts.gettext("No passport says anything about this yet. The answer is empty.")
            return plots.bars(Caption(said(query.title), nothing), [Bar(nothing, (), "")])
        return _drawn(shown, said(query.title), said(query.question))


def headed(words: Words, column: Column) -> str:
    """What a column is called, with its unit."""
    title = catalogue(words.language, CATALOGUE).gettext(column.title)
    units = {"kg": "kg", "percent": "%"}
    units |= {"months": words.texts.gettext("months"), "minutes": words.texts.gettext("minutes")}
    return f"{title} ({units[column.kind]})" if column.kind in units else title


def machine(table: Table) -> dict[str, object]:
    """A table as JSON: whole numbers as numbers, other quantities as exact decimals in text."""
    generation: Generation = table.generation
    said = catalogue(table.language, CATALOGUE).gettext
    columns = table.query.columns
    return {
        "name": table.query.name,
        "title": said(table.query.title),
        "question": said(table.query.question),
        "language": table.language,
        "generation": {"number": generation.number, "position": generation.position, "made": generation.made},
        "columns": [{"name": each.name, "kind": each.kind} for each in columns],
        "rows": [
            {
                each.name: _plain(value) if each.kind in QUANTITIES else value
                for each, value in zip(columns, row, strict=True)
            }
            for row in table.rows
        ],
        "query": table.query.in_language(table.language),
    }


def _drawn(shown: _Shown, title: str, description: str) -> Markup:
    """The picture of a table that has lines."""
    axes = shown.query.plot.axes
    if shown.query.plot.kind == "scatter":
        caption = Caption(title, description, shown.titles[axes["x"]], shown.titles[axes["y"]])
        dots = [
            Dot(shown.text(axes["label"], line[axes["label"]]), _number(line[axes["x"]]), _number(line[axes["y"]]))
            for line in shown.lines
        ]
        return plots.dots(caption, dots, shown.written(axes["y"]))
    if shown.query.plot.kind == "bars":
        rows = [_bar(shown, line) for line in shown.lines]
        return plots.bars(Caption(title, description, note=_more(shown, rows)), rows)
    found, names, cells = _crossed(shown)
    names, cells = plots.folded(names, cells, shown.words.texts.gettext("All others"))
    caption = Caption(title, description, shown.titles[axes["label"]], shown.titles[axes["value"]])
    if shown.query.plot.kind == "lines":
        every = [Line(name, tuple(row[number] for row in cells)) for number, name in enumerate(names)]
        labels = [shown.text(axes["label"], each) for each in found]
        return plots.lines(caption, labels, every, shown.written(axes["value"]))
    written = shown.written(axes["value"])
    rows = [
        Bar(shown.label(each), tuple(row), written(sum(row, _ZERO))) for each, row in zip(found, cells, strict=True)
    ]
    return plots.bars(Caption(title, description, note=_more(shown, rows)), rows, names)


def _more(shown: _Shown, rows: Sequence[Bar]) -> str:
    """What is said where there are more than are drawn."""
    number = len(rows) - plots.BARS
    if number <= 0:
        return ""
    return shown.words.texts.ngettext("One more is in the table", "%(num)s more are in the table", number) % {
        "num": number
    }


def _bar(shown: _Shown, line: Mapping[str, str | None]) -> Bar:
    label, value = shown.query.plot.axes["label"], shown.query.plot.axes["value"]
    unit = {"kg": "kg", "percent": "%"}.get(shown.query.column(value).kind)
    number = _number(line[value])
    size = shown.words.quantity(_rounded(number, shown.query.column(value).kind), unit)
    return Bar(shown.label(line[label]), (number,), size)


def _crossed(shown: _Shown) -> tuple[list[str | None], list[str], list[list[Decimal]]]:
    """The labels of a plot, the names of its series, and the values of each label by series; what is not there is 0."""
    axes = shown.query.plot.axes
    found: dict[str | None, dict[str | None, Decimal]] = {}
    series: dict[str | None, None] = {}
    for line in shown.lines:
        of_label = found.setdefault(line[axes["label"]], {})
        name = line[axes["series"]]
        series[name] = None
        of_label[name] = of_label.get(name, _ZERO) + _number(line[axes["value"]])
    column = shown.query.column(axes["label"])
    labels = list(_counted(list(found))) if column.kind in _COUNTED else list(found)
    cells = [[found.get(label, {}).get(name, _ZERO) for name in series] for label in labels]
    return (
        [shown.text(column.name, each) for each in labels],
        [shown.text(axes["series"], each) for each in series],
        cells,
    )


def _counted(labels: Sequence[str | None]) -> Iterator[str | None]:
    """Whole numbers in order with those between them, unless they are too far apart."""
    numbers = sorted({int(_number(each)) for each in labels if each is not None})
    if numbers and numbers[-1] - numbers[0] < _FARTHEST:
        numbers = list(range(numbers[0], numbers[-1] + 1))
    yield from (str(each) for each in numbers)
    yield from (each for each in labels if each is None)


def _cell(words: Words, column: Column, line: Mapping[str, str | None]) -> Text:
    value = line[column.name]
    behind = line[column.link] if column.link else None
    local = behind is not None and behind.startswith(VOCAB)
    href = f"/vocab/{behind.removeprefix(VOCAB)}" if behind is not None and local else ""
    return Text(_text(words, column, value), href=href)


def _text(words: Words, column: Column, value: str | None) -> str:
    if value is None:
        return words.texts.gettext("Not stated")
    if column.kind == "country":
        return words.country(value)
    if column.kind in QUANTITIES:
        return formats.number(_rounded(Decimal(value), column.kind), words.language)
    return value


def _rounded(value: Decimal, kind: str) -> Decimal:
    """A quantity as people read it; files have it exact."""
    if kind == "kg" and value.adjusted() < 20 and value != value.to_integral_value():
        return value.quantize(_TENTH if abs(value) >= 1 else Decimal("0.001"), ROUND_HALF_UP)
    return value


def _number(value: str | None) -> Decimal:
    return _ZERO if value is None else Decimal(value)


def cells(table: Table) -> Iterator[Sequence[str]]:
    """A table as the cells of a file: the names of its columns, then its lines with exact values."""
    yield [each.name for each in table.query.columns]
    yield from ([value or "" for value in row] for row in table.rows)


def _plain(value: str | None) -> int | str | None:
    return int(value) if value is not None and value.lstrip("-").isdigit() else value
