"""Plots as SVG: bars, alone, in parts or in groups; lines; dots; by attributes alone, so that they stand by themselves.

Places across are in per cent of the width and texts in pixels: on a telephone a plot is as narrow as the screen and its
texts are as large as elsewhere. What a colour tells is also told by a pattern, a dash or a mark, and all of it by the
table that stands below every plot.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from passport.web.pages.lettering import INK, LINE, QUIET, broken, lettering, paragraph, safe
from passport.web.pages.scales import Scale, drawable, scale

BARS: Final = 30
"""Most bars that are drawn."""

SERIES: Final = 8
"""Most parts or lines that can be told apart; the smaller ones are drawn together."""

LABELS: Final = 6
"""Most labels under lines and dots."""

_COLOURS: Final = ("#12524a", "#b3571f", "#2c6ea6", "#7d6a00", "#7a3e83", "#51606b", "#a1344a", "#3b7d3a")
_GRID = "#c9d1cf"
_PATTERNS: Final = (
    "",
    "M0 8L8 0M-2 2L2-2M6 10L10 6",
    "M2 2h1M6 6h1",
    "M0 4H8",
    "M4 0V8",
    "M0 0L8 8M6-2L10 2M-2 6L2 10",
    "M0 4H8M4 0V8",
    "M0 8L8 0M0 0L8 8",
)
"""White strokes on the colour of a part, on a square of eight."""

_DASHES: Final = ("", "8 4", "2 4", "12 4 2 4", "5 5", "1 3", "14 5", "8 3 2 3 2 3")
_MARKS: Final = (
    "M-5 0A5 5 0 1 1 5 0A5 5 0 1 1-5 0Z",
    "M-4.5-4.5H4.5V4.5H-4.5Z",
    "M0-6L6 5H-6Z",
    "M0-6.5L6.5 0L0 6.5L-6.5 0Z",
    "M0 6L6-5H-6Z",
    "M-6-2H-2V-6H2V-2H6V2H2V6H-2V2H-6Z",
    "M-6 0L-2-6H2L6 0L2 6H-2Z",
    "M0-7L2-2H7L3 1L5 6L0 3L-5 6L-3 1L-7-2H-2Z",
)
_LEFT, _RIGHT = 15.0, 93.0
"""Where the field of lines and dots begins, at least, and where it ends, in per cent."""

_TICK = 2.8
"""How wide a letter of a tick is on the narrowest screen, in per cent."""

_BAR = 64.0
"""How long the longest bar is, in per cent of the width: its number stands beside it."""

_HALF = 18
"""Letters that have room beside as many others."""

_ZERO = Decimal(0)
_TALL, _WIDTH = 240, 720
_LETTER, _NARROWEST = 0.034, 0.02
"""How much of the field on the narrowest screen a letter takes, and what is left free between two labels."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what it is called, the size of each part, and its whole in words. What is below zero goes to the left."""

    label: str
    parts: tuple[Decimal, ...]
    shown: str


@dataclass(frozen=True, slots=True)
class Group:
    """Bars side by side under one label: the size of each by series, and each in words, empty where there is none."""

    label: str
    values: tuple[Decimal | None, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line: what it is called, and its height above each label of the plot; None where there is none."""

    name: str
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot with its name."""

    name: str
    x: Decimal
    y: Decimal


@dataclass(frozen=True, slots=True)
class Caption:
    """What is said of a plot: its title, what it shows in a sentence, the names of its axes with their units, a note.

    Over bars ``across`` names what their labels are and ``up`` what their numbers are.
    """

    title: str
    description: str
    across: str = ""
    up: str = ""
    note: str = ""


Written = Callable[[Decimal], str]
"""How a number is written in the reader's language."""


def bars(caption: Caption, rows: Sequence[Bar], series: Sequence[str] = ()) -> Markup:
    """The first ``BARS`` bars below each other, each under its label; with ``series`` their parts follow each other."""
    drawn = list(rows[:BARS])
    reach = _Reach.of([each.parts for each in drawn], stacked=True)
    body, down = _legend(series, _swatch) if series else ("", 0.0)
    head, down = _head(caption, down)
    body, down = body + head, down + 4
    for bar in drawn:
        label, down = paragraph(bar.label, down)
        body += label
        body += _parts(bar, reach, down, several=bool(series)) + _zero(reach, down)
        body += lettering(bar.shown, x="100%", y=down + 15, anchor="end", weight="700")
        down += LINE + 8
    return _plot(caption, body, down, patterns=len(series))


def groups(caption: Caption, rows: Sequence[Group], series: Sequence[str], *, apart: bool = False) -> Markup:
    """Bars side by side under each label, one for each of ``series``, which have scales of their own if ``apart``."""
    reaches = [_Reach.of([(row.values[number] or _ZERO,) for row in rows]) for number in range(len(series))]
    if not apart:
        reaches = [_Reach.of([tuple(each or _ZERO for each in row.values) for row in rows])] * len(series)
    body, down = _legend(series, _swatch)
    head, down = _head(caption, down)
    body, down = body + head, down + 4
    for row in rows:
        label, down = paragraph(row.label, down)
        body += label
        for number, value in enumerate(row.values):
            if row.shown[number]:
                size = drawable(value or _ZERO)
                body += _bar(reaches[number], size, down, fill=f'"url(#part-{number})" stroke="#fff"')
                body += _zero(reaches[number], down)
                body += lettering(row.shown[number], x="100%", y=down + 15, anchor="end", weight="700")
                down += LINE + 2
        down += 8
    return _plot(caption, body, down, patterns=len(series))


def lines(
    caption: Caption,
    labels: Sequence[str],
    rows: Sequence[Line],
    written: Written,
    places: Sequence[float] | None = None,
) -> Markup:
    """Lines over labels in their order; a line is broken where it has no value.

    ``places`` are those of the labels between 0 and 1; without them the labels are equally far apart.
    """
    axis = scale([each for row in rows for each in row.values if each is not None])
    named = [each.name for each in rows]
    legend, top = _legend(named if any(named) else (), _sample)
    field, top, left = _field(caption, axis, top, written)
    if places is None:
        places = [number / (len(labels) - 1) if len(labels) > 1 else 0.5 for number in range(len(labels))]
    across = [left + (_RIGHT - left) * each for each in places]
    under = _under(list(zip(places, labels, strict=True)), left, top + _TALL)
    drawn = "".join(_drawn(number, row, across, axis, top) for number, row in enumerate(rows[:SERIES]))
    flat = lettering(caption.across, x="100%", y=top + _TALL + 2 * LINE, anchor="end", fill=QUIET)
    return _plot(caption, legend + field + under + drawn + flat, top + _TALL + 2 * LINE + 8)


def dots(
    caption: Caption, rows: Sequence[Dot], written: Written, across: tuple[Scale, Written] | None = None
) -> Markup:
    """Dots: up to ``BARS`` that have names with numbers, and the names below; more of them small, and without.

    ``across`` is another scale than that of numbers, and how its ticks are written.
    """
    flat, told = across or (scale([dot.x for dot in rows], logarithmic=True), written)
    up = scale([dot.y for dot in rows], logarithmic=True)
    body, top, left = _field(caption, up, 0, written)
    bottom = top + _TALL
    body += _under([(flat.place(each), told(each)) for each in flat.ticks], left, bottom)
    body += lettering(caption.across, x="100%", y=bottom + 2 * LINE, anchor="end", fill=QUIET)
    names, down = "", bottom + 2 * LINE + 8
    numbered = len(rows) <= BARS and any(dot.name for dot in rows)
    for number, dot in enumerate(rows, start=1):
        x, y = f"{left + (_RIGHT - left) * flat.place(dot.x):.2f}%", top + _TALL * (1 - up.place(dot.y))
        size = ("10", "1") if numbered else ("5", "0.75")
        body += f'<circle cx="{x}" cy="{y:.1f}" r="{size[0]}" fill="{_COLOURS[0]}" opacity="{size[1]}" stroke="#fff"/>'
        if numbered:
            body += lettering(str(number), x=x, y=y + 4, anchor="middle", fill="#fff", weight="700", size=12)
            names += lettering(str(number), x="0", y=down + LINE, weight="700")
            for part in broken(dot.name):
                down += LINE
                names += lettering(part, x="28", y=down)
    return _plot(caption, body + names, down + 8)


def alone(picture: Markup, language: str) -> str:
    """A picture as a file, with a width of its own, which says what language its texts are in."""
    return str(picture).replace('width="100%"', f'xml:lang="{language}" width="{_WIDTH}"', 1)


def folded(
    names: Sequence[str], rows: Sequence[Sequence[Decimal]], others: str
) -> tuple[list[str], list[list[Decimal]]]:
    """At most ``SERIES`` series of the same rows: the largest ones, and the sum of all others under one name."""
    if len(names) <= SERIES:
        return list(names), [list(row) for row in rows]
    totals = [sum((row[number] for row in rows), Decimal(0)) for number in range(len(names))]
    largest = sorted(sorted(range(len(names)), key=lambda number: -totals[number])[: SERIES - 1])
    rest = [number for number in range(len(names)) if number not in largest]
    kept = [[*(row[number] for number in largest), sum((row[number] for number in rest), Decimal(0))] for row in rows]
    return [*(names[number] for number in largest), others], kept


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far bars go from zero: to the left and to the right, both above zero or zero."""

    left: float
    right: float

    @classmethod
    def of(cls, rows: Sequence[Sequence[Decimal]], *, stacked: bool = False) -> "_Reach":
        """The reach of bars, of which each is all parts of a row if they are ``stacked``, else one of them."""
        together = sum if stacked else partial(max, default=0.0)
        numbers = [[drawable(each) for each in row] for row in rows]
        right = max((together([max(each, 0.0) for each in row]) for row in numbers), default=0.0)
        left = max((together([max(-each, 0.0) for each in row]) for row in numbers), default=0.0)
        return cls(left, right)

    @property
    def zero(self) -> float:
        """Where zero is, in per cent of the width."""
        return self.size(self.left)

    def size(self, value: float) -> float:
        """How long a bar is, in per cent of the width."""
        longest = max(self.left, self.right) or 1.0
        return _BAR * (abs(value) / longest) / (self.left / longest + self.right / longest or 1.0)


def _parts(bar: Bar, reach: _Reach, top: float, *, several: bool) -> str:
    """The parts of a bar."""
    drawn, ends = "", {True: 0.0, False: 0.0}
    for number, each in enumerate(map(drawable, bar.parts)):
        fill = f'"url(#part-{number})" stroke="#fff"' if several else f'"{_COLOURS[0]}"'
        drawn += _bar(reach, each, top, fill=fill, begin=ends[each > 0])
        ends[each > 0] += reach.size(each)
    return drawn


def _bar(reach: _Reach, value: float, top: float, *, fill: str, begin: float = 0.0) -> str:
    """A bar that begins so far from zero; nothing for zero."""
    if not value:
        return ""
    width = max(reach.size(value), 0.3)
    start = reach.zero + begin if value > 0 else reach.zero - begin - width
    return f'<rect x="{max(start, 0.0):.2f}%" y="{top}" width="{width:.2f}%" height="20" fill={fill}/>'


def _zero(reach: _Reach, top: float) -> str:
    """The line between what is below zero and what is above, at a bar."""
    x = f"{reach.zero:.2f}%"
    return f'<line x1="{x}" y1="{top - 2}" x2="{x}" y2="{top + 22}" stroke="{INK}"/>' if reach.left else ""


def _head(caption: Caption, top: float) -> tuple[str, float]:
    """What labels and numbers of bars are, over them."""
    names = [broken(each)[0] for each in (caption.across, caption.up)]
    if not any(names):
        return "", top
    body = lettering(names[0][:_HALF], x="0", y=top + LINE - 5, fill=QUIET)
    return body + lettering(names[1][:_HALF], x="100%", y=top + LINE - 5, anchor="end", fill=QUIET), top + LINE


def _under(labels: Sequence[tuple[float, str]], left: float, bottom: float) -> str:
    """Labels at their places below a field, as many as have room beside each other on the narrowest screen."""
    wide = max((len(label) for _, label in labels), default=0) * _LETTER
    body, last, end, field = "", -1.0, -1.0, _RIGHT - left
    for place, label in labels:
        anchor, start = "middle", place - wide / 2
        if start < -left / field:
            anchor, start = "start", place
        elif start + wide > (100 - left) / field:
            anchor, start = "end", place - wide
        if place - last >= 1 / LABELS - 1e-9 and start >= end + _NARROWEST:
            x, last, end = f"{left + field * place:.2f}%", place, start + wide
            body += f'<line x1="{x}" y1="{bottom}" x2="{x}" y2="{bottom + 5}" stroke="{QUIET}"/>'
            body += lettering(label, x=x, y=bottom + LINE, anchor=anchor)
    return body


def _drawn(number: int, line: Line, places: Sequence[float], axis: Scale, top: float) -> str:
    colour, dash = _COLOURS[number], _DASHES[number]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    found = [
        (place, top + _TALL * (1 - axis.place(value))) if value is not None else None
        for place, value in zip(places, line.values, strict=True)
    ]
    strokes = "".join(
        f'<line x1="{old[0]:.2f}%" y1="{old[1]:.1f}" x2="{new[0]:.2f}%" y2="{new[1]:.1f}"'
        f' stroke="{colour}" stroke-width="2.5"{dashed}/>'
        for old, new in pairwise(found)
        if old and new
    )
    marks = "".join(_mark(number, f"{each[0]:.2f}%", each[1]) for each in found if each)
    return strokes + marks


def _mark(number: int, x: str, y: float) -> str:
    shape = f'<path d="{_MARKS[number]}" fill="{_COLOURS[number]}" stroke="#fff"/>'
    return f'<svg x="{x}" y="{y:.1f}" overflow="visible">{shape}</svg>'


def _field(caption: Caption, axis: Scale, top: float, written: Written) -> tuple[str, float, float]:
    """The name of the axis that goes up, its ticks with their lines, and the top and the left of the field."""
    top += LINE + 14
    body = lettering(caption.up, x="0", y=top - 18, fill=QUIET)
    told = [written(each) for each in axis.ticks]
    left = max(_LEFT, 2 + _TICK * max(map(len, told)))
    for each, words in zip(axis.ticks, told, strict=True):
        y = top + _TALL * (1 - axis.place(each))
        body += f'<line x1="{left:.2f}%" y1="{y:.1f}" x2="100%" y2="{y:.1f}" stroke="{_GRID}"/>'
        body += lettering(words, x=f"{left - 1.5:.2f}%", y=y + 4, anchor="end", size=12)
    return body, top, left


def _legend(names: Sequence[str], sign: Callable[[int, float], str]) -> tuple[str, float]:
    """The names of series, and how far down they go."""
    body, down = "", 0.0
    for number, name in enumerate(names[:SERIES]):
        for place, part in enumerate(broken(name)):
            down += LINE + 2
            body += sign(number, down - 15) if place == 0 else ""
            body += lettering(part, x="34", y=down - 2)
    return body, down + 8


def _swatch(number: int, top: float) -> str:
    return f'<rect x="0" y="{top}" width="26" height="16" fill="url(#part-{number})" stroke="{INK}"/>'


def _sample(number: int, top: float) -> str:
    dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
    stroke = (
        f'<line x1="0" y1="{top + 8}" x2="26" y2="{top + 8}" stroke="{_COLOURS[number]}" stroke-width="2.5"{dash}/>'
    )
    return stroke + _mark(number, "13", top + 8)


def _patterns(count: int) -> Iterator[str]:
    for number in range(min(count, SERIES)):
        strokes = f'<path d="{_PATTERNS[number]}" stroke="#fff" stroke-width="1.5"/>' if _PATTERNS[number] else ""
        yield (
            f'<pattern id="part-{number}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{_COLOURS[number]}"/>{strokes}</pattern>'
        )


def _plot(caption: Caption, body: str, height: float, *, patterns: int = 0) -> Markup:
    """The whole picture on white, whatever the colours around it."""
    if caption.note:
        note, height = paragraph(caption.note, height, fill=QUIET)
        body += note
    defined = f"<defs>{''.join(_patterns(patterns))}</defs>" if patterns else ""
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="100%" height="{height:.0f}" role="img"'
        ' aria-labelledby="plot-title plot-description" font-family="system-ui, Segoe UI, Roboto, Arial, sans-serif">'
        f'<title id="plot-title">{safe(caption.title)}</title>'
        f'<desc id="plot-description">{safe(caption.description)}</desc>'
        f'{defined}<rect width="100%" height="100%" fill="#fff"/>{body}</svg>'
    )
    return Markup(drawn)  # noqa: S704 - every text in it is escaped
