"""Plots as SVG: bars in one or several parts, lines, and dots; by attributes alone, so that they stand by themselves.

Places across are in per cent of the width and texts in pixels: on a telephone a plot is as narrow as the screen and its
texts are as large as elsewhere. What a colour tells is also told by a pattern, a dash or a mark, and all of it by the
table that stands below every plot.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from markupsafe import Markup, escape

BARS: Final = 30
"""Most bars that are drawn."""

SERIES: Final = 8
"""Most parts or lines that can be told apart; the smaller ones are drawn together."""

LABELS: Final = 6
"""Most labels under a line plot."""

_COLOURS: Final = ("#12524a", "#b3571f", "#2c6ea6", "#7d6a00", "#7a3e83", "#51606b", "#a1344a", "#3b7d3a")
_INK, _QUIET, _GRID = "#17211f", "#4a5654", "#c9d1cf"
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
_LEFT, _WIDE = 15.0, 78.0
"""Where lines and dots begin, and how wide their field is, in per cent."""

_TALL = 240
_LINE = 20
_LONGEST = 34
"""Letters of a label that stand beside each other on the narrowest screen."""

_LOGARITHMIC = 100
"""Dots whose largest value is so many times the smallest are drawn on a logarithmic scale."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what it is called, the size of each part, and its whole in words."""

    label: str
    parts: tuple[Decimal, ...]
    shown: str


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
    """What is said of a plot: its title, what it shows in a sentence, and the names of its axes with their units."""

    title: str
    description: str
    across: str = ""
    up: str = ""


_FARTHEST: Final = 1e18

Written = Callable[[Decimal], str]
"""How a number is written in the reader's language."""


def ticks(low: float, high: float, most: int = 5) -> tuple[Decimal, ...]:
    """Round numbers in order, at least two and about ``most``, of which the outer ones enclose ``low`` and ``high``."""
    low, high = (low, high) if low <= high else (high, low)
    span = high - low
    if not math.isfinite(span) or span <= abs(high) * 1e-9:
        span = max(abs(high), 1.0) if math.isfinite(high) else 1.0
    power = Decimal(10) ** math.floor(math.log10(span / most))
    step = next(power * each for each in (1, 2, 5, 10) if power * each * most >= Decimal(span))
    first = (Decimal(low) / step).to_integral_value("ROUND_FLOOR")
    last = max((Decimal(high) / step).to_integral_value("ROUND_CEILING"), first + 1)
    return tuple(step * (first + number) for number in range(int(last - first) + 1))


def powers(low: float, high: float) -> tuple[Decimal, ...]:
    """The powers of ten, at least two, that enclose numbers above zero."""
    first = math.floor(math.log10(low))
    last = max(math.ceil(math.log10(high)), first + 1)
    return tuple(Decimal(10) ** number for number in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis: its ticks, and where on it a number stands."""

    ticks: tuple[Decimal, ...]
    logarithmic: bool = False

    def place(self, value: Decimal) -> float:
        """The place between 0 and 1; what lies beyond the ticks is at their end."""
        low, high, here = (self._of(each) for each in (self.ticks[0], self.ticks[-1], value))
        return min(max((here - low) / (high - low), 0.0), 1.0)

    def _of(self, value: Decimal) -> float:
        if not self.logarithmic:
            return _float(value)
        return math.log10(max(_float(value), _float(self.ticks[0])))


def scale(values: Sequence[Decimal], *, logarithmic: bool = False) -> Scale:
    """A scale for numbers with zero on it, or one of powers of ten where that is asked for and helps."""
    numbers = [_float(each) for each in values]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if logarithmic and low > 0 and high >= low * _LOGARITHMIC:
        return Scale(powers(low, high), logarithmic=True)
    return Scale(ticks(min(low, 0.0), max(high, 0.0)))


def bars(caption: Caption, rows: Sequence[Bar], series: Sequence[str] = (), *, more: str = "") -> Markup:
    """Bars below each other, each under its label; with ``series`` their parts follow upon each other.

    ``more`` stands below them where there are more than are drawn.
    """
    drawn = list(rows[:BARS])
    longest = max((_length(each) for each in drawn), default=0.0) or 1.0
    body, down = _legend(series, _swatch) if series else ("", 0.0)
    down += 4
    for bar in drawn:
        lines = _broken(bar.label)
        for each in lines:
            down += _LINE
            body += _text(each, x="0", y=down - 5)
        body += _parts(bar, longest, down, several=bool(series))
        body += _text(bar.shown, x="100%", y=down + 15, anchor="end", weight="700")
        down += _LINE + 8
    if len(rows) > BARS:
        down += _LINE
        body += _text(more, x="0", y=down - 5, fill=_QUIET)
    return _plot(caption, body, down, patterns=len(series))


def lines(caption: Caption, labels: Sequence[str], rows: Sequence[Line], written: Written) -> Markup:
    """Lines over labels in their order; a line is broken where it has no value."""
    axis = scale([each for row in rows for each in row.values if each is not None])
    legend, top = _legend([each.name for each in rows], _sample)
    field, top = _field(caption, axis, top, written)
    places = [_LEFT + _WIDE * (number / (len(labels) - 1) if len(labels) > 1 else 0.5) for number in range(len(labels))]
    every = max(1, math.ceil(len(labels) / LABELS))
    under = "".join(
        _text(label, x=f"{places[number]:.2f}%", y=top + _TALL + _LINE, anchor="middle")
        for number, label in enumerate(labels)
        if number % every == 0
    )
    drawn = "".join(_drawn(number, row, places, axis, top) for number, row in enumerate(rows[:SERIES]))
    across = _text(caption.across, x="100%", y=top + _TALL + 2 * _LINE, anchor="end", fill=_QUIET)
    return _plot(caption, legend + field + under + drawn + across, top + _TALL + 2 * _LINE + 8)


def dots(caption: Caption, rows: Sequence[Dot], written: Written) -> Markup:
    """Dots with numbers, and what the numbers stand for below."""
    across, up = scale([dot.x for dot in rows], logarithmic=True), scale([dot.y for dot in rows], logarithmic=True)
    body, top = _field(caption, up, 0, written)
    bottom = top + _TALL
    for each in across.ticks:
        place = f"{_LEFT + _WIDE * across.place(each):.2f}%"
        body += f'<line x1="{place}" y1="{bottom}" x2="{place}" y2="{bottom + 5}" stroke="{_QUIET}"/>'
        body += _text(written(each), x=place, y=bottom + _LINE, anchor="middle")
    body += _text(caption.across, x="100%", y=bottom + 2 * _LINE, anchor="end", fill=_QUIET)
    names, down = "", bottom + 2 * _LINE + 8
    for number, dot in enumerate(rows[:BARS], start=1):
        x, y = f"{_LEFT + _WIDE * across.place(dot.x):.2f}%", top + _TALL * (1 - up.place(dot.y))
        body += f'<circle cx="{x}" cy="{y:.1f}" r="10" fill="{_COLOURS[0]}" stroke="#fff"/>'
        body += _text(str(number), x=x, y=y + 4, anchor="middle", fill="#fff", weight="700", size=12)
        names += _text(str(number), x="0", y=down + _LINE, weight="700")
        for part in _broken(dot.name):
            down += _LINE
            names += _text(part, x="28", y=down)
    return _plot(caption, body + names, down + 8)


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


def _float(value: Decimal) -> float:
    """A number to draw with; those beyond all measure are cut."""
    return min(max(float(value), -_FARTHEST), _FARTHEST)


def _length(bar: Bar) -> float:
    return sum(max(_float(each), 0.0) for each in bar.parts)


def _parts(bar: Bar, longest: float, top: float, *, several: bool) -> str:
    """The parts of a bar; what is below nothing has no length."""
    drawn, begin = "", 0.0
    for number, each in enumerate(bar.parts):
        width = 64.0 * (max(_float(each), 0.0) / longest)
        fill = f'"url(#part-{number})" stroke="#fff"' if several else f'"{_COLOURS[0]}"'
        if width > 0:
            drawn += f'<rect x="{begin:.2f}%" y="{top}" width="{max(width, 0.3):.2f}%" height="20" fill={fill}/>'
        begin += width
    return drawn


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


def _field(caption: Caption, axis: Scale, top: float, written: Written) -> tuple[str, float]:
    """The name of the axis that goes up, its ticks with their lines, and where the field begins."""
    top += _LINE + 14
    body = _text(caption.up, x="0", y=top - 18, fill=_QUIET)
    for each in axis.ticks:
        y = top + _TALL * (1 - axis.place(each))
        body += f'<line x1="{_LEFT}%" y1="{y:.1f}" x2="100%" y2="{y:.1f}" stroke="{_GRID}"/>'
        body += _text(written(each), x=f"{_LEFT - 1.5}%", y=y + 4, anchor="end", size=12)
    return body, top


def _legend(names: Sequence[str], sign: Callable[[int, float], str]) -> tuple[str, float]:
    body, down = "", 0.0
    for number, name in enumerate(names[:SERIES]):
        for place, part in enumerate(_broken(name)):
            down += _LINE + 2
            body += sign(number, down - 15) if place == 0 else ""
            body += _text(part, x="34", y=down - 2)
    return body, down + 8


def _swatch(number: int, top: float) -> str:
    return f'<rect x="0" y="{top}" width="26" height="16" fill="url(#part-{number})" stroke="{_INK}"/>'


def _sample(number: int, top: float) -> str:
    dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
    stroke = (
        f'<line x1="0" y1="{top + 8}" x2="26" y2="{top + 8}" stroke="{_COLOURS[number]}" stroke-width="2.5"{dash}/>'
    )
    return stroke + _mark(number, "13", top + 8)


def _broken(label: str) -> list[str]:
    """A label as lines that fit beside nothing else; a word that is longer than a line is cut."""
    lines = [""]
    for word in label.split():
        for part in (word[start : start + _LONGEST] for start in range(0, len(word), _LONGEST)):
            if lines[-1] and len(lines[-1]) + 1 + len(part) > _LONGEST:
                lines.append(part)
            else:
                lines[-1] = f"{lines[-1]} {part}".strip()
    return lines


def _text(
    text: str, *, x: str, y: float, anchor: str = "start", fill: str = _INK, weight: str = "400", size: int = 14
) -> str:
    if not text:
        return ""
    anchored = f' text-anchor="{anchor}"' if anchor != "start" else ""
    heavy = f' font-weight="{weight}"' if weight != "400" else ""
    return f'<text x="{x}" y="{y:.1f}" font-size="{size}" fill="{fill}"{anchored}{heavy}>{escape(text)}</text>'


def _patterns(count: int) -> Iterator[str]:
    for number in range(min(count, SERIES)):
        strokes = f'<path d="{_PATTERNS[number]}" stroke="#fff" stroke-width="1.5"/>' if _PATTERNS[number] else ""
        yield (
            f'<pattern id="part-{number}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{_COLOURS[number]}"/>{strokes}</pattern>'
        )


def _plot(caption: Caption, body: str, height: float, *, patterns: int = 0) -> Markup:
    """The whole picture on white, whatever the colours around it."""
    defined = f"<defs>{''.join(_patterns(patterns))}</defs>" if patterns else ""
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="100%" height="{height:.0f}" role="img"'
        ' aria-labelledby="plot-title plot-description" font-family="system-ui, Segoe UI, Roboto, Arial, sans-serif">'
        f'<title id="plot-title">{escape(caption.title)}</title>'
        f'<desc id="plot-description">{escape(caption.description)}</desc>'
        f'{defined}<rect width="100%" height="100%" fill="#fff"/>{body}</svg>'
    )
    return Markup(drawn)  # noqa: S704 - every text in it is escaped
