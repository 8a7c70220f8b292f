"""What a query answered, as readable cells: tables, a yes or no, or the text of a graph. Nothing in it is trusted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from json import JSONDecoder
from typing import Any, Final
from urllib.parse import quote

from passport.model.shortcode import grouped
from passport.published import VOCAB, Published
from passport.published.namespaces import RDF, XSD, prefixes
from passport.web.pages.formats import web_address
from passport.web.pages.words import Text, Words

SHOWN: Final = 500
"""Rows, or lines of a graph, that a page shows."""

COLUMNS: Final = 50
"""Columns that a page shows."""

CELLS: Final = 10_000
"""Cells that a page shows: of a wide table fewer rows."""

COUNTED: Final = 20_000
"""Rows that are counted."""

READ: Final = 4 * 1024 * 1024
"""Bytes of an answer that are read to count its rows; what is longer has more rows than were counted."""

PREFIXES: Final = prefixes("fp", "schema", "dcterms", "epcis", "prov", "skos", "rdf", "rdfs", "xsd")
"""Short names of the vocabularies that the data uses."""

_LONGEST: Final = 300
_LINES: Final = 200_000
_DIGITS: Final = 1_000
_EXPONENT: Final = 10**9
"""Powers of ten of a number that is reckoned with, at most: beyond 10^18 it could not even be rounded."""
_NUMBERS: Final = frozenset(
    XSD + each
    for each in (
        *("integer", "decimal", "double", "float", "int", "long", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_SILENT: Final = frozenset(XSD + each for each in ("string", "date", "dateTime", "boolean", "anyURI"))
_LOCAL: Final = re.compile(r"[A-Za-z_][\w.-]*")
_CODE: Final = re.compile(r"[0-9A-Z]{9}")
_LIST: Final = re.compile(r"codes/([a-z0-9-]+)/([\w.:-]+)")
_BINDINGS: Final = re.compile(r'"bindings"\s*:\s*\[')
_VARIABLES: Final = re.compile(r'"vars"\s*:\s*')
_TRUTH: Final = re.compile(r'"boolean"\s*:\s*(true|false)')
_GAP: Final = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: what is shown, whether it is a number, which stands to the right, and a literal's datatype.

    ``amount`` is the number, None for what is not finite or beyond all measure.
    """

    text: Text
    number: bool = False
    kind: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The beginning of a table. ``total`` rows were counted; with ``more`` there are even more than that.

    ``wide`` says that it has more columns than those with ``names``.
    """

    names: tuple[str, ...]
    cells: tuple[tuple[Cell | None, ...], ...]
    total: int
    more: bool
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """The beginning of a graph, as text; ``more`` says that it goes on."""

    text: str
    more: bool


def truth(body: bytes) -> bool:
    """The answer to ASK, from SPARQL results in JSON."""
    found = _TRUTH.search(body.decode("utf-8", "replace"))
    return found is not None and found[1] == "true"


def lines(body: bytes, *, whole: bool) -> Lines:
    """The first lines of a graph; ``whole`` says that ``body`` is all of it."""
    text = body.decode("utf-8", "replace")
    parts = text.splitlines()
    shown = "\n".join(parts[:SHOWN])
    return Lines(shown[:_LINES], not whole or len(parts) > SHOWN or len(shown) > _LINES)


class Reader:
    """Reads answers for people of one language."""

    def __init__(self, words: Words, published: Published, base: str) -> None:
        """``base`` is the service's address without a slash at its end."""
        self._words = words
        self._published = published
        self._base = base + "/"

    def rows(self, body: bytes, *, whole: bool) -> Rows:
        """A table from SPARQL results in JSON, which may be cut anywhere when they are not ``whole``."""
        text = body.decode("utf-8", "ignore")
        bindings = _bindings(text)
        kept = [*islice(bindings, SHOWN)]
        total = len(kept) + sum(1 for _ in islice(bindings, COUNTED - SHOWN))
        more = not whole or next(bindings, None) is not None
        every = _variables(text) or tuple(dict.fromkeys(name for each in kept for name in each))
        names = every[:COLUMNS]
        most = CELLS // max(1, len(names))
        cells = tuple(tuple(self.cell(each.get(name)) for name in names) for each in kept[:most])
        return Rows(names, cells, total, more, wide=len(every) > COLUMNS)

    def cell(self, term: object) -> Cell | None:
        """One RDF term of SPARQL results in JSON; None where there is none."""
        if not isinstance(term, Mapping):
            return None
        value = str(term.get("value", ""))
        if term.get("type") == "uri":
            return Cell(self.iri(value))
        if term.get("type") == "bnode":
            return Cell(Text(short(f"_:{value}")))
        kind = str(term.get("datatype") or "")
        if kind in _NUMBERS:
            return Cell(Text(short(value)), number=True, kind=kind, amount=_amount(value))
        tongue = str(term.get("xml:lang") or term.get("lang") or "")
        note = tongue or ("" if kind in _SILENT or not kind else self.compact(kind))
        other = tongue if tongue.partition("-")[0] != self._words.language else ""
        told = f"{RDF}langString" if tongue else kind or f"{XSD}string"
        return Cell(Text(short(value), _tag(other), note=short(note)), kind=told)

    def iri(self, iri: str) -> Text:
        """An IRI: ours by its name, others in short form; a link where one may be followed."""
        for start, name in ((self._base, self._own), (VOCAB, self._term)):
            if iri.startswith(start):
                found = name(iri.removeprefix(start), iri)
                if found is not None:
                    return found
        return Text(self.compact(iri), href=web_address(iri) or "")

    def compact(self, iri: str) -> str:
        """An IRI with the prefix of its vocabulary, or as it is; never very long."""
        for prefix, start in PREFIXES.items():
            local = iri.removeprefix(start)
            if local != iri and _LOCAL.fullmatch(local):
                return f"{prefix}:{local}"
        return short(iri)

    def _own(self, rest: str, iri: str) -> Text | None:
        """What this service itself has: passports, products, events, organisations."""
        if rest.startswith("/") or web_address(iri) is None:
            return None
        _ = self._words.texts.gettext
        href = f"/{rest}"
        kind, _slash, name = rest.partition("/")
        code, rest_of_name = name[:9], name[9:]
        if kind in ("passports", "p") and _CODE.fullmatch(code) and rest_of_name[:1] in ("", "/", "#"):
            more = rest_of_name.replace("/versions/", f" {_('version')} ").replace("#", " #")
            return Text(short(grouped(code) + more), href=href)
        if kind == "events":
            return Text(f"{_('Event')} {short(name[:8])}", href=href)
        if kind == "organisations":
            return Text(short(name), href=href)
        return Text(short(href), href=href)

    def _term(self, rest: str, _iri: str) -> Text | None:
        """What the vocabulary has: a code by its label, a term by its short name, with its label beside it."""
        coded = _LIST.fullmatch(rest)
        if coded is not None:
            label = self._words.code(coded[1], coded[2])
            return Text(label.value, label.lang, href=f"/vocab/codes/{coded[1]}/{quote(coded[2], safe='')}")
        if rest in self._published.terms():
            return Text(f"fp:{rest}", href=f"/vocab/{rest}", note=self._words.field(rest))
        return None


def _amount(text: str) -> Decimal | None:
    try:
        found = Decimal(text) if len(text) <= _DIGITS else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and abs(found.adjusted()) <= _EXPONENT else None


def _variables(text: str) -> tuple[str, ...]:
    start = _VARIABLES.search(text)
    if start is None:
        return ()
    try:
        found, _ = JSONDecoder().raw_decode(text, start.end())
    except ValueError:
        return ()
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _bindings(text: str) -> Iterator[Mapping[str, Any]]:
    """The solutions one by one, as far as they are whole."""
    start = _BINDINGS.search(text)
    decode = JSONDecoder().raw_decode
    place = start.end() if start else len(text)
    while place < len(text):
        gap = _GAP.match(text, place)
        place = gap.end() if gap else place
        if text[place : place + 1] != "{":
            return
        try:
            found, place = decode(text, place)
        except ValueError:
            return
        yield found


def numeric(rows: Rows) -> Sequence[bool]:
    """Which columns hold numbers alone."""
    columns = zip(*rows.cells, strict=True) if rows.cells else ((),) * len(rows.names)
    found = []
    for column in columns:
        filled = [each for each in column if each is not None]
        found.append(bool(filled) and all(each.number for each in filled))
    return found


def _tag(tongue: str) -> str:
    return tongue if re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", tongue) else ""


def short(text: str) -> str:
    """A text, or its beginning where it is very long."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
