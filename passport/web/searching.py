"""Search, for people and their machines: one address, as a page and as JSON."""

import re
from collections.abc import Iterator, Mapping
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
from passport.service import resolution, search
from passport.service.findable import BRAND, GROUP, HAS, KIND, LEVEL, MAKER, MODEL, measured
from passport.web import cursors
from passport.web.answers import HTML, JSON, Answer, Scope, respond
from passport.web.pages.composition import shares
from passport.web.pages.results import OFFERED, FoundRow, Likely, SearchView, pairs, path
from passport.web.site import Operation, Site

PART = 20
SUGGESTED = 4
VALUES = 20
"""Most values of one filter, and most filters of measures."""

LONGEST = 200
_SEARCH = "search"
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
        "next": {"type": "string", "format": "uri", "description": "The next part, until the end."},
    },
}

Text = Annotated[str, Query(alias="q", max_length=LONGEST, description="Words in any of the languages, or a number.")]
Values = list[Annotated[str, Query(max_length=LONGEST)]] | None
Cursor = Annotated[str | None, Query(max_length=100, description="Where to go on, from `next` of the part before.")]


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
                parameters=_RANGES,
                schema=SCHEMA,
            ),
        )

    async def search(
        self,
        request: Request,
        q: Text = "",
        kind: Annotated[Values, _values("Code of the kind of thing")] = None,
        material: Annotated[Values, _values("Code of a material class that it contains")] = None,
        environment: Annotated[Values, _values("Code of an environment that it is meant for")] = None,
        label: Annotated[Values, _values("Code of a label scheme")] = None,
        certificate: Annotated[Values, _values("Code of a scheme that its timber is certified by")] = None,
        fibre: Annotated[Values, _values("Code of a fibre that it contains")] = None,
        maker: Annotated[Values, _values("Name of the manufacturer, as it stands in the passport")] = None,
        brand: Annotated[Values, _values("Brand, as it stands in the passport")] = None,
        group: Annotated[Values, _values("Product group")] = None,
        level: Annotated[Values, _values("model, batch or item")] = None,
        model: Annotated[Values, _values("Short code of a model: what was made to it")] = None,
        has: Annotated[Values, _values("Name of a field that the passport has")] = None,
        cursor: Cursor = None,
    ) -> Response:
        """Find models, batches and pieces by what their public passports say; models come first.

        All filters must fit. Measures: `min[netWeight]=2&max[netWeight]=8.5`, by the field's path and in its unit.
        """
        given = {
            KIND: kind,
            "material": material,
            "environment": environment,
            "label": label,
            "certificate": certificate,
            "fibre": fibre,
            MAKER: maker,
            BRAND: brand,
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
            OFFERED,
        )
        return respond(await to_thread.run_sync(self._answer, request.scope, asked))

    def _answer(self, scope: Scope, asked: Asked) -> Answer:
        hits = search.find(self._system, asked)
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
            suggested=() if rows or asked.after else self._likely(asked),
            behind=search.lag(self._system),
            following=path([*pairs(asked), ("cursor", cursors.give(_SEARCH, hits.after))]) if hits.after else None,
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
            "suggestions": [{"kind": kind.code, "labels": dict(kind.labels)} for kind in view.suggested],
        }
        return value | ({"next": base + view.following} if view.following else {})

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
