"""The page of a search: the form with its filters folded, and what was found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from passport.model.passport import Level
from passport.model.search import Query
from passport.published import Published
from passport.published.groups import Facet
from passport.service.findable import GROUP, KIND, LEVEL, facets
from passport.web.pages import kinds
from passport.web.pages.sheet import Picture, Sheets, bars_of, kind_of, name_of, picture_of
from passport.web.pages.views import Document
from passport.web.pages.words import Text, Words

PATH = "/search"
SHOWN_VALUES = 12
SHOWN_SPANS = 8
SHOWN_MATERIALS = 3
SHOWN_IGNORED = 200
"""Symbols of the names of ignored parameters."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One product found. ``made`` is how many batches and pieces were made to it, if it is a model."""

    code: str
    level: Level
    document: Document
    model_document: Document | None
    made: int


@dataclass(frozen=True, slots=True)
class Likely:
    """A kind that may have been meant: its code and what it is called by language."""

    code: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SearchView:
    """A question and its answer. ``counts``, ``spans``, ``total`` and ``bounded`` are as in ``Hits``.

    ``units`` are those of the measured fields, ``following`` the path of the next part, ``behind`` how many documents
    the index does not know yet. ``instead`` is the question that is answered in the place of one that nothing fits: it
    lacks the words ``left_out``. ``ignored`` are parameters that mean nothing.
    """

    asked: Query
    total: int
    bounded: bool
    rows: tuple[FoundRow, ...]
    counts: Mapping[str, tuple[tuple[str, int], ...]]
    spans: Mapping[str, tuple[Decimal, Decimal, int]]
    units: Mapping[str, str | None]
    kinds: Mapping[str, Mapping[str, str]]
    suggested: tuple[Likely, ...] = ()
    following: str | None = None
    behind: int = 0
    instead: Query | None = None
    left_out: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the results."""

    code: str
    name: Text
    level: str
    kind: Text | None
    maker: str
    picture: Picture | None
    figures: tuple[str, ...]
    made: int
    comparable: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to narrow by."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition that holds now, and the path of the same question without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Span:
    """One measure to narrow by: what was found lies between ``low`` and ``high``."""

    field: str
    label: str
    low: str
    high: str
    least: str
    most: str


def offered(known: Iterable[str]) -> tuple[str, ...]:
    """What can be narrowed by with counts, in the order of the page; ``known`` are the names of the groups' facets."""
    return (LEVEL, KIND, *known, GROUP)


def pairs(asked: Query) -> list[tuple[str, str]]:
    """A question as the fields of its form."""
    found = [("q", asked.text)] if asked.text else []
    found += [(key, value) for key, values in asked.codes.items() for value in sorted(values)]
    for field, (low, high) in asked.ranges.items():
        found += [(f"{end}[{field}]", f"{each:f}") for end, each in (("min", low), ("max", high)) if each is not None]
    return found


def path(fields: Iterable[tuple[str, str]]) -> str:
    """The path of the question with these fields."""
    query = urlencode(list(fields))
    return f"{PATH}?{query}" if query else PATH


class Results:
    """Makes what the search page shows, in one language."""

    def __init__(self, words: Words, published: Published, sheets: Sheets, base: str) -> None:
        self._words = words
        self._published = published
        self._sheets = sheets
        self._base = base
        self._facets: Mapping[str, Facet] = facets(published)
        self._offered = offered(self._facets)

    def values(self, view: SearchView) -> dict[str, object]:
        """The values of the template."""
        return {
            "switch": PATH,
            "text": view.asked.text,
            "total": view.total,
            "total_shown": self._words.quantity(view.total, None),
            "bounded": view.bounded,
            "asked": bool(pairs(view.asked)),
            "lines": [self._line(row) for row in view.rows],
            "facets": [(key, self._key(key), found) for key in self._offered if (found := self._choices(view, key))],
            "spans": self._spans(view),
            "kept": [
                (key, value) for key, values in view.asked.codes.items() if key not in self._offered for value in values
            ],
            "chips": self._chips(view),
            "suggested": [(kind.code, self._labelled(kind.labels, kind.code)) for kind in view.suggested],
            "following": view.following,
            "behind": view.behind,
            "instead": view.instead.text if view.instead is not None else None,
            "left_out": ", ".join(view.left_out),
            "ignored": ", ".join(view.ignored)[:SHOWN_IGNORED],
        }

    def _line(self, row: FoundRow) -> Line:
        words = self._words
        documents = [each for each in (row.document, row.model_document) if each is not None]
        plan = self._sheets.plan(row.document, row.level)
        return Line(
            row.code,
            name_of(words, documents, row.code, plan),
            kinds.level(words, row.level),
            kind_of(words, documents, plan),
            _maker(documents),
            picture_of(words, documents, self._base),
            tuple(self._figures(documents)),
            row.made,
            row.level is Level.MODEL,
        )

    def _figures(self, documents: Sequence[Document]) -> Iterable[str]:
        words = self._words
        for document in documents:
            bars = bars_of(words, document)
            if bars:
                yield ", ".join(f"{bar.label.value} {bar.percent}" for bar in bars[:SHOWN_MATERIALS])
                break
        weight = next((each["netWeight"] for each in documents if "netWeight" in each), None)
        if weight is not None:
            yield f"{words.field('netWeight')}: {words.quantity(weight, 'kg')}"

    def _choices(self, view: SearchView, key: str) -> list[Choice]:
        chosen = view.asked.codes.get(key, frozenset())
        counted = dict(view.counts.get(key, ()))
        values = [*sorted(chosen), *(value for value in counted if value not in chosen)]
        if len(values) < 2 and not chosen:
            return []
        shown = values[: max(SHOWN_VALUES, len(chosen))]
        return [Choice(each, self._value(view, key, each), counted.get(each, 0), each in chosen) for each in shown]

    def _spans(self, view: SearchView) -> list[Span]:
        fields = [*view.asked.ranges, *(field for field in view.spans if field not in view.asked.ranges)]
        return [self._span(view, field) for field in fields[: max(SHOWN_SPANS, len(view.asked.ranges))]]

    def _span(self, view: SearchView, field: str) -> Span:
        low, high = view.asked.ranges.get(field, (None, None))
        least, most, _ = view.spans.get(field, (None, None, 0))
        unit = view.units.get(field)
        return Span(
            field,
            self._measure(field),
            "" if low is None else f"{low:f}",
            "" if high is None else f"{high:f}",
            "" if least is None else self._words.quantity(_plain(least), unit),
            "" if most is None else self._words.quantity(_plain(most), unit),
        )

    def _chips(self, view: SearchView) -> list[Chip]:
        fields = pairs(view.asked)
        chips = []
        for pair in fields:
            key, value = pair
            if key == "q":
                continue
            without = path(each for each in fields if each != pair)
            chips.append(Chip(self._key(key), self._value(view, key, value), without))
        return chips

    def _key(self, key: str) -> str:
        _ = self._words.texts.gettext
        names = {
            "level": _("Level"),
            "kind": _("Kind"),
            "group": _("Product group"),
            "model": _("Made to the model"),
            "has": _("Says something about"),
        }
        if key.startswith("min["):
            return _("%(measure)s, at least") % {"measure": self._measure(key[4:-1])}
        if key.startswith("max["):
            return _("%(measure)s, at most") % {"measure": self._measure(key[4:-1])}
        return names.get(key) or self._labelled(self._facets[key].titles, key)

    def _value(self, view: SearchView, key: str, value: str) -> str:
        words = self._words
        if key == "level":
            return kinds.level(words, value)
        if key == "kind":
            return self._labelled(view.kinds.get(value, {}), value)
        if key == "has":
            return words.field(value)
        if key == "group":
            return self._group(value)
        if key in self._facets and (code_list := self._facets[key].code_list):
            return words.code(code_list, value).value
        if key.startswith(("min[", "max[")):
            return words.quantity(value, view.units.get(key[4:-1]))
        return value

    def _group(self, name: str) -> str:
        if name not in self._published.groups():
            return name
        return self._labelled(self._published.group(name, self._published.current(name)).titles, name)

    def _measure(self, field: str) -> str:
        """What a measured field is called; one that spans two is called by both."""
        words = self._words
        above, _, name = field.rpartition("/")
        terms = self._published.terms()
        if name in terms:
            own = words.field(name)
        else:
            own = " – ".join(words.field(name + ending) for ending in ("Min", "Max"))
        return f"{words.field(above)}: {own[:1].lower()}{own[1:]}" if above and above != "dimensions" else own

    def _labelled(self, labels: Mapping[str, str], otherwise: str) -> str:
        return labels.get(self._words.language) or labels.get("en") or otherwise


def _maker(documents: Sequence[Document]) -> str:
    for document in documents:
        maker = document.get("manufacturer")
        if isinstance(maker, Mapping) and "name" in maker:
            return str(maker["name"])
    return ""


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
