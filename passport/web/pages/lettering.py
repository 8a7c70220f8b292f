"""Texts in plots: as elements that are safe and well-formed whatever they say, and as lines that fit."""

import re
from collections.abc import Iterator
from typing import Final
from unicodedata import east_asian_width

from markupsafe import Markup, escape

INK: Final = "#17211f"
QUIET: Final = "#4a5654"

LINE = 20
"""Pixels from one line to the next."""

_LONGEST = 34
"""Letters of a label that stand beside each other on the narrowest screen."""

_LINES = 4
"""Lines that a label may have."""

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of what follows: each text has the one of its letters."""


def broken(label: str) -> list[str]:
    """A label as a few lines that fit beside nothing else; a word that is longer than a line is cut."""
    lines, room = [""], 0
    for word in label.split():
        for part in _pieces(word):
            wide = _width(part)
            if lines[-1] and room + 1 + wide > _LONGEST:
                lines.append(part)
                room = wide
            else:
                room += wide + bool(lines[-1])
                lines[-1] = f"{lines[-1]} {part}".strip()
        if len(lines) > _LINES:
            return [*lines[: _LINES - 1], f"{lines[_LINES - 1][:-1]}…"]
    return lines


def _pieces(word: str) -> Iterator[str]:
    """A word in parts that are no wider than a line."""
    piece, room = "", 0
    for letter in word:
        wide = _width(letter)
        if room + wide > _LONGEST:
            yield piece
            piece, room = "", 0
        piece, room = piece + letter, room + wide
    yield piece


def _width(text: str) -> int:
    """How wide a text is, in letters: those of East Asia take two."""
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def lettering(
    text: str, *, x: str, y: float, anchor: str = "start", fill: str = INK, weight: str = "400", size: int = 14
) -> str:
    """A line of text as an element; nothing for none."""
    if not text:
        return ""
    anchored = f' text-anchor="{anchor}"' if anchor != "start" else ""
    heavy = f' font-weight="{weight}"' if weight != "400" else ""
    return f'<text x="{x}" y="{y:.1f}" font-size="{size}" fill="{fill}"{anchored}{heavy}>{safe(text)}</text>'


def paragraph(text: str, down: float, *, fill: str = INK) -> tuple[str, float]:
    """A text below ``down`` in the lines that it takes, and where the last of them ends."""
    body = ""
    for each in broken(text):
        down += LINE
        body += lettering(each, x="0", y=down - 5, fill=fill)
    return body, down


def safe(text: str) -> Markup:
    """A text as it may stand in a picture: without markup, without what XML does not know, and in its own direction."""
    return escape(_DIRECTIONS.sub("", _NO_XML.sub("\ufffd", text)))
