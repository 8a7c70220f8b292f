"""Search, for people and their machines: one address, as a page and as JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Query, Request, Response

from passport.codecs.documents import inner
from passport.errors import Malformed, Miswritten
from passport.model.passport import Standing
from passport.model.search import Hits
from passport.model.search import Query as Asked
from passport.published import Field
from passport.published.groups import Facet
from passport.service import asking, resolution, search
from passport.service.findable import GROUP, HAS, KIND, LEVEL, MODEL, facets, measured
from passport.web import cursors
from passport.web.answers import HTML, JSON, Answer, Scope, respond
from passport.web.cursors import Cursor
from passport.web.pages.composition import shares
from passport.web.pages.results import FoundRow, Likely, SearchView, offered, pairs, path
from passport.web.site import Operation, Site

PART = 20
SUGGESTED = 4
VALUES = 20
"""Most values of one filter, and most filters of measures."""

LONGEST = 200
_SEARCH = "search"
_PLAIN = frozenset({"q", KIND, GROUP, LEVEL, MODEL, HAS, "cursor", "lang"})
"""Every parameter that is neither a facet nor a measure."""

_RANGE = re.compile(r"(min|max)\[([A-Za-z0-9/]{1,100})\]")
_NUMBER = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,9})?")

_END = {
    "in": "query",
    "required": False,
    "style": "deepObject",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string", "pattern": _NUMBER.pattern}},
    "example": {"netWeight": "8", "dimensions/width": "700"},
}
_RANGES: tuple[Mapping[str, object], ...] = tuple(
    {"name": name, "description": f"The {which} value of measured fields, by path and in the field's unit.", **_END}
    for name, which in (("min", "smallest"), ("max", "largest"))
)
_TEXTS = {"type": "array", "items": {"type": "object"}, "description": "`{value, language}` pairs."}
_NAMED = {"type": ["string", "null"]}
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "required": ["total", "atLeast", "results", "facets", "measures", "behind", "suggestions"],
    "properties": {
        "total": {"type": "integer", "description": "Products that fit."},
        "atLeast": {"type": "boolean", "description": "There are more than were counted: narrow the question."},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "passport", "granularity", "group", "made"],
                "properties": {
                    "code": {"type": "string"},
                    "passport": {"type": "string", "format": "uri"},
                    "granularity": {"enum": ["model", "batch", "item"]},
                    "group": {"type": "string"},
                    "names": {"anyOf": [_TEXTS, {"type": "null"}]},
                    "kind": _NAMED,
                    "maker": _NAMED,
                    "netWeight": {**_NAMED, "description": "Kilograms."},
                    "materials": {
                        "type": "array",
                        "description": "Shares of the mass, as far as the passport tells.",
                        "items": {
                            "type": "object",
                            "properties": {"class": {"type": "string"}, "percent": {"type": "string"}},
                        },
                    },
                    "image": _NAMED,
                    "made": {"type": "integer", "description": "Batches and pieces made to this model."},
                },
            },
        },
        "facets": {
            "type": "object",
            "description": "What the results can be narrowed by: the values of each filter with their counts.",
            "additionalProperties": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"value": {"type": "string"}, "count": {"type": "integer"}},
                },
            },
        },
        "measures": {
            "type": "object",
            "description": "The smallest and largest value of each measured field among the results.",
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "min": {"type": "string"},
                    "max": {"type": "string"},
                    "unit": _NAMED,
                    "count": {"type": "integer"},
                },
            },
        },
        "behind": {"type": "integer", "description": "Documents that are accepted but cannot be found yet."},
        "suggestions": {
            "type": "array",
            "description": "Kinds that may have been meant, when nothing fits.",
            "items": {
                "type": "object",
                "properties": {"kind": {"type": "string"}, "labels": {"type": "object"}},
            },
        },
        "instead": {
            "type": "object",
            "description": "When nothing has all words of the question: as many of them as fit together.",
            "properties": {
                "q": {"type": "string"},
                "leftOut": {"type": "array", "items": {"type": "string"}},
                "total": {"type": "integer"},
                "search": {"type": "string", "format": "uri"},
            },
        },
        "next": {"type": "string", "format": "uri", "description": "The next part, until the end."},
    },
}

_WORDS = "Words in any of the languages, a number, or the code or the address of a passport."
Text = Annotated[str, Query(alias="q", max_length=LONGEST, description=_WORDS)]
Values = list[Annotated[str, Query(max_length=LONGEST)]] | None


def _values(what: str) -> Any:
    return Query(max_length=VALUES, description=f"{what}; may be repeated: one of them must fit.")


class Searching:
    """Finding passports by what they say."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system

    @cached_property
    def _measured(self) -> Mapping[str, Field]:
        return measured(self._system.published)

    @cached_property
    def _facets(self) -> Mapping[str, Facet]:
        return facets(self._system.published)

    @cached_property
    def _kinds(self) -> Mapping[str, Mapping[str, str]]:
        return {kind.code: kind.labels for kind in search.kinds(self._system.published)}

    def operations(self) -> tuple[Operation, ...]:
        """The row of the route table."""
        return (
            Operation(
                "search",
                "GET",
                "/search",
                self.search,
                "Browse",
                (JSON, HTML),
                refuses=(400, 406),
                parameters=(*(_parameter(each) for each in self._facets.values()), *_RANGES),
                schema=SCHEMA,
            ),
        )

    async def search(
        self,
        request: Request,
        q: Text = "",
        kind: Annotated[Values, _values("Code of the kind of thing")] = None,
        group: Annotated[Values, _values("Product group")] = None,
        level: Annotated[Values, _values("model, batch or item")] = None,
        model: Annotated[Values, _values("Short code of a model: what was made to it")] = None,
        has: Annotated[Values, _values("Name of a field that the passport has")] = None,
        cursor: Cursor = None,
    ) -> Response:
        """Find models, batches and pieces by what their public passports say; models come first.

        All filters must fit. Measures: `min[netWeight]=2&max[netWeight]=8.5`, by the field's path and in its unit.
        Other parameters are refused; a page only says that it ignored them.
        """
        given = {
            KIND: kind,
            **{name: _given(request, name) for name in self._facets},
            GROUP: group,
            LEVEL: level,
            MODEL: [_code(each) for each in model or () if each.strip()],
            HAS: has,
        }
        asked = Asked(
            q,
            {
                key: frozenset(filled)
                for key, values in given.items()
                if (filled := [each for each in values or () if each])
            },
            _ranges(request, self._measured),
            cursors.take(_SEARCH, cursor),
            PART,
            offered(self._facets),
        )
        return respond(await to_thread.run_sync(self._answer, request.scope, asked, self._strange(request)))

    def _strange(self, request: Request) -> tuple[str, ...]:
        """The parameters of a request that mean nothing here."""
        known = _PLAIN | self._facets.keys()
        return tuple(
            dict.fromkeys(name for name in request.query_params if name not in known and not _RANGE.fullmatch(name))
        )

    def _refuse(self, strange: Sequence[str]) -> None:
        known = ", ".join((*sorted(_PLAIN | self._facets.keys()), "min[…]", "max[…]"))
        raise Malformed(f"There is no parameter {', '.join(strange)[:LONGEST]}. The parameters are: {known}.")

    def _answer(self, scope: Scope, asked: Asked, strange: Sequence[str]) -> Answer:
        if strange and self._site.chosen(scope, (JSON, HTML)) != HTML:
            self._refuse(strange)
        found = asking.find(self._system, asked)
        hits, kept = found.hits, replace(asked, text=found.kept)
        rows = tuple(self._rows(hits))
        view = SearchView(
            asked=replace(asked, counted=()),
            total=hits.total,
            bounded=hits.bounded,
            rows=rows,
            counts=hits.counts,
            spans=hits.spans,
            units={name: field.unit for name, field in self._measured.items()},
            kinds=self._kinds,
            suggested=() if asked.after or (rows and not found.left_out) else self._likely(asked),
            behind=search.lag(self._system),
            following=path([*pairs(kept), ("cursor", cursors.give(_SEARCH, hits.after))]) if hits.after else None,
            instead=kept if found.left_out else None,
            left_out=found.left_out,
            ignored=tuple(strange),
        )
        return self._site.either(scope, self._machine(view), lambda language: self._site.pages.search(language, view))

    def _likely(self, asked: Asked) -> tuple[Likely, ...]:
        """Kinds that may have been meant by what found nothing."""
        wanted = [text for text in (asked.text, *asked.codes.get(KIND, ())) if text]
        near = [kind for text in wanted for kind in search.kinds_like(self._system.published, text)]
        return tuple({kind.code: Likely(kind.code, kind.labels) for kind in near}.values())[:SUGGESTED]

    def _rows(self, hits: Hits) -> Iterator[FoundRow]:
        """The index may be late: what is shown comes from the history, and nothing withdrawn is."""
        for code in hits.codes:
            reading = self._system.history.read(code)
            if reading is not None and reading.standing is Standing.ACTIVE:
                yield FoundRow(
                    code,
                    reading.level,
                    inner(reading.payload, reading.start),
                    resolution.model_of(self._system, reading),
                    hits.made.get(code, 0),
                )

    def _machine(self, view: SearchView) -> dict[str, Any]:
        base = self._site.base
        if view.instead is not None:
            return self._nothing(view, view.instead)
        value: dict[str, Any] = {
            "total": view.total,
            "atLeast": view.bounded,
            "results": [self._result(row) for row in view.rows],
            "facets": {
                key: [{"value": value, "count": count} for value, count in values]
                for key, values in view.counts.items()
            },
            "measures": {
                field: {"min": f"{low:f}", "max": f"{high:f}", "unit": view.units.get(field), "count": count}
                for field, (low, high, count) in view.spans.items()
            },
            "behind": view.behind,
            "suggestions": _suggestions(view),
        }
        return value | ({"next": base + view.following} if view.following else {})

    def _nothing(self, view: SearchView, instead: Asked) -> dict[str, Any]:
        """Nothing fits all words: programs get what was asked for, and are told what to ask instead."""
        return {
            "total": 0,
            "atLeast": False,
            "results": [],
            "facets": {},
            "measures": {},
            "behind": view.behind,
            "suggestions": _suggestions(view),
            "instead": {
                "q": instead.text,
                "leftOut": list(view.left_out),
                "total": view.total,
                "search": self._site.base + path(pairs(instead)),
            },
        }

    def _result(self, row: FoundRow) -> dict[str, Any]:
        group = self._system.published.group_of(row.document)
        documents = [each for each in (row.document, row.model_document) if each is not None]

        def first(*names: str) -> Any:
            return next((each[name] for each in documents for name in names if name in each), None)

        maker = first("manufacturer")
        materials = next((found for each in documents if (found := shares(each))), ())
        return {
            "code": row.code,
            "passport": self._system.passport_address(row.code),
            "granularity": row.level.value,
            "group": group.name,
            "names": first(*group.names),
            "kind": first(group.kind),
            "maker": maker.get("name") if maker else None,
            "netWeight": first("netWeight"),
            "materials": [{"class": each.code, "percent": f"{each.shown:f}"} for each in materials if each.code],
            "image": next((each.get("url") for each in first("image") or ()), None),
            "made": row.made,
        }


def _suggestions(view: SearchView) -> list[dict[str, Any]]:
    return [{"kind": kind.code, "labels": dict(kind.labels)} for kind in view.suggested]


def _parameter(facet: Facet) -> Mapping[str, object]:
    """A facet in the description of the service."""
    what = f"a code of the list {facet.code_list}" if facet.code_list else f"as {'/'.join(facet.path)} has it"
    return {
        "name": facet.name,
        "in": "query",
        "required": False,
        "description": f"{facet.titles['en']}: {what}; may be repeated: one of them must fit.",
        "schema": {"type": "array", "maxItems": VALUES, "items": {"type": "string", "maxLength": LONGEST}},
    }


def _given(request: Request, name: str) -> list[str]:
    values = request.query_params.getlist(name)
    if len(values) > VALUES or any(len(each) > LONGEST for each in values):
        raise Malformed(f"{name}: at most {VALUES} values of at most {LONGEST} symbols.")
    return values


def _code(text: str) -> str:
    try:
        return resolution.code_of(text)
    except Miswritten as wrong:
        raise Malformed("model: this code was misread or mistyped.") from wrong


def _ranges(request: Request, known: Mapping[str, Field]) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    found: dict[str, tuple[Decimal | None, Decimal | None]] = {}
    for name, text in request.query_params.multi_items():
        match = _RANGE.fullmatch(name)
        if not match or not text.strip():
            continue
        field = match[2]
        if field not in known:
            raise Malformed(f"There is no measure {field}: the names are listed in the description of this service.")
        low, high = found.get(field, (None, None))
        number = _number(name, text.strip())
        found[field] = (number, high) if match[1] == "min" else (low, number)
    if len(found) > VALUES:
        raise Malformed(f"More than {VALUES} measures.")
    return found


def _number(name: str, text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise Malformed(f"{name}: this is no number.")
    return Decimal(text.replace(",", "."))
