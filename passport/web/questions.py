"""What a request to the SPARQL endpoint asks, read as the SPARQL 1.1 Protocol says (clause 2)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from passport.codecs import sparql
from passport.codecs.forms import LINKED, RDF_XML, TRIPLES, TURTLE
from passport.errors import Malformed, NotAcceptable, TooLarge, UnsupportedMedia
from passport.model.query import Form, Question
from passport.web import negotiation
from passport.web.answers import HTML, Scope, header

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
LARGEST: Final = 128 * 1024
"""Bytes of a body; the query itself may be shorter than that."""

RESULTS_JSON: Final = "application/sparql-results+json"
RESULTS_XML: Final = "application/sparql-results+xml"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
SVG: Final = "image/svg+xml"

_PLAIN: Final = {"application/json": RESULTS_JSON, "application/xml": RESULTS_XML, "text/xml": RESULTS_XML}
_NAMES: Final = {"json": RESULTS_JSON, "xml": RESULTS_XML}
WRITTEN: Final[Mapping[Form, Mapping[str, str]]] = {
    Form.TABLE: {each: each for each in (RESULTS_JSON, RESULTS_XML, CSV, TSV)} | _PLAIN | {SVG: RESULTS_JSON},
    Form.TRUTH: {each: each for each in (RESULTS_JSON, RESULTS_XML)} | _PLAIN,
    Form.GRAPH: {each: each for each in (TURTLE, TRIPLES, LINKED, RDF_XML)}
    | {"application/json": LINKED, "application/xml": RDF_XML, "text/xml": RDF_XML},
}
"""What can be accepted, best first, by what a query gives; and the media type that it is then written in.

A picture is drawn from rows in JSON.
"""

NAMED: Final[Mapping[Form, Mapping[str, str]]] = {
    Form.TABLE: {**_NAMES, "csv": CSV, "tsv": TSV, "svg": SVG},
    Form.TRUTH: _NAMES,
    Form.GRAPH: {
        "turtle": TURTLE,
        "ttl": TURTLE,
        "ntriples": TRIPLES,
        "n-triples": TRIPLES,
        "nt": TRIPLES,
        "json-ld": LINKED,
        "jsonld": LINKED,
        "json": LINKED,
        "rdf+xml": RDF_XML,
        "rdf": RDF_XML,
        "xml": RDF_XML,
    },
}
"""Short names that clients put into ``format=``, ``output=`` or ``results=``."""

_INSTEAD: Final = {RESULTS_JSON: LINKED, RESULTS_XML: RDF_XML}
"""How a graph is written for who reads results alone: some clients name no other forms, and read these."""

_EVERY: Final = dict.fromkeys(each for written in WRITTEN.values() for each in (*written.values(), *written))
OFFERS: Final = (*(each for each in _EVERY if each != SVG), SVG)
_HINTS: Final = ("format", "output", "results")
_DATASET: Final = ("default-graph-uri", "named-graph-uri")
_FIELDS: Final = 400
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f-\x9f]*")
_UTF8: Final = frozenset({"utf-8", "utf8", "us-ascii"})

Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Wish:
    """How an answer is wanted: the media type to write by what the query gives, and what it is then called.

    ``page`` says that a browser asks, which wants to see it; ``language`` is that of a picture.
    """

    written: Mapping[Form, str]
    called: Mapping[Form, str]
    page: bool = False
    language: str = ""

    @property
    def drawn(self) -> bool:
        """Whether a picture of a table is wanted."""
        return self.called.get(Form.TABLE) == SVG


async def parameters(request: Request) -> Parameters:
    """The parameters of a GET, a form, or a query sent as a body; a form's stand beside those of its address.

    Raises ``Malformed`` for what is no UTF-8, ``UnsupportedMedia`` and ``TooLarge``.
    """
    given = list(_pairs(request.scope["query_string"]))
    if request.scope["method"] == "POST":
        kind = _kind(header(request.scope, b"content-type"))
        body = await _body(request)
        given += _pairs(body) if kind == FORM else [("query", _text(body))]
    found: dict[str, list[str]] = {}
    for name, value in given:
        found.setdefault(name, []).append(value)
    return found


def text_of(given: Parameters) -> str | None:
    """The query, or None without one. Raises ``Malformed`` for two of them, and for an update."""
    if "update" in given:
        raise Malformed("Nothing is written here: send a query instead of an update.")
    queries = given.get("query", ())
    if len(queries) > 1:
        raise Malformed("There is more than one query.")
    return queries[0] if queries else None


def question(text: str, given: Parameters, wish: Wish, *, base: str) -> Question:
    """The question that this text is, to the data set that the request names; ``base`` is the endpoint's address.

    Raises ``Malformed`` for what names no graph, and ``QueryRefused`` for a file or another thing to be read.
    """
    default, named = (tuple(_graph(each) for each in given.get(name, ())) for name in _DATASET)
    for each in (*default, *named):
        sparql.check_source(each)
    if not default and not named:
        return Question(text, base, wish.written)
    return Question(text, base, wish.written, default_graphs=default, named_graphs=named)


def wish(scope: Scope, given: Parameters, forms: Sequence[Form] = tuple(Form)) -> Wish:
    """How the answer is wanted, if the query gives one of ``forms``.

    A known name in ``format``, ``output`` or ``results`` goes before ``Accept``; other names say nothing. Who names a
    picture wants nothing else. Raises ``NotAcceptable`` when nothing that could come is wanted.
    """
    accept = header(scope, b"accept")
    hinted = {form: found for form in forms if (found := _hinted(form, given)) is not None}
    if hinted.get(Form.TABLE) == SVG:
        return Wish({Form.TABLE: RESULTS_JSON}, {Form.TABLE: SVG})
    if not hinted and negotiation.choose(accept, (*OFFERS[:-1], HTML, SVG)) == HTML:
        return Wish({Form.TABLE: RESULTS_JSON, Form.TRUTH: RESULTS_JSON, Form.GRAPH: TURTLE}, {}, page=True)
    called = dict(hinted)
    for form in forms:
        chosen = called.get(form) or negotiation.choose(accept, tuple(WRITTEN[form]))
        if chosen is None and form is Form.GRAPH:
            chosen = _INSTEAD.get(negotiation.choose(accept, tuple(_INSTEAD)) or "")
        if chosen is not None:
            called[form] = chosen
    if not called:
        raise NotAcceptable(f"Answers are written as {', '.join(OFFERS)}.", offered=OFFERS)
    return Wish({form: WRITTEN[form][each] for form, each in called.items()}, called)


def graph_of(given: Parameters) -> str | None:
    """Which graph a reading of the graph store asks for; None is the default graph. Raises ``Malformed``."""
    named, default = given.get("graph", ()), given.get("default", ())
    if len(named) + len(default) != 1:
        raise Malformed("Name one graph: graph= with its IRI, or default.")
    return _graph(named[0]) if named else None


def _graph(iri: str) -> str:
    if not _IRI.fullmatch(iri):
        raise Malformed("The name of a graph is no absolute IRI.")
    return iri


def _hinted(form: Form, given: Parameters) -> str | None:
    for name in _HINTS:
        for value in given.get(name, ()):
            asked = value.strip().lower()
            named = NAMED[form].get(asked.replace(" ", "+"))
            if named is not None:
                return named
            if (full := asked.replace(" ", "+")) in WRITTEN[form]:
                return full
    return None


def _pairs(raw: bytes) -> Iterator[tuple[str, str]]:
    text = _text(raw)
    try:
        yield from parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError:
        raise Malformed("The parameters are not in UTF-8.") from None
    except ValueError:
        raise Malformed(f"There are more than {_FIELDS} parameters.") from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("The request is not in UTF-8.") from None


def _kind(content_type: bytes | None) -> str:
    """The media type of a body. Raises ``UnsupportedMedia`` for none, for one that is not read, and other charsets."""
    kind, *details = (part.strip() for part in (content_type or b"").decode("latin-1").lower().split(";"))
    if kind not in (FORM, QUERY):
        raise UnsupportedMedia(f"A query is sent as {QUERY} or {FORM}.", offered=(QUERY, FORM))
    for detail in details:
        name, _, value = detail.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in _UTF8:
            raise UnsupportedMedia("A query is sent in UTF-8.")
    return kind


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise TooLarge(f"The body of a query is larger than {LARGEST} bytes.", limit=LARGEST)
    return bytes(body)
