"""Worked example queries as files: the head that says what a query asks and how its answer is drawn, and its text.

A file begins with comment lines, each ``# Name: text``::

    # Title: End of life of furniture
    # Question: What becomes of pieces at the end of their lives, by mass?
    # Reading: How to read the picture, in a sentence or two.
    # Plot: bars; label=endingName; value=mass
    # Column ending: iri
    # Column endingName: text; End; ending

Title, question, reading and the names of columns are the messages of the catalogue ``queries``. A column is named, then
its kind, then what readers call it, then the column that has the IRI behind it; one of kind ``iri`` has no name. The
query is SPARQL 1.1 that any engine runs; where it picks labels in English, ``in_language`` picks others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from passport.model.languages import LANGUAGES

CATALOGUE: Final = "queries"
"""The name of the catalogues of what the heads say."""

QUANTITIES: Final = frozenset({"integer", "ordinal", "year", "kg", "percent", "months", "minutes", "number"})
"""Kinds of columns that hold numbers."""

KINDS: Final = QUANTITIES | {"text", "iri", "country"}

PLOTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "bars": frozenset({"label", "value"}),
        "stacked": frozenset({"label", "value", "series"}),
        "lines": frozenset({"label", "value", "series"}),
        "scatter": frozenset({"label", "x", "y"}),
    }
)
"""Kinds of plots, and what each needs a column for."""

_HEAD = re.compile(r"# (Title|Question|Reading|Plot|Column ([A-Za-z]+)): (\S.*)")
_PICKED = re.compile(r'(LANG\(\?[A-Za-z]+\) = )"en"')


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer. ``title`` is English; ``link`` names the column with the IRI of what this one names."""

    name: str
    kind: str
    title: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """How an answer is drawn: the kind, and the column for each of its axes."""

    kind: str
    axes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WorkedQuery:
    """One example: ``name`` is its file's, its texts are English, ``text`` is the whole file."""

    name: str
    title: str
    question: str
    reading: str
    plot: Plot
    columns: tuple[Column, ...]
    text: str

    def in_language(self, language: str) -> str:
        """The query with labels in a language of the interface; any other language is refused with ``ValueError``."""
        if language not in LANGUAGES:
            raise ValueError(f"no language of the interface: {language!r}")
        return _PICKED.sub(rf'\g<1>"{language}"', self.text)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(each for each in self.columns if each.name == name)

    @property
    def messages(self) -> tuple[str, ...]:
        """Every text that readers see, for the catalogues."""
        titles = tuple(each.title for each in self.columns if each.title)
        return (self.title, self.question, self.reading, *titles)


def read(name: str, text: str) -> WorkedQuery:
    """The example in a file. Raises ``ValueError`` that says what is wrong with its head."""
    said: dict[str, str] = {}
    columns: list[Column] = []
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        match = _HEAD.fullmatch(line)
        if match is None:
            raise ValueError(f"{name}: no line of a head: {line}")
        if match[2]:
            columns.append(_column(name, match[2], match[3]))
        else:
            said[match[1]] = match[3]
    missing = {"Title", "Question", "Reading", "Plot"} - said.keys()
    if missing:
        raise ValueError(f"{name}: the head lacks {', '.join(sorted(missing))}")
    plot = _plot(name, said["Plot"], {each.name: each for each in columns})
    links = {each.link for each in columns if each.link} - {each.name for each in columns if each.kind == "iri"}
    if links:
        raise ValueError(f"{name}: no column of IRIs: {', '.join(sorted(links))}")
    return WorkedQuery(name, said["Title"], said["Question"], said["Reading"], plot, tuple(columns), text)


@lru_cache(maxsize=4)
def published(folder: Path) -> Mapping[str, WorkedQuery]:
    """The examples in a folder of published files, by name and in the order of their names; read once."""
    files = sorted(folder.glob("queries/*.rq"))
    return MappingProxyType({file.stem: read(file.stem, file.read_text(encoding="utf-8")) for file in files})


def _column(name: str, column: str, said: str) -> Column:
    kind, *rest = said.split("; ")
    if kind not in KINDS or len(rest) > 2 or (kind != "iri" and not rest):
        raise ValueError(f"{name}: column {column} is not described: {said}")
    return Column(column, kind, rest[0] if rest else "", rest[1] if len(rest) > 1 else None)


def _plot(name: str, said: str, columns: Mapping[str, Column]) -> Plot:
    kind, *pairs = said.split("; ")
    axes = dict(each.partition("=")[::2] for each in pairs)
    if axes.keys() != PLOTS.get(kind):
        raise ValueError(f"{name}: no plot of a known kind: {said}")
    for axis, column in axes.items():
        found = columns.get(column)
        if found is None or (axis in {"value", "x", "y"} and found.kind not in QUANTITIES):
            raise ValueError(f"{name}: the plot has no column {column} for its {axis}")
    return Plot(kind, MappingProxyType(axes))
