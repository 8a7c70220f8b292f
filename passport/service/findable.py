"""What a passport says, as it can be found: read by the published shape, so that any product group is found alike."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from passport.model.passport import Level
from passport.model.search import Description, Findable, Measure, Pair
from passport.published import Field, Published
from passport.published.groups import Facet, Group

FORM = "2"
"""Changes with what is made of a passport here: the index then begins anew."""

KIND, MODEL, GROUP, LEVEL, HAS = "kind", "model", "group", "level", "has"

_HEADERS = frozenset(
    {
        "granularity",
        "profile",
        "productGroup",
        "uniqueProductIdentifier",
        "economicOperatorId",
        "modelPassport",
        "batchPassport",
        "previousPassports",
        "registrationId",
    }
)
"""Fields that tell where a document belongs, and nothing of the product."""

_SILENT = frozenset({"evidence", "image"})
"""Fields about the passport's own claims and pictures, whose words are not the product's."""

_MIN, _MAX = "Min", "Max"
_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What one document says. ``identifiers`` are the short texts that stand at its top."""

    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    codes: tuple[Pair, ...] = ()
    measures: tuple[Measure, ...] = ()


class Describer:
    """Makes descriptions of passports. Keeps those it made: pieces of one model mostly share one."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._models: dict[tuple[str, int], Facts] = {}
        self._made: dict[tuple[Level, Facts, tuple[str, int] | None], Description] = {}

    def product(
        self, code: str, document: Mapping[str, Any], model: tuple[str, Mapping[str, Any]] | None = None
    ) -> Findable:
        """One product; ``model`` is the code of the model that it was made to, with what is true of that.

        A piece is found by all that is said of its model, too, unless it says otherwise itself.
        """
        level = Level(document["granularity"])
        own = self._facts(document)
        if level is Level.MODEL:
            own = replace(own, words=own.words + own.identifiers, identifiers=())
        place = (model[0], int(model[1]["version"])) if model else None
        key = (level, replace(own, identifiers=()), place)
        if key not in self._made:
            _spare(self._made)
            inherited = self._inherited(place, model[1]) if model and place else Facts()
            self._made[key] = _together(level, own, inherited, place[0] if place else None)
        return Findable(code, own.identifiers, self._made[key])

    def _inherited(self, place: tuple[str, int], document: Mapping[str, Any]) -> Facts:
        if place not in self._models:
            _spare(self._models)
            self._models[place] = self._facts(document)
        return self._models[place]

    def _facts(self, document: Mapping[str, Any]) -> Facts:
        group = self._published.group_of(document)
        shape = self._published.shape(group.name, group.version, str(document["granularity"]))
        reading = _Reading(group, self._published)
        for field in shape.fields:
            if field.name in document and not (field.server or field.opening or field.name in _HEADERS):
                reading.top(field, document[field.name])
        return reading.facts()


class _Reading:
    """One document being read."""

    def __init__(self, group: Group, published: Published) -> None:
        self._group = group
        self._published = published
        self._lists = {each.code_list: each.name for each in group.facets if each.code_list is not None}
        self._paths = {each.path: each.name for each in group.facets if each.path}
        self._names: dict[int, tuple[str, ...]] = {}
        self._kinds: list[str] = []
        self._words: list[str] = []
        self._identifiers: list[str] = []
        self._codes: dict[Pair, None] = {(GROUP, group.name): None}
        self._measures: dict[str, Decimal] = {}

    def facts(self) -> Facts:
        """What was read."""
        spans: dict[str, list[Decimal]] = {}
        for name, number in sorted(self._measures.items()):
            spans.setdefault(_span_of(name, self._measures), []).append(number)
        return Facts(
            tuple(name for _, each in sorted(self._names.items()) for name in each),
            tuple(self._kinds),
            tuple(self._words),
            tuple(self._identifiers),
            tuple(sorted(self._codes)),
            tuple((name, min(numbers), max(numbers)) for name, numbers in spans.items()),
        )

    def top(self, field: Field, value: Any) -> None:
        """A field at the top of the document."""
        if field.name in _SILENT:
            self._codes[HAS, field.name] = None
        elif field.name in self._group.names:
            self._codes[HAS, field.name] = None
            self._names[self._group.names.index(field.name)] = tuple(_said(value))
        else:
            self._read(field, value, (field.name,), single=True)

    def _read(self, field: Field, value: Any, path: tuple[str, ...], *, single: bool) -> None:
        self._codes[HAS, field.name] = None
        if field.kind == "language":
            self._words += _said(value)
            return
        single = single and not field.many
        for each in value if field.many else (value,):
            if field.kind == "object":
                self._members(field, each, path, single=single)
            elif field.code_list:
                self._code(field.code_list, str(each), path)
            elif field.kind == "string":
                self._text(str(each), path)
            elif field.kind in ("decimal", "integer") and single:
                self._measure("/".join(path), each)

    def _members(self, field: Field, value: Mapping[str, Any], path: tuple[str, ...], *, single: bool) -> None:
        if "url" in value:
            return
        for inner in field.fields:
            if inner.name in value:
                self._read(inner, value[inner.name], (*path, inner.name), single=single)

    def _code(self, code_list: str, code: str, path: tuple[str, ...]) -> None:
        if path[0] in self._group.beside:
            self._codes[f"{path[0]}/{code_list}", code] = None
            return
        self._codes[code_list, code] = None
        if path == (self._group.kind,):
            self._codes[KIND, code] = None
            self._kinds += self._labels(code_list, code)
        elif code_list in self._lists:
            self._codes[self._lists[code_list], code] = None
            self._words += self._labels(code_list, code)

    def _text(self, text: str, path: tuple[str, ...]) -> None:
        if path in self._paths:
            self._codes[self._paths[path], text] = None
        elif len(path) == 1:
            self._identifiers.append(text)
            return
        self._words.append(text)

    def _measure(self, name: str, value: Any) -> None:
        try:
            self._measures[name] = Decimal(str(value))
        except InvalidOperation:
            return

    def _labels(self, code_list: str, code: str) -> tuple[str, ...]:
        concept = self._published.code_list(code_list).codes.get(code)
        return tuple(concept.labels.values()) if concept else ()


def facets(published: Published) -> Mapping[str, Facet]:
    """What products can be narrowed by, by name: the facets of the newest version of each group."""
    groups = [published.group(name, published.current(name)) for name in reversed(published.groups())]
    found = {facet.name: facet for group in groups for facet in group.facets}
    order = dict.fromkeys(facet.name for group in reversed(groups) for facet in group.facets)
    return {name: found[name] for name in order}


def measured(published: Published) -> Mapping[str, Field]:
    """The fields that products can be found by their values of: by path, those of the newest version of each group."""
    found: dict[str, Field] = {}
    for group in published.groups():
        for level in Level:
            fields = published.shape(group, published.current(group), level.value).fields
            found |= dict(_numbers([field for field in fields if field.name not in _HEADERS], ""))
    return {_span_of(name, found): field for name, field in found.items()}


def _numbers(fields: Iterable[Field], above: str) -> Iterable[tuple[str, Field]]:
    for field in fields:
        if field.server or field.opening or field.many or field.tier != "public":
            continue
        if field.kind in ("decimal", "integer"):
            yield above + field.name, field
        yield from _numbers(field.fields, f"{above}{field.name}/")


def _span_of(name: str, known: Collection[str]) -> str:
    """What a measure is called: ``seatHeightMin`` and ``seatHeightMax`` together are one that spans both."""
    for ending, other in ((_MIN, _MAX), (_MAX, _MIN)):
        if name.endswith(ending) and name.removesuffix(ending) + other in known:
            return name.removesuffix(ending)
    return name


def _said(value: Iterable[Mapping[str, str]]) -> list[str]:
    return [each["value"] for each in value]


def _together(level: Level, own: Facts, inherited: Facts, model: str | None) -> Description:
    measures = {measure[0]: measure for measure in (*inherited.measures, *own.measures)}
    places: tuple[Pair, ...] = ((LEVEL, level.value), *(((MODEL, model),) if model else ()))
    theirs = [code for code in inherited.codes if code[0] != KIND] if _kinds(own) else inherited.codes
    return Description(
        level,
        own.names + inherited.names,
        own.kinds or inherited.kinds,
        own.words + inherited.words + inherited.identifiers,
        tuple(dict.fromkeys((*own.codes, *theirs, *places))),
        tuple(measures.values()),
    )


def _kinds(facts: Facts) -> bool:
    return any(key == KIND for key, _ in facts.codes)


def _spare(kept: dict[Any, Any]) -> None:
    if len(kept) > _KEPT:
        kept.clear()
