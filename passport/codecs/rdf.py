"""Served passport documents as Turtle, N-Triples, N-Quads and RDF/XML: the fast path, with packaged contexts inlined.

A native parser reads the JSON-LD; PyLD is the oracle that it must equal (tests). Deeply nested documents can crash it,
so their depth is looked at first.
"""

import io
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
import pyoxigraph

from passport.errors import Malformed
from passport.published import CONTEXT, VOCAB, Published

DEEPEST: Final = 32
"""Levels that a document may have; the parser dies at some thousands (reference: linked data)."""

TURTLE: Final = "text/turtle"
N_TRIPLES: Final = "application/n-triples"
N_QUADS: Final = "application/n-quads"
RDF_XML: Final = "application/rdf+xml"

FORMS: Final[Mapping[str, pyoxigraph.RdfFormat]] = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    N_TRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
    N_QUADS: pyoxigraph.RdfFormat.N_QUADS,
    RDF_XML: pyoxigraph.RdfFormat.RDF_XML,
}
"""Media types that a passport document can be converted to."""

_PREFIXES: Final = {
    "fp": VOCAB,
    "schema": "https://schema.org/",
    "gs1": "https://ref.gs1.org/voc/",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def serialise(document: bytes, media_type: str, *, published: Published, context: str = CONTEXT) -> bytes:
    """A JSON-LD document in another form of RDF; ``media_type`` is a key of ``FORMS``.

    ``document`` is a JSON object as signed (without ``@context``: ``context`` is meant) or as served (with one of the
    published contexts). One that is nested too deeply, or has other contexts, raises ``Malformed``.
    """
    form = FORMS[media_type]
    quads = pyoxigraph.parse(_inlined(document, context, published), format=pyoxigraph.RdfFormat.JSON_LD)
    prefixes = _PREFIXES if media_type in {TURTLE, RDF_XML} else None
    if form.supports_datasets:
        statements: Any = quads
    else:
        statements = (quad.triple for quad in quads)
    written = io.BytesIO()
    pyoxigraph.serialize(statements, written, format=form, prefixes=prefixes)
    return written.getvalue()


def _inlined(document: bytes, context: str, published: Published) -> bytes:
    """The document with its context in it.

    Signed withdrawals may give their reason as bare text, on which the parser stumbles over the context of prose.
    """
    value = _shallow(document)
    stated = value.pop("@context", context)
    if stated not in published.context_iris():
        raise Malformed("The document has another context than the published ones.", expected=context)
    if any(name.startswith("@") for name in value):
        raise Malformed("The document has keywords beside its context.")
    if isinstance(value.get("reason"), str):
        value["reason"] = [{"value": value["reason"]}]
    return b'{"@context":' + _definitions(published, stated) + b"," + orjson.dumps(value)[1:]


def _shallow(document: bytes) -> dict[str, Any]:
    """The document's value, once it is known to be a shallow object without contexts inside."""
    try:
        value = json.loads(document)
    except RecursionError:
        value = None
    if not isinstance(value, dict):
        raise Malformed("The document is no JSON object that can be read.")
    level: list[Any] = [value]
    for depth in range(DEEPEST + 1):
        if not level:
            return value
        if depth and any("@context" in each for each in level if isinstance(each, dict)):
            raise Malformed("The document has a context inside.")
        level = [inner for each in level for inner in _inner(each)]
    raise Malformed("The document is nested too deeply.", limit=DEEPEST)


def _inner(value: Any) -> list[Any]:
    members = value.values() if isinstance(value, dict) else value
    return [each for each in members if isinstance(each, dict | list)]


@lru_cache(maxsize=8)
def _definitions(published: Published, context: str) -> bytes:
    return orjson.dumps(published.context(context)["@context"])
