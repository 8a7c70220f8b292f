"""Served passport documents as Turtle, N-Triples, N-Quads and RDF/XML."""

import io
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import pyoxigraph

from passport.codecs.statements import Scope, statements
from passport.errors import Malformed
from passport.published import CONTEXT, VOCAB, Published

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
    value = _object(document)
    written = triples(value, published=published, context=value.pop("@context", context))
    if media_type in {N_TRIPLES, N_QUADS}:
        return written
    found = (quad.triple for quad in pyoxigraph.parse(written, format=pyoxigraph.RdfFormat.N_TRIPLES))
    converted = io.BytesIO()
    pyoxigraph.serialize(found, converted, format=FORMS[media_type], prefixes=_PREFIXES)
    return converted.getvalue()


def triples(document: Mapping[str, Any], *, published: Published, context: Any) -> bytes:
    """What a document says, as N-Triples: an object as signed, without ``@context``; refused as by ``serialise``.

    Signed withdrawals may give their reason as bare text, where the context of prose expects texts with a language.
    """
    if not isinstance(context, str) or context not in published.context_iris():
        raise Malformed("The document has another context than the published ones.", expected=CONTEXT)
    return statements(document, _scope(published, context))


@lru_cache(maxsize=16)
def _scope(published: Published, context: str) -> Scope:
    return Scope(published.context(context)["@context"])


def _object(document: bytes) -> dict[str, Any]:
    try:
        value = json.loads(document)
    except RecursionError:
        value = None
    if not isinstance(value, dict):
        raise Malformed("The document is no JSON object that can be read.")
    return value
