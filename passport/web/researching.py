"""Operations for researchers: questions to the public data in SPARQL, what the endpoint is, and single graphs."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any, Final
from urllib.parse import quote

from anyio import to_thread
from fastapi import Request, Response

from passport.codecs import servicedescription
from passport.errors import Malformed, NotDrawable, NotFound, Refusal
from passport.model.query import Form, Question
from passport.published import VOCAB
from passport.web import negotiation, questions
from passport.web.answers import (
    HTML,
    Content,
    Header,
    Scope,
    address,
    header,
    redirect,
    reply,
    respond,
)
from passport.web.enquiring import CACHE, UNLISTED, VARY, Enquirer, Note
from passport.web.guard import STYLES
from passport.web.pages.depicting import TABLES
from passport.web.pages.querying import Answered, Asked, QueryPages
from passport.web.problems import lines_of, status_of
from passport.web.questions import OFFERS, Parameters, Wish
from passport.web.site import Operation, Site
from passport.web.streaming import Gathered

_DESCRIPTION: Final = tuple(servicedescription.OFFERS)
_GRAPH: Final = tuple(dict.fromkeys(questions.WRITTEN[Form.GRAPH].values()))
_ALL: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_ANY: Final = "ASK { ?s ?p ?o }"
_TEXT: Final = {"type": "string"}
_IRIS: Final = {"type": "array", "items": {"type": "string", "format": "iri"}}


def _parameter(name: str, schema: Mapping[str, Any], description: str) -> Mapping[str, object]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


_DATASET: Final = (
    _parameter("default-graph-uri", _IRIS, "Graphs that together are the default graph; else all are."),
    _parameter("named-graph-uri", _IRIS, "Graphs that GRAPH sees."),
)
_FORMAT: Final = _parameter(
    "format", _TEXT, "json, xml, csv, tsv, svg (a picture); for graphs turtle, nt, jsonld, rdf. Before Accept."
)
_QUERY: Final = _parameter("query", _TEXT, "A SPARQL 1.1 query. Without one, the endpoint describes itself.")
_NAMED: Final = (
    _parameter("graph", {"type": "string", "format": "iri"}, "The IRI of a graph, such as a passport's address."),
    _parameter("default", _TEXT, "Instead of graph: everything together."),
)


class Researching:
    """Reading the graph by the SPARQL 1.1 Protocol, Service Description and Graph Store Protocol; nothing writes."""

    def __init__(self, site: Site, *, note: Note) -> None:
        """``note`` counts how a query ended, and its seconds."""
        self._site = site
        self._system = site.system
        self._endpoint = f"{site.base}/sparql"
        self._enquirer = Enquirer(site.system, note)

    def operations(self) -> tuple[Operation, ...]:
        """The rows of the route table."""
        tag = "Research"
        refuses = (304, 400, 406, 413, 429, 503)
        asked = (*_DATASET, _FORMAT)
        reads = (questions.FORM, questions.QUERY)
        return (
            Operation(
                "sparql",
                "GET",
                "/sparql",
                self.sparql,
                tag,
                (*OFFERS, HTML),
                refuses=refuses,
                parameters=(_QUERY, *asked),
            ),
            Operation(
                "sparql-post",
                "POST",
                "/sparql",
                self.post,
                tag,
                (*OFFERS, HTML),
                reads,
                refuses=(*refuses[1:], 415),
                parameters=asked,
            ),
            Operation(
                "sparql-graph",
                "GET",
                "/sparql/graph",
                self.graph,
                tag,
                _GRAPH,
                refuses=(303, 304, 400, 404, 406, 413, 429, 503),
                parameters=(*_NAMED, _FORMAT),
            ),
        )

    async def sparql(self, request: Request) -> Response:
        """Ask the public data a SPARQL 1.1 query. Without one: what this endpoint is (SPARQL 1.1 Service Description).

        The default graph is the union of all graphs; each passport with its events is a graph of its own, named by the
        passport's address. `X-Graph-Position` tells up to which position of the log the data is there. A table that has
        names, dates or numbers beside numbers may come as a picture (SVG), in the language of `lang`.
        """
        given = await questions.parameters(request)
        text = questions.text_of(given)
        return await self._description(request) if text is None else await self._asked(request, text, given)

    async def post(self, request: Request) -> Response:
        """The same, for queries that are too long for an address: as a form, or as the query itself."""
        given = await questions.parameters(request)
        text = questions.text_of(given)
        if text is None:
            raise Malformed("The request has no query.")
        return await self._asked(request, text, given)

    async def graph(self, request: Request) -> Response:
        """All statements of one graph, named by its IRI (SPARQL 1.1 Graph Store Protocol; for reading only)."""
        given = await questions.parameters(request)
        iri = questions.graph_of(given)
        wish = questions.wish(request.scope, given, (Form.GRAPH,))
        if wish.page:
            pattern = "?s ?p ?o" if iri is None else f"GRAPH <{iri}> {{ ?s ?p ?o }}"
            query = quote(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", safe="")
            return respond(redirect(f"{self._endpoint}?query={query}", 303, VARY))
        everything = Question(_ALL, self._endpoint, wish.written)
        more: tuple[Header, ...] = ()
        if iri is not None:
            everything = replace(everything, default_graphs=(iri,), named_graphs=())
            more = ((b"link", b'<%b>; rel="describes"' % address(iri)),)
            await self._require(request, everything)
        return await self._enquirer.told(request, everything, wish, *more)

    async def _require(self, request: Request, question: Question) -> None:
        """Raise ``NotFound`` when nothing is said in the graph of a question."""
        asking = replace(question, text=_ANY, formats={Form.TRUTH: questions.RESULTS_JSON})
        found = await self._enquirer.whole(request, asking)
        if not json.loads(found.body)["boolean"]:
            raise NotFound("There is no graph of that name.")

    async def _description(self, request: Request) -> Response:
        if self._site.chosen(request.scope, (*_DESCRIPTION, HTML)) == HTML:
            return self._shown(request.scope, self._pages.form)
        media_type = self._site.chosen(request.scope, _DESCRIPTION)
        lists = (f"{VOCAB}codes/{name}" for name in self._system.published.code_lists())
        body = servicedescription.describe(
            self._endpoint,
            media_type,
            about=f"{self._site.base}/data",
            graphs=(VOCAB, *lists, f"{self._site.base}/organisations"),
            generation=await self._enquirer.generation(),
        )
        return respond(reply(Content(body, media_type, cache=CACHE, negotiated=("Accept",)), request.scope))

    async def _asked(self, request: Request, text: str, given: Parameters) -> Response:
        wish = questions.wish(request.scope, given)
        question = questions.question(text, given, wish, base=self._endpoint)
        if wish.page:
            return await self._page(request, question)
        if wish.drawn:
            form = await self._form(question)
            if form is Form.TABLE or form not in wish.called:
                return await self._picture(request, question, wish, form)
        return await self._enquirer.told(request, question, wish)

    async def _form(self, question: Question) -> Form | None:
        """What a question gives, where that can be told: what is wrong with it is said when it is asked."""
        with suppress(Refusal):
            return await self._enquirer.form(question)
        return None

    async def _picture(self, request: Request, question: Question, wish: Wish, form: Form | None) -> Response:
        """The picture of a table. Who sees pages is told on the query page why there is none."""
        scope = request.scope
        wish = replace(wish, language=self._site.language(scope))
        draw = partial(self._drawn, wish.language)
        try:
            _require_table(form)
            return await self._enquirer.drawn(request, question, wish, draw)
        except NotDrawable as refusal:
            if negotiation.choose(header(scope, b"accept"), (questions.SVG, HTML)) != HTML:
                raise
            return self._wrong(scope, question, refusal)

    def _drawn(self, language: str, found: Gathered) -> bytes:
        """A picture as a file. Raises ``NotDrawable``."""
        _require_table(found.form)
        return self._pages.picture(language, found.body, whole=found.whole).encode()

    async def _page(self, request: Request, question: Question) -> Response:
        """The query page with an answer, or with what is wrong with the question."""
        asked = _asked(question)
        if not asked.text.strip():
            return self._shown(request.scope, partial(self._pages.form, asked=asked))
        started = perf_counter()
        try:
            found = await self._enquirer.whole(request, question)
        except Refusal as refusal:
            return self._wrong(request.scope, question, refusal)
        answered = Answered(
            found.form, found.body, whole=found.whole, seconds=perf_counter() - started, generation=found.generation
        )
        render = partial(self._pages.result, asked=asked, answered=answered)
        return await to_thread.run_sync(self._shown, request.scope, render)

    def _wrong(self, scope: Scope, question: Question, refusal: Refusal) -> Response:
        """The query page with what is wrong with a question."""
        page = self._pages.form(self._site.language(scope), _asked(question), refusal)
        lines = (*lines_of(refusal), *self._styled(scope))
        return respond(self._site.sent(scope, page, *lines, status=status_of(refusal)))

    def _shown(self, scope: Scope, render: Callable[[str], str]) -> Response:
        return respond(self._site.page(scope, render, *self._styled(scope)))

    def _styled(self, scope: Scope) -> tuple[Header, ...]:
        """The lines of the query page; the policy allows what styles its editor makes."""
        scope["state"][STYLES] = self._pages.style_sources
        return (UNLISTED,)

    @property
    def _pages(self) -> QueryPages:
        return self._site.pages.queries


def _require_table(form: Form | None) -> None:
    """Raise ``NotDrawable`` for what is known to be no table."""
    if form not in (None, Form.TABLE):
        raise NotDrawable(TABLES)


def _asked(question: Question) -> Asked:
    return Asked(question.text, question.default_graphs or (), question.named_graphs or ())
