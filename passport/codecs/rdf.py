"""Served passport documents as Turtle, N-Triples, N-Quads and RDF/XML."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from passport.codecs.forms import QUADS, RDF_XML, TRIPLES, TURTLE, parsed, written
from passport.codecs.statements import Scope, statements
from passport.errors import Malformed
from passport.published import CONTEXT, Published
from passport.published.namespaces import prefixes

FORMS: Final = (TURTLE, TRIPLES, QUADS, RDF_XML)
"""Media types that a passport document can be converted to."""

_PREFIXES: Final = prefixes("fp", "schema", "gs1", "dcterms", "xsd")


def serialise(document: bytes, media_type: str, *, published: Published, context: str = CONTEXT) -> bytes:
    """A JSON-LD document in another form of RDF; ``media_type`` is one of ``FORMS``.

    ``document`` is a JSON object as signed (without ``@context``: ``context`` is meant) or as served (with one of the
    published contexts). One that is nested too deeply, or has other contexts, raises ``Malformed``.
    """
    value = _object(document)
    said = triples(value, published=published, context=value.pop("@context", context))
    return said if media_type in {TRIPLES, QUADS} else written(parsed(said), media_type, _PREFIXES)


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
