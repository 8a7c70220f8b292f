"""Operations of worked example queries: their list, and each as a page, a table in a file and a picture."""

from hashlib import blake2b
from typing import Annotated, Final

from anyio import CapacityLimiter, to_thread
from fastapi import Path, Request, Response

from passport.codecs import csvlines
from passport.codecs.catalogues import catalogue
from passport.codecs.workedqueries import CATALOGUE
from passport.service.tables import Table, Tables
from passport.web.answers import HTML, JSON, Answer, Content, Scope, json_body, reply, respond
from passport.web.limits import client_of
from passport.web.pages import plots
from passport.web.pages import tables as pages
from passport.web.site import NEGOTIATED, Operation, Site

CSV: Final = "text/csv"
SVG: Final = "image/svg+xml"
_OFFERS: Final = (HTML, JSON, CSV, SVG)
_ENDINGS: Final = {"json": JSON, "csv": CSV, "svg": SVG}
_AT_ONCE: Final = 8
"""Readers who may wait for tables at once: they take no threads from anybody else."""

_NAME = "Its name; with .csv, .json or .svg at its end, in that form whatever the Accept header says."
_TEXT: Final = {"type": "string"}
SCHEMA: Final = {
    "type": "object",
    "required": ["name", "title", "question", "language", "generation", "columns", "rows", "query"],
    "properties": {
        **dict.fromkeys(("name", "title", "question", "language", "query"), _TEXT),
        "generation": {
            "type": "object",
            "description": "The state of the graph that it is of.",
            "properties": {"number": {"type": "integer"}, "position": {"type": "integer"}, "made": _TEXT},
        },
        "columns": {"type": "array", "items": {"type": "object", "properties": {"name": _TEXT, "kind": _TEXT}}},
        "rows": {"type": "array", "items": {"type": "object"}, "description": "Values by the names of the columns."},
    },
}
LIST: Final = {
    "type": "object",
    "required": ["tables"],
    "properties": {
        "tables": {
            "type": "array",
            "items": {"type": "object", "properties": dict.fromkeys(("name", "title", "question", "href"), _TEXT)},
        }
    },
}


class Tabulating:
    """Answers to worked queries, for those who look and those who reckon on."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._system = site.system
        self._tables = Tables(site.system.published, base=site.base)
        self._limiter: CapacityLimiter | None = None

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        either, refused = (JSON, HTML), (404, 406, 503)
        return (
            Operation("tables", "GET", "/data/tables", self.tables, "Data", either, refuses=(406,), schema=LIST),
            Operation(
                "table", "GET", "/data/tables/{name}", self.table, "Data", _OFFERS, refuses=refused, schema=SCHEMA
            ),
        )

    async def tables(self, request: Request) -> Response:
        """The worked example queries, whose answers are tables."""
        language = self._site.language(request.scope)
        said = catalogue(language, CATALOGUE).gettext
        queries = tuple(self._tables.queries.values())
        rows = [
            {
                "name": each.name,
                "title": said(each.title),
                "question": said(each.question),
                "href": f"{self._site.base}{pages.PATH}/{each.name}",
            }
            for each in queries
        ]
        answer = self._site.either(
            request.scope, {"tables": rows}, lambda lang: self._site.pages.tables.tables(lang, queries)
        )
        return respond(answer)

    async def table(self, request: Request, name: Annotated[str, Path(max_length=100, description=_NAME)]) -> Response:
        """The answer to a worked example query: a page with its picture, or CSV, JSON or SVG.

        Texts are in the language that `lang` or the Accept-Language header names; numbers in files are exact.
        """
        if self._limiter is None:
            self._limiter = CapacityLimiter(_AT_ONCE)
        return respond(await to_thread.run_sync(self._table, request.scope, name, limiter=self._limiter))

    def _table(self, scope: Scope, asked: str) -> Answer:
        name, _, ending = asked.rpartition(".")
        if ending not in _ENDINGS:
            name, ending = asked, ""
        self._tables.query(name)
        chosen = _ENDINGS[ending] if ending else self._site.chosen(scope, _OFFERS)
        language = self._site.language(scope)
        client = client_of((scope.get("client") or (None,))[0])
        table = self._tables.table(name, language, queries=self._system.queries, client=client)
        if chosen == HTML:
            return self._site.page(scope, lambda lang: self._site.pages.tables.table(lang, table))
        content = Content(
            self._written(table, chosen),
            chosen,
            tag=_tag(table, chosen),
            cache="no-cache",
            negotiated=NEGOTIATED,
            language=language,
            more=((b"content-disposition", b'inline; filename="%b"' % f"{name}.{_ending(chosen)}".encode()),),
        )
        return reply(content, scope)

    def _written(self, table: Table, media_type: str) -> bytes:
        if media_type == CSV:
            return csvlines.lines(pages.cells(table))
        if media_type == SVG:
            drawn = self._site.pages.tables.picture(table.language, table)
            return plots.alone(drawn, table.language).encode()
        return json_body(pages.machine(table))


def _ending(media_type: str) -> str:
    return next(ending for ending, media in _ENDINGS.items() if media == media_type)


def _tag(table: Table, media_type: str) -> str:
    """The entity tag: the generation of the graph, and what was asked of it in which form."""
    generation = table.generation
    parts = (generation.made, str(generation.position), table.query.in_language(table.language), media_type)
    return f"g{generation.number}-{blake2b(chr(0).join(parts).encode(), digest_size=12).hexdigest()}"
